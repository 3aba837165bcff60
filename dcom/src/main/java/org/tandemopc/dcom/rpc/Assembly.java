package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;

/**
 * The stub of a message, put together from its fragments. Most have one, and are not copied. Memory grows with what came, never
 * with what was announced. One thread.
 */
final class Assembly {
    private final int max;
    private Bytes first = Bytes.EMPTY;
    private @Nullable ByteWriter more;

    Assembly(int max) {
        this.max = max;
    }

    int size() {
        return more == null ? first.size() : more.offset();
    }

    /** @return false: it would be more than the limit, and was not kept */
    boolean add(Bytes fragment) {
        if (fragment.size() > max - size()) {
            return false;
        }
        if (size() == 0) {
            first = fragment;
            return true;
        }
        ByteWriter all = more;
        if (all == null) {
            all = new ByteWriter().bytes(first);
            more = all;
        }
        all.bytes(fragment);
        return true;
    }

    Bytes whole() {
        return more == null ? first : more.toBytes();
    }
}
