package org.tandemopc.core.monitor;

import java.time.Duration;

/** When a monitor item is in error: the three conditions of the manual (p.20). */
public sealed interface MonitorTrigger {
    /** The item's quality is bad; good quality clears it (MON-9). */
    record BadQuality() implements MonitorTrigger {}

    /**
     * The item has this value; any other clears it (MON-10). Arrays are not compared (MON-12).
     *
     * @param data as configured, read in the item's type
     */
    record SpecificValue(String data) implements MonitorTrigger {}

    /**
     * No value came for this long; any value clears it and starts the time again (MON-13).
     *
     * @param time at least twice the update rate (MON-14)
     */
    record NoChange(Duration time) implements MonitorTrigger {}
}
