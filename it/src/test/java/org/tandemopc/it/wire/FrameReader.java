package org.tandemopc.it.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.tandemopc.testkit.proxy.UaMessages;

/** Reads what the checks need of the first chunk of each message of one direction of an unsecured OPC UA connection. */
final class FrameReader {
    private final Consumer<WirePublish> onPublish;
    private final Runnable onRepublish;
    private boolean insideMessage;

    FrameReader(Consumer<WirePublish> onPublish, Runnable onRepublish) {
        this.onPublish = onPublish;
        this.onRepublish = onRepublish;
    }

    void chunk(ByteBuffer chunk) {
        if (!UaMessages.isService(chunk)) {
            return;
        }
        boolean first = !insideMessage;
        insideMessage = UaMessages.goesOn(chunk);
        if (first) {
            message(chunk.position(UaMessages.BODY_AT));
        }
    }

    private void message(ByteBuffer body) {
        switch (UaMessages.typeId(body)) {
            case UaMessages.PUBLISH_RESPONSE -> publish(body);
            case UaMessages.REPUBLISH_REQUEST -> onRepublish.run();
            default -> {}
        }
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
        UaMessages.typeId(body); // additional header: null in all servers of these tests
        if (body.get() != 0) {
            throw new IllegalStateException("a PublishResponse with an additional header is not understood here");
        }
    }

    private static long u32(ByteBuffer body) {
        return body.getInt() & 0xFFFF_FFFFL;
    }
}
