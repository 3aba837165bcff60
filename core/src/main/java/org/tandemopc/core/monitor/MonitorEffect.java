package org.tandemopc.core.monitor;

import org.tandemopc.core.record.PairRecord;

/** What follows from a {@link MonitorEvent}, in its order. */
public sealed interface MonitorEffect {
    /** Write a diagnostics record. */
    record Record(PairRecord record) implements MonitorEffect {}

    /**
     * The test of the member has its first result since the link opened, or another one.
     *
     * @param detail which items, for people
     */
    record TestChanged(boolean passed, String detail) implements MonitorEffect {}
}
