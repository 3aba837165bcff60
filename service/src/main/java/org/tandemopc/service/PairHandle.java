package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.MemberHealth;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Protocol;

/** One pair that the service runs: what people can see of it and order. Any thread. */
public final class PairHandle {
    private static final long PAUSE_NANOS_MIN = 200_000_000L;

    /** What all pairs of a process share. */
    record Shared(
            LongSupplier nanoClock,
            Clock wallClock,
            Scheduler scheduler,
            PauseDetector pauses,
            DiskWriter disk,
            Path logFolder,
            StateFile stateFile) {}

    private final PairConfig config;
    private final Shared shared;
    private final EventLog log;
    private final Mailbox mailbox = new Mailbox();
    private final PairJournal journal;
    private final Protocol.Plane plane;
    private final MonitorRunner monitors;
    private final PairActor actor;
    private @Nullable Thread thread;

    PairHandle(PairConfig config, Protocol protocol, Shared shared) {
        this.config = config;
        this.shared = shared;
        PairSettings settings = config.settings();
        Path folder = shared.logFolder().resolve(config.name());
        log = new EventLog(
                config.name(),
                shared.wallClock(),
                trouble -> shared.disk().open(folder, new SegmentLog.Limits("records", 4L << 20, 8, 5000), trouble));
        journal = new PairJournal(
                shared.disk().open(folder, new SegmentLog.Limits("journal", 4L << 20, 4, 5000), trouble -> {}));
        ProbeRunner probes = new ProbeRunner(shared.nanoClock(), shared.scheduler(), shared.pauses(), settings);
        monitors = new MonitorRunner(config, shared.nanoClock(), shared.scheduler(), shared.pauses(), mailbox, log);
        plane = protocol.pair(config, new RelayEvents(mailbox, probes, shared.pauses(), log));
        List<ControlLink> links = links(probes);
        EffectPerformer performer = new EffectPerformer(
                plane.relay(),
                links,
                probes,
                monitors,
                new Timers(shared.nanoClock(), shared.scheduler(), shared.pauses(), mailbox),
                log,
                mailbox);
        actor = new PairActor(
                PairMachine.initial(settings, remembered(shared.stateFile())),
                mailbox,
                PairMachine::next,
                shared.nanoClock(),
                journal,
                performer::perform,
                log);
        shared.pauses()
                .subscribe(Math.max(PAUSE_NANOS_MIN, settings.pingTimeout().toNanos() / 2), paused -> {
                    monitors.paused(paused);
                    mailbox.fact(-1, now -> new PairEvent.OwnPauseNoticed(now, paused));
                });
    }

    private PairState.@Nullable Pin remembered(StateFile stateFile) {
        OptionalInt pinned = stateFile.pinned(name());
        return pinned.isPresent() && pinned.getAsInt() < config.members().size()
                ? new PairState.Pin(pinned.getAsInt(), "start of the service")
                : null;
    }

    private List<ControlLink> links(ProbeRunner probes) {
        List<ControlLink> links = new ArrayList<>();
        for (int member = 0; member < config.members().size(); member++) {
            ControlLink link =
                    plane.control(member, new LinkEvents(member, mailbox, probes, monitors, shared.pauses()));
            probes.add(link);
            monitors.add(link);
            links.add(link);
        }
        return links;
    }

    /**
     * Watches these items from now on, in place of those before; nothing else of the pair changes. To be called before the
     * pair is told of other settings, so that no result of items that are gone comes after them.
     */
    void monitor(Monitoring monitoring) {
        monitors.monitor(monitoring);
        boolean isMonitored = !monitoring.items().isEmpty();
        mailbox.fact(
                -1,
                now -> new PairEvent.SettingsChanged(
                        now, actor.state().settings().withMonitored(isMonitored)));
    }

    /** Starts the actor, and the pair when this machine has it enabled. */
    void start(boolean enableAnyway) {
        thread = actor.start(name());
        if (enableAnyway || shared.stateFile().isEnabled(name())) {
            mailbox.fact(-1, now -> new PairEvent.EnableRequested(now, "start"));
            shared.stateFile()
                    .pinned(name())
                    .ifPresent(member -> mailbox.fact(-1, now -> new PairEvent.PinRequested(now, "start", member)));
        } else if (!shared.stateFile().knows(name())) {
            log.add(new PairRecord(
                    RecordKind.NOTE,
                    "'%s' is not enabled on this machine yet. Enable it with: tandem enable %s"
                            .formatted(name(), name()),
                    Map.of()));
        }
    }

    /** Asks the pair to close its sessions and links; {@link #awaitDisabled} waits for it. */
    void beginStop() {
        mailbox.fact(-1, now -> new PairEvent.DisableRequested(now, "stop of the service"));
    }

