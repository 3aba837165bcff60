package org.tandemopc.simulator.da;

import org.tandemopc.dcom.ndr.Variant;

/** Where the value of an item comes from. Immutable. */
public sealed interface DaSource {
    /** The number of the tick, VT_R8: exact, and known to every client. Tick n begins n periods after the epoch. */
    record Counter() implements DaSource {}

    /** VT_BOOL, true in every second tick. */
    record Watchdog() implements DaSource {}

    /** VT_R8, 0 to 99.5 in steps of 0.5, one a tick, and again from 0. */
    record Ramp() implements DaSource {}

    /**
     * What was written last.
     *
     * @param initial the same in all instances
     * @param takesQuality whether quality and time can be written too
     */
    record Stored(Variant initial, boolean takesQuality) implements DaSource {}
}
