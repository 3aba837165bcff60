package org.tandemopc.core.monitor;

import java.util.List;

/**
 * A fact for the {@link MonitorMachine}. {@code atNanos} is our monotonic time when it came in: no rule looks at a time
 * that a server gave (S18).
 */
public sealed interface MonitorEvent {
    long atNanos();

    /** The control link to the member is up. */
    record LinkOpened(long atNanos) implements MonitorEvent {}

    /** The control link ended, by either side. */
    record LinkClosed(long atNanos) implements MonitorEvent {}

    /** What one message of the member brought. */
    record Reported(long atNanos, List<MonitorReport> reports) implements MonitorEvent {
        public Reported {
            reports = List.copyOf(reports);
        }
    }

    /** Time has passed. Needed when {@link MonitorMachine#dueNanos} says so; harmless at any other time. */
    record Ticked(long atNanos) implements MonitorEvent {}

    /** Our own process did not run for so long (S35). Told before anything that became due meanwhile. */
    record OwnPauseNoticed(long atNanos, long pausedNanos) implements MonitorEvent {}

    /** Other items, or another failure count, from now on. */
    record MonitoringChanged(long atNanos, Monitoring monitoring) implements MonitorEvent {}
}
