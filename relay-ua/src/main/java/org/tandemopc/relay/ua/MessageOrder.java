package org.tandemopc.relay.ua;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one subscription at a member into the order of their numbers. Members may swap Publish responses
 * on the wire (seen with Milo's server, and with every server that answers from several threads); what comes early waits
 * here, at most {@link #HELD_BACK_MAX} messages. Numbers are UInt32, begin at 1 and skip 0 when they wrap (OPC UA Part 4,
 * 5.14.5), so they are compared by their distance from the one expected, never by size. One owner; no time.
 *
 * @param <M> the message, opaque
 */
final class MessageOrder<M> {
    static final int HELD_BACK_MAX = 256;

    private static final long UINT32 = 0xFFFF_FFFFL;

    /** The number that the next message in order has. */
    private long expected = 1;
    /** The number that, as a keep-alive told, the next new message will have: those before it exist. */
    private long told = 1;

    private final Map<Long, M> heldBack = new HashMap<>();

    /** What a message is. */
    enum Verdict {
        /** The one expected: take it, then all that {@link #next} gives. */
        EXPECTED,
        /** One before it is missing: it waits. */
        EARLY,
        /** It was taken before, or is waiting already. */
        REPEATED,
        /** More wait than may: {@link #skip} what is missing. */
        TOO_MANY
    }

    /**
     * A keep-alive carries the number that the next message will have; some servers give the last one's instead.
     *
     * @return whether nothing is missing before it; else a message is on its way or lost
     */
    boolean keepAlive(long next) {
        if (isAfter(next, expected)) {
            told = next;
            return false;
        }
        return heldBack.isEmpty();
    }

    Verdict offer(long number, M message) {
        if (number == expected) {
            expected = following(number);
            return Verdict.EXPECTED;
        }
        if (!isAfter(number, expected) || heldBack.putIfAbsent(number, message) != null) {
            return Verdict.REPEATED;
        }
        return heldBack.size() > HELD_BACK_MAX ? Verdict.TOO_MANY : Verdict.EARLY;
    }

    /** The message that is due now, taken out; null while it is missing or nothing waits. */
    @Nullable
    M next() {
        M due = heldBack.remove(expected);
        if (due != null) {
            expected = following(expected);
        }
        return due;
    }

    /** Whether the expected message is known to exist and has not come. */
    boolean isMissing() {
        return !heldBack.isEmpty() || isAfter(told, expected);
    }

    /** The number that the next message in order has. */
    long expected() {
        return expected;
    }

    /** Gives up what is missing before the first message that waits: {@link #next} gives that one. */
    void skip() {
        long first = 0;
        for (long number : heldBack.keySet()) {
            if (first == 0 || isAfter(first, number)) {
                first = number;
            }
        }
        if (first != 0) {
            expected = first;
        } else if (isAfter(told, expected)) {
            expected = told;
        }
    }

    private static boolean isAfter(long number, long than) {
        long distance = (number - than) & UINT32;
        return distance != 0 && distance < 0x8000_0000L;
    }

    private static long following(long number) {
        return number == UINT32 ? 1 : number + 1;
    }
}
