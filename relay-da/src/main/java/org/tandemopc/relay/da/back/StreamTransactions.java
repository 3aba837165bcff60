package org.tandemopc.relay.da.back;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.opcda.params.Ints;

/**
 * Which transaction of ours a member of DA 1.0 means by a number of its own. It tells the number by the answer of the call, and its
 * stream may come before that: then the stream is kept until the call has been answered, however late. Any thread.
 */
final class StreamTransactions {
    /** Streams that are kept while calls are under way. */
    static final int EARLY_MAX = 1_000;

    enum Kind {
        READ,
        WRITE,
        REFRESH
    }

    /**
     * @param ours Tandem's number; 0: values that are told as if by themselves
     * @param items Tandem's handles of what the member took
     */
    record Asked(Kind kind, int ours, Ints items) {
        boolean isWrite() {
            return kind == Kind.WRITE;
        }
    }

    /** Members may number writes and the rest each by themselves. */
    private record Key(boolean isWrite, int theirs) {}

    private final Map<Key, Asked> open = new HashMap<>();
    private final Map<Key, StreamMessage> early = new LinkedHashMap<>();
    private int calls;

    /** A call begins that may begin a transaction; {@link #called} ends it, once its answer has come or will not come any more. */
    synchronized void calling() {
        calls++;
    }

    /** With the last call that is under way, what came early and is nobody's goes. */
    synchronized void called() {
        calls--;
        if (calls == 0) {
            early.clear();
        }
    }

    /** @return the end of it, which came before; empty: it is awaited from now on */
    synchronized Optional<StreamMessage> started(int theirs, Asked asked) {
        Key key = new Key(asked.isWrite(), theirs);
        StreamMessage before = early.remove(key);
        if (before == null) {
            open.put(key, asked);
        }
        return Optional.ofNullable(before);
    }

    /** @return what it ends, once; empty: nothing that is known yet */
    synchronized Optional<Asked> ended(StreamMessage message) {
        Key key = new Key(message.isOfWrite(), message.transactionId());
        Asked asked = open.remove(key);
        if (asked == null && calls > 0 && early.size() < EARLY_MAX) {
            early.put(key, message);
        }
        return Optional.ofNullable(asked);
    }

    /** The member will not end it. @return empty: it has ended */
    synchronized Optional<Asked> cancelled(int theirs) {
        Asked read = open.remove(new Key(false, theirs));
        return Optional.ofNullable(read != null ? read : open.remove(new Key(true, theirs)));
    }

    /** None of them ends any more. */
    synchronized void forget() {
        open.clear();
        early.clear();
    }
}