    /** Waits until the closing was ordered, but not longer than until then, or when interrupted. */
    void awaitDisabled(long endNanos) {
        while (thread != null && (!(actor.state().phase() instanceof PairState.Phase.Disabled) || mailbox.size() > 0)) {
            if (System.nanoTime() - endNanos > 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    void endStop() {
        Thread running = thread;
        if (running != null) {
            actor.stop(running);
        }
        plane.remove();
        log.close();
    }

    public String name() {
        return config.name();
    }

    public PairConfig config() {
        return config;
    }

    public PairSnapshot snapshot() {
        PairState state = actor.state();
        PairState.Pin pin = state.wishes().pin();
        return new PairSnapshot(
                name(),
                state.settings().mode(),
                Phases.nameOf(state),
                state.active(),
                state.epoch(),
                members(state),
                pin == null ? OptionalInt.empty() : OptionalInt.of(pin.member()),
                plane.relay().snapshot(),
                log.lostOnDisk());
    }

    private List<PairSnapshot.Member> members(PairState state) {
        List<PairSnapshot.Member> members = new ArrayList<>();
        for (int i = 0; i < state.members().size(); i++) {
            MemberHealth health = state.members().get(i);
            members.add(new PairSnapshot.Member(
                    state.settings().members().get(i).machine(),
                    health.link() == MemberHealth.Link.OPEN,
                    i == state.active() || health.isSynchronized(),
                    monitors.snapshot(i)));
        }
        return members;
    }

    /**
     * When the pair decided to leave its active member, the first time after the given moment; empty while it has not.
     *
     * @param nanos monotonic, as {@link System#nanoTime}
     */
    public OptionalLong leftActiveAfter(long nanos) {
        return journal.newest().stream()
                .filter(t -> t.event().atNanos() - nanos >= 0)
                .filter(t -> t.effects().stream().anyMatch(PairEffect.HoldRelays.class::isInstance))
                .mapToLong(t -> t.event().atNanos())
                .findFirst();
    }

    /** The newest records, oldest first. */
    public List<LoggedRecord> records() {
        return log.newest();
    }

    /** Hears each record from now on, until closed; on a thread of the log. */
    public AutoCloseable listen(Consumer<LoggedRecord> listener) {
        return log.listen(listener);
    }

    /** @param by who asks, for the record */
    public OrderAnswer switchTo(int member, String by) {
        return withMember(member, () -> order(now -> new PairEvent.SwitchRequested(now, by, member)));
    }

    /** Stays on the member until {@link #unpin}, also over a restart of the service. */
    public OrderAnswer pin(int member, String by) {
        return withMember(
                member,
                () -> saved(
                        () -> shared.stateFile().savePin(name(), OptionalInt.of(member)),
                        now -> new PairEvent.PinRequested(now, by, member)));
    }

    public OrderAnswer unpin(String by) {
        return saved(
                () -> shared.stateFile().savePin(name(), OptionalInt.empty()),
                now -> new PairEvent.PinReleased(now, by));
    }

    public OrderAnswer resetDamping(String by) {
        return order(now -> new PairEvent.DampingReset(now, by));
    }

    /** Connects and serves, from now on also after a restart. */
    public OrderAnswer enable(String by) {
        return saved(() -> shared.stateFile().saveEnabled(name(), true), now -> new PairEvent.EnableRequested(now, by));
    }

    /** Closes all client sessions and links, from now on also after a restart. */
    public OrderAnswer disable(String by) {
        return saved(
                () -> shared.stateFile().saveEnabled(name(), false), now -> new PairEvent.DisableRequested(now, by));
    }

    private interface Save {
        void run() throws IOException;
    }

    private OrderAnswer saved(Save save, LongFunction<PairEvent> event) {
        try {
            save.run();
        } catch (IOException e) {
            return new OrderAnswer.Refused("The state of this machine could not be saved: " + e.getMessage());
        }
        return order(event);
    }

    private OrderAnswer withMember(int member, Supplier<OrderAnswer> order) {
        int count = config.members().size();
        if (member < 0 || member >= count) {
            return new OrderAnswer.Refused("'%s' has members 0 to %d, not %d.".formatted(name(), count - 1, member));
        }
        if (actor.state().phase() instanceof PairState.Phase.Disabled) {
            return new OrderAnswer.Refused("'%s' is disabled.".formatted(name()));
        }
        return order.get();
    }

    private OrderAnswer order(LongFunction<PairEvent> event) {
        return mailbox.order(event)
                ? new OrderAnswer.Accepted()
                : new OrderAnswer.Refused("'%s' has more to do than it can keep up with; try again.".formatted(name()));
    }
}
