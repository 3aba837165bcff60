package org.tandemopc.relay.ua.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.messages.ErrorMessage;
import org.eclipse.milo.opcua.stack.core.channel.messages.HelloMessage;
import org.eclipse.milo.opcua.stack.core.channel.messages.TcpMessageEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Hello message (OPC UA Part 6, 7.1.2.3) before Milo does, then removes itself. Two reasons: Milo 1.1.2
 * believes the length of the URL, and it wants to know every path in advance, while pairs come and go and discovery
 * answers under any path. So the lengths are checked here, the URL is remembered in {@link FrontChannel}, and what goes
 * on is a Hello with the same numbers and an empty path. One connection, its event loop.
 */
final class HelloGate extends ByteToMessageDecoder {
    private static final int HEADER_BYTES = 8;
    private static final int FIXED_BYTES = HEADER_BYTES + 5 * 4 + 4;
    private static final int URL_BYTES_MAX = 4096;
    private static final int BUFFER_BYTES_MIN = 8192;
    private static final int HEL_F = 'H' << 24 | 'E' << 16 | 'L' << 8 | 'F';

    private final FrontChannel channel;
    private boolean refused;

    HelloGate(FrontChannel channel) {
        this.channel = channel;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws UaException {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < HEADER_BYTES) {
            return;
        }
        int at = in.readerIndex();
        if (in.getInt(at) != HEL_F) {
            refuse(ctx, in, StatusCodes.Bad_TcpMessageTypeInvalid, "not a Hello message");
            return;
        }
        long length = in.getUnsignedIntLE(at + 4);
        if (length < FIXED_BYTES || length > FIXED_BYTES + URL_BYTES_MAX) {
            refuse(ctx, in, StatusCodes.Bad_TcpMessageTooLarge, "Hello of " + length + " bytes");
            return;
        }
        if (in.readableBytes() < length) {
            return;
        }
        pass(ctx, in, in.readSlice((int) length), out);
    }

    private void pass(ChannelHandlerContext ctx, ByteBuf in, ByteBuf message, List<Object> out) throws UaException {
        message.skipBytes(HEADER_BYTES);
        long protocolVersion = message.readUnsignedIntLE();
        long receiveBufferSize = message.readUnsignedIntLE();
        long sendBufferSize = message.readUnsignedIntLE();
        long messageSizeMax = message.readUnsignedIntLE();
        long chunkCountMax = message.readUnsignedIntLE();
        int urlBytes = message.readIntLE();
        if (urlBytes < -1 || Math.max(0, urlBytes) != message.readableBytes()) {
            refuse(ctx, in, StatusCodes.Bad_TcpInternalError, "Hello with a URL of " + urlBytes + " bytes");
            return;
        }
        if (receiveBufferSize < BUFFER_BYTES_MIN || sendBufferSize < BUFFER_BYTES_MIN) {
            refuse(ctx, in, StatusCodes.Bad_TcpNotEnoughResources, "buffers below 8192 bytes");
            return;
        }
        @Nullable
        String url = urlBytes < 0
                ? null
                : message.readCharSequence(urlBytes, StandardCharsets.UTF_8).toString();
        channel.url(EndpointUrl.parse(url));
        out.add(TcpMessageEncoder.encode(new HelloMessage(
                protocolVersion,
                receiveBufferSize,
                sendBufferSize,
                messageSizeMax,
                chunkCountMax,
                "opc.tcp://localhost/")));
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in, long status, String reason) throws UaException {
        refused = true;
        in.skipBytes(in.readableBytes());
        var unused = ctx.writeAndFlush(TcpMessageEncoder.encode(new ErrorMessage(status, reason)))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
