package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts the bytes of one direction of a connection into messages. Not thread-safe. */
public final class Splitter {
    private final Framer framer;
    private byte[] pending = new byte[8 * 1024];
    private int length;

    /** One for each direction of each connection. */
    public Splitter(Framer framer) {
        this.framer = framer;
    }

    /**
     * The messages that are whole now, little-endian, each with memory of its own.
     *
     * @throws IllegalStateException as of {@link Framer#length}
     */
    public List<ByteBuffer> feed(byte[] bytes, int count) {
        append(bytes, count);
        List<ByteBuffer> whole = new ArrayList<>();
        int from = 0;
        while (from < length) {
            int size = framer.length(
                    ByteBuffer.wrap(pending, from, length - from).slice().order(ByteOrder.LITTLE_ENDIAN));
            if (size <= 0 || size > length - from) {
                break;
            }
            whole.add(ByteBuffer.wrap(Arrays.copyOfRange(pending, from, from + size))
                    .order(ByteOrder.LITTLE_ENDIAN));
            from += size;
        }
        System.arraycopy(pending, from, pending, 0, length - from);
        length -= from;
        return whole;
    }

    private void append(byte[] bytes, int count) {
        if (length + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, length + count));
        }
        System.arraycopy(bytes, 0, pending, length, count);
        length += count;
    }

    /** What has come of a message that is not whole. */
    ByteBuffer rest() {
        ByteBuffer rest = ByteBuffer.wrap(Arrays.copyOf(pending, length)).order(ByteOrder.LITTLE_ENDIAN);
        length = 0;
        return rest;
    }
}
