package org.tandemopc.relay.ua.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.milo.opcua.stack.transport.server.uasc.UascServerAsymmetricHandler;
import org.eclipse.milo.opcua.stack.transport.server.uasc.UascServerSymmetricHandler;
import org.slf4j.LoggerFactory;

/**
 * The chunks of requests whose end has not come, kept by Milo's handlers. When the connection ends, Milo up to 1.1.2
 * forgets to release them (milo #1800): whoever connects, sends half a request and leaves, again and again, takes all
 * direct memory with him. The lists are private fields; where they cannot be reached, a line says so at the start.
 */
final class UnfinishedChunks {
    private static final String FIELD = "chunkBuffers";

    private static final Map<Class<? extends ChannelHandler>, Optional<VarHandle>> LISTS = Map.of(
            UascServerAsymmetricHandler.class, find(UascServerAsymmetricHandler.class),
            UascServerSymmetricHandler.class, find(UascServerSymmetricHandler.class));

    private UnfinishedChunks() {}

    private static Optional<VarHandle> find(Class<?> handler) {
        try {
            return Optional.of(MethodHandles.privateLookupIn(handler, MethodHandles.lookup())
                    .findVarHandle(handler, FIELD, List.class));
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(UnfinishedChunks.class)
                    .error("buffers of cut requests cannot be released: {}", e.toString());
            return Optional.empty();
        }
    }

    /** On the channel's event loop, after its end was passed on: until then its handlers still read what they have. */
    static void release(Channel channel) {
        channel.pipeline().forEach(entry -> take(entry.getValue()).forEach(ReferenceCountUtil::safeRelease));
    }

    @SuppressWarnings("unchecked")
    private static List<ByteBuf> take(ChannelHandler handler) {
        Optional<VarHandle> list = LISTS.getOrDefault(handler.getClass(), Optional.empty());
        if (list.isEmpty()) {
            return List.of();
        }
        List<ByteBuf> kept = (List<ByteBuf>) list.get().get(handler);
        List<ByteBuf> taken = List.copyOf(kept);
        kept.clear();
        return taken;
    }
}
