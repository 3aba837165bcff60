package org.tandemopc.relay.ua.back;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.eclipse.milo.opcua.stack.transport.client.uasc.UascClientMessageHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The chunks of a message whose end has not come, kept by Milo's handler. When the connection ends, Milo up to 1.1.2
 * forgets to release them (milo #1800), and with each link that dies within a long answer up to a whole message of
 * pooled memory is lost. The list is a private field; where it cannot be reached, memory is lost as with Milo alone.
 */
final class PendingChunks {
    private static final @Nullable VarHandle CHUNKS = find();

    private PendingChunks() {}

    private static @Nullable VarHandle find() {
        try {
            return MethodHandles.privateLookupIn(UascClientMessageHandler.class, MethodHandles.lookup())
                    .findVarHandle(UascClientMessageHandler.class, "chunkBuffers", List.class);
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(PendingChunks.class)
                    .warn("buffers of cut messages cannot be released: {}", e.toString());
            return null;
        }
    }

    /** Empty when there are none, or they cannot be reached. */
    @SuppressWarnings("unchecked")
    static List<ByteBuf> of(Channel channel) {
        UascClientMessageHandler handler = channel.pipeline().get(UascClientMessageHandler.class);
        return handler == null || CHUNKS == null ? List.of() : (List<ByteBuf>) CHUNKS.get(handler);
    }

    /** On the channel's event loop, after its end. */
    static void release(Channel channel) {
        List<ByteBuf> chunks = of(channel);
        if (!chunks.isEmpty()) {
            chunks.forEach(ByteBuf::release);
            chunks.clear();
        }
    }
}
