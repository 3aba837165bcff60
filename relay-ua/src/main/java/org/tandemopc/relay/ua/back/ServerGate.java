package org.tandemopc.relay.ua.back;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.messages.ErrorMessage;
import org.eclipse.milo.opcua.stack.core.channel.messages.TcpMessageEncoder;

/**
 * First in the pipeline of a link: looks at the two messages of a server that Milo believes without a look. The reason in
 * an Error message is allocated as long as it says that it is, and the buffer sizes in an Acknowledge are those that
 * requests are cut by, also when they are 0 (OPC UA Part 6, 7.1.2.4, 7.1.2.5). Everything else passes as it comes, frame by
 * frame and without being copied.
 *
 * <p>Milo puts its next handler before all others once the Acknowledge has come; this one takes the first place again
 * before anything more is read. One link, its event loop.
 */
final class ServerGate extends ByteToMessageDecoder {
    private static final int HEADER_BYTES = 8;
    private static final int ACKNOWLEDGE_BYTES = HEADER_BYTES + 5 * 4;
    private static final int ERROR_BYTES_MIN = HEADER_BYTES + 4 + 4;
    private static final int REASON_BYTES_MAX = 4096;
    private static final int BUFFER_BYTES_MIN = 8192;
    private static final int ERR_F = 'E' << 24 | 'R' << 16 | 'R' << 8 | 'F';
    private static final int ACK_F = 'A' << 24 | 'C' << 16 | 'K' << 8 | 'F';

    private final Consumer<String> onRefused;
    private long frameBytesLeft;
    private boolean refused;

    /** @param onRefused told once, of what was wrong; nothing passes any more */
    ServerGate(Consumer<String> onRefused) {
        this.onRefused = onRefused;
    }

    private static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1L;

        UnfitException(String what) {
            super(what, null, false, false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws UaException {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else if (frameBytesLeft > 0) {
            pass(in, out);
        } else if (in.readableBytes() >= HEADER_BYTES) {
            try {
                begin(ctx, in, out);
            } catch (UnfitException e) {
                refused = true;
                onRefused.accept("the server sends " + e.getMessage());
            }
        }
    }

    private void pass(ByteBuf in, List<Object> out) {
        int step = (int) Math.min(frameBytesLeft, in.readableBytes());
        frameBytesLeft -= step;
        out.add(in.readRetainedSlice(step));
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws UaException, UnfitException {
        int type = in.getInt(in.readerIndex());
        long length = in.getUnsignedIntLE(in.readerIndex() + 4);
        if (type == ERR_F) {
            require(
                    length >= ERROR_BYTES_MIN && length <= ERROR_BYTES_MIN + REASON_BYTES_MAX,
                    "an Error message",
                    length);
            if (in.readableBytes() >= length) {
                out.add(error(in.readSlice((int) length).skipBytes(HEADER_BYTES)));
            }
        } else if (type == ACK_F) {
            require(length == ACKNOWLEDGE_BYTES, "an Acknowledge", length);
            if (in.readableBytes() >= length) {
                acknowledged(ctx, in, out);
            }
        } else {
            require(length >= HEADER_BYTES, "a message", length);
            frameBytesLeft = length;
            pass(in, out);
        }
    }

    /** With the reason that is there, however long it is said to be, and without what could spoil a log. */
    private static ByteBuf error(ByteBuf body) throws UaException {
        long status = body.readUnsignedIntLE();
        int said = body.readIntLE();
        int length = Math.clamp(said, 0, body.readableBytes());
        String reason = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
        return TcpMessageEncoder.encode(new ErrorMessage(status, reason.replaceAll("[^\\p{ASCII}]|\\p{C}", "?")));
    }

    private static void acknowledged(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws UnfitException {
        int buffers = in.readerIndex() + HEADER_BYTES + 4;
        long smallest = Math.min(in.getUnsignedIntLE(buffers), in.getUnsignedIntLE(buffers + 4));
        require(smallest >= BUFFER_BYTES_MIN, "an Acknowledge with buffers", smallest);
        int more = in.readableBytes() - ACKNOWLEDGE_BYTES;
        require(more == 0, "unasked, behind its Acknowledge,", more);
        var unused = ctx.channel().config().setAutoRead(false);
        // Milo's task that adds its handler is made once this message has passed on, and so lies between these two.
        ctx.executor().execute(() -> ctx.executor().execute(() -> takeFirstPlace(ctx)));
        out.add(in.readRetainedSlice(ACKNOWLEDGE_BYTES));
    }

    private static void takeFirstPlace(ChannelHandlerContext ctx) {
        if (!ctx.isRemoved()) {
            ServerGate gate = (ServerGate) ctx.handler();
            ctx.pipeline().remove(gate);
            ctx.pipeline().addFirst(new ServerGate(gate.onRefused));
            var unused = ctx.channel().config().setAutoRead(true);
        }
    }

    private static void require(boolean isFit, String what, long bytes) throws UnfitException {
        if (!isFit) {
            throw new UnfitException(what + " of " + bytes + " bytes");
        }
    }
}
