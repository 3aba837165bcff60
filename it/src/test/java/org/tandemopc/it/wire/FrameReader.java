package org.tandemopc.it.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts one direction of an unsecured OPC UA connection into chunks and reads what the checks need of the first chunk of
 * each message (Part 6, 6.7.2 and 7.1.2).
 */
final class FrameReader {
    static final int PUBLISH_RESPONSE = 829;
    static final int REPUBLISH_REQUEST = 832;

    private static final int CHUNK_BYTES_MAX = 1 << 20;
    private static final int BODY_AT = 24;

    private final Consumer<WirePublish> onPublish;
    private final Runnable onRepublish;
    private byte[] pending = new byte[64 * 1024];
    private int length;
    private boolean insideMessage;

    FrameReader(Consumer<WirePublish> onPublish, Runnable onRepublish) {
        this.onPublish = onPublish;
        this.onRepublish = onRepublish;
    }

    void feed(byte[] bytes, int count) {
        if (length + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, length + count));
        }
        System.arraycopy(bytes, 0, pending, length, count);
        length += count;
        int from = 0;
        while (length - from >= 8) {
            int size = ByteBuffer.wrap(pending, from + 4, 4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            if (size < 8 || size > CHUNK_BYTES_MAX) {
                throw new IllegalStateException("not a chunk of OPC UA: size " + size);
            }
            if (length - from < size) {
                break;
            }
            chunk(ByteBuffer.wrap(pending, from, size).slice().order(ByteOrder.LITTLE_ENDIAN));
            from += size;
        }
        System.arraycopy(pending, from, pending, 0, length - from);
        length -= from;
    }

    private void chunk(ByteBuffer chunk) {
        boolean isMessage = chunk.get(0) == 'M' && chunk.get(1) == 'S' && chunk.get(2) == 'G';
        if (!isMessage) {
            return;
        }
        boolean first = !insideMessage;
        insideMessage = chunk.get(3) == 'C';
        if (first) {
            message(chunk.position(BODY_AT));
        }
    }

    private void message(ByteBuffer body) {
        switch (typeId(body)) {
            case PUBLISH_RESPONSE -> publish(body);
            case REPUBLISH_REQUEST -> onRepublish.run();
            default -> {}
        }
    }

    /** The numeric identifier in namespace 0; -1 for other forms. */
    private static int typeId(ByteBuffer body) {
        return switch (body.get()) {
            case 0 -> body.get() & 0xFF;
            case 1 -> body.get() == 0 ? body.getShort() & 0xFFFF : -1;
            default -> -1;
        };
    }

    private void publish(ByteBuffer body) {
        skipResponseHeader(body);
        long subscriptionId = u32(body);
        List<Long> available = new ArrayList<>();
        for (int i = body.getInt(); i > 0; i--) {
            available.add(u32(body));
        }
        body.get(); // moreNotifications
        long sequenceNumber = u32(body);
        body.getLong(); // publishTime
        boolean keepAlive = body.getInt() <= 0;
        onPublish.accept(new WirePublish(System.nanoTime(), subscriptionId, sequenceNumber, keepAlive, available));
    }

    private static void skipResponseHeader(ByteBuffer body) {
        body.position(body.position() + 16); // timestamp, request handle, service result
        if (body.get() != 0) {
            throw new IllegalStateException("a PublishResponse with diagnostics is not understood here");
        }
        for (int i = body.getInt(); i > 0; i--) {
            body.position(body.position() + Math.max(0, body.getInt()));
        }
        typeId(body); // additional header: null in all servers of these tests
        if (body.get() != 0) {
            throw new IllegalStateException("a PublishResponse with an additional header is not understood here");
        }
    }

    private static long u32(ByteBuffer body) {
        return body.getInt() & 0xFFFF_FFFFL;
    }
}
