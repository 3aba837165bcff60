package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Messages of OPC UA over TCP without security (Part 6, 6.7.2 and 7.1.2). Pure. */
public final class UaMessages {
    /** Encoding ids of the messages that faults are aimed at (Part 6, annex A). */
    public static final int READ_RESPONSE = 634;

    public static final int WRITE_REQUEST = 673;
    public static final int WRITE_RESPONSE = 676;
    public static final int CALL_REQUEST = 712;
    public static final int CALL_RESPONSE = 715;
    public static final int PUBLISH_REQUEST = 826;
    public static final int PUBLISH_RESPONSE = 829;
    public static final int REPUBLISH_REQUEST = 832;

    /** A header of 8 bytes, and the length of all in its last four. */
    public static final Framer FRAMER = UaMessages::length;

    /** Where the body of a chunk without security begins. */
    public static final int BODY_AT = 24;

    private static final int HEADER_BYTES = 8;
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    private UaMessages() {}

    private static int length(ByteBuffer start) {
        if (start.remaining() < HEADER_BYTES) {
            return 0;
        }
        int size = start.getInt(start.position() + 4);
        if (size < HEADER_BYTES || size > CHUNK_BYTES_MAX) {
            throw new IllegalStateException("not a chunk of OPC UA: size " + size);
        }
        return size;
    }

    /** Whether a chunk is one of a service message, not of opening, renewing or closing a channel. */
    public static boolean isService(ByteBuffer chunk) {
        return chunk.remaining() > BODY_AT && chunk.get(0) == 'M' && chunk.get(1) == 'S' && chunk.get(2) == 'G';
    }

    /** Whether the message goes on after this chunk. */
    public static boolean goesOn(ByteBuffer chunk) {
        return chunk.get(3) == 'C';
    }

    /** The numeric identifier in namespace 0 that a body begins with, read; -1 for other forms. */
    public static int typeId(ByteBuffer body) {
        return switch (body.get()) {
            case 0 -> body.get() & 0xFF;
            case 1 -> body.get() == 0 ? body.getShort() & 0xFFFF : -1;
            default -> -1;
        };
    }

    /** Chunks whose body begins with one of these encoding ids: messages of one chunk, or the first of several. */
    public static Predicate<ByteBuffer> ofType(int... typeIds) {
        return chunk -> {
            if (!isService(chunk)) {
                return false;
            }
            int type = typeId(chunk.duplicate().order(chunk.order()).position(BODY_AT));
            return IntStream.of(typeIds).anyMatch(each -> each == type);
        };
    }
}
