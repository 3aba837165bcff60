package org.tandemopc.core.pair;

import java.util.List;
import org.tandemopc.core.record.PairRecord;

/**
 * An order of the machine. Handed over by the actor in the order of the list, never waited for; the answer comes back as
 * an event. Epochs never fall from one order to the next; several orders of one switch carry the same one.
 */
public sealed interface PairEffect {
    /**
     * One attempt to open the control link: answered by LinkOpened or LinkFailed. Given only while the link is closed and
     * no attempt is under way. Its status requests start by themselves.
     */
    record OpenLink(int member) implements PairEffect {}

    /**
     * Close the control link, or give up the attempt to open it, and tell the server so. Not answered; the relay is told
     * by {@link Detach}. What the link reported before and the machine has not yet taken must not be told any more.
     */
    record CloseLink(int member) implements PairEffect {}

    /** The pair is enabled: clients may come, and wait until a member serves. Before this they are refused. */
    record AdmitClients() implements PairEffect {}

    /** Ask the member for its status now, in addition to the interval. */
    record ProbeNow(int member) implements PairEffect {}

    /**
     * The relay may open its sessions' links to the member (as active or as standby). In cold mode it comes with
     * {@link OpenLink} while clients wait: preparation only, until {@link RehomeRelays}.
     */
    record Attach(int member) implements PairEffect {}

    /** The relay drops its sessions' links to the member: late answers of it are refused. */
    record Detach(int member) implements PairEffect {}

    /** Requests wait from now on; the streams of the active of earlier epochs are cut. */
    record HoldRelays(long epoch) implements PairEffect {}

    /** Move all sessions to a member: answered by RelayRehomed or RelayFailed with the same epoch. */
    record RehomeRelays(long epoch, int member) implements PairEffect {}

    /** Requests flow again, to the member of this route. */
    record ReleaseRelays(Route route) implements PairEffect {}

    /** No member is usable: clients get the protocol's bad status until the next epoch. */
    record StrandRelays(long epoch) implements PairEffect {}

    /** The pair is disabled: close all client sessions cleanly. The epoch may be the one that was served last. */
    record CloseRelays(long epoch) implements PairEffect {}

    /** The relay and whoever asks the members take these from now on; no client is disturbed. */
    record UseSettings(PairSettings settings) implements PairEffect {}

    record StartTimer(Timer timer, long atNanos) implements PairEffect {}

    /** Write a diagnostics record. */
    record Record(PairRecord record) implements PairEffect {}

    /** Replace the members' ServiceLevel shown to clients by this (active's level, or 1 when stranded). */
    record ShowServiceLevel(int level) implements PairEffect {}

    /** Convenience for building lists in a fixed order. */
    static List<PairEffect> list(PairEffect... effects) {
        return List.of(effects);
    }
}
