package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;

/** Tells where messages of a protocol end, for faults that strike messages. Any thread. */
@FunctionalInterface
public interface Framer {
    /** Bytes as they come. */
    Framer NONE = ByteBuffer::remaining;

    /**
     * The length of the message that begins here.
     *
     * @param start little-endian, at its position the first bytes of a message, at least one; not to be changed
     * @return 0: more bytes are needed to tell
     * @throws IllegalStateException this is no message of the protocol
     */
    int length(ByteBuffer start);
}
