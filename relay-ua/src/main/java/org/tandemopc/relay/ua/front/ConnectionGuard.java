package org.tandemopc.relay.ua.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

/**
 * Before Milo's handlers in the pipeline of a connection: sees that nobody holds one for nothing. Closes it when no secure channel is
 * opened in time, when it is silent without a session, or when it would add to more unfinished requests than the door
 * bears; writes one line for each connection that ended by a fault of the peer. Reads the frame headers only (type, chunk
 * flag, length). One connection, its event loop; the counters of the door are shared.
 */
final class ConnectionGuard extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);

    private static final int HEADER_BYTES = 8;
    private static final int OPN = 'O' << 16 | 'P' << 8 | 'N';
    private static final int ERR = 'E' << 16 | 'R' << 8 | 'R';
    private static final int REASON_BYTES_MAX = 200;

    /** Before a secure channel there is one message of one chunk: nobody may leave more than that with us unknown. */
    private static final int OPENING_BYTES_MAX = 65_535;

    private final Limits limits;
    private final ConnectionLimiter limiter;
    private final AtomicLong unfinishedInAll;
    private final LogRate logRate;
    private final FrontChannel channel;

    private @Nullable InetAddress admitted;
    private @Nullable ScheduledFuture<?> timer;
    private boolean opened;
    private boolean closing;
    private long lastReadNanos;
    private long unfinished;

    // Where the reader of frames is: bytes of a header so far, then bytes of the frame still to come.
    private long header;
    private int headerBytes;
    private long frameBytesLeft;
    private boolean frameEndsMessage;
    private boolean framingLost;

    ConnectionGuard(
            Limits limits,
            ConnectionLimiter limiter,
            AtomicLong unfinishedInAll,
            LogRate logRate,
            FrontChannel channel) {
        this.limits = limits;
        this.limiter = limiter;
        this.unfinishedInAll = unfinishedInAll;
        this.logRate = logRate;
        this.channel = channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        lastReadNanos = System.nanoTime();
        if (ctx.channel().remoteAddress() instanceof InetSocketAddress remote) {
            if (!limiter.admit(remote.getAddress(), lastReadNanos)) {
                fault(ctx, "refused: too many connections");
                var unused = ctx.close();
                return;
            }
            admitted = remote.getAddress();
        }
        timer = ctx.executor()
                .schedule(() -> requireOpen(ctx), limits.channelDeadline().toMillis(), TimeUnit.MILLISECONDS);
        super.channelActive(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (timer != null) {
            timer.cancel(false);
        }
        unfinishedInAll.addAndGet(-unfinished);
        unfinished = 0;
        if (admitted != null) {
            limiter.release(admitted);
            admitted = null;
        }
        channel.lost(ctx.channel());
        super.channelInactive(ctx);
        UnfinishedChunks.release(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        lastReadNanos = System.nanoTime();
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof ByteBuf bytes && !framingLost) {
            long before = unfinished;
            follow(bytes);
            long added = unfinished - before;
            boolean tooMuchInAll = unfinishedInAll.addAndGet(added) > limits.unfinishedBytes() && added > 0;
            if (tooMuchInAll || unfinished > unfinishedMax()) {
                fault(
                        ctx,
                        tooMuchInAll
                                ? "closed: too many bytes of unfinished requests"
                                : "closed: unfinished request too large");
                closing = true;
                bytes.release();
                var unused = ctx.close();
                return;
            }
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof ByteBuf bytes && bytes.readableBytes() >= HEADER_BYTES) {
            int type = bytes.getUnsignedMedium(bytes.readerIndex());
            if (type == OPN) {
                opened = true;
            } else if (type == ERR) {
                fault(ctx, errorText(bytes));
            }
        }
        super.write(ctx, message, promise);
    }

    /** Memory for what clients send is used up: said once, and the connection that met it goes. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof OutOfMemoryError) {
            fault(ctx, "closed: no memory for what it sends (" + cause.getMessage() + ")");
            var unused = ctx.close();
            return;
        }
        super.exceptionCaught(ctx, cause);
    }

    /** An eighth above the largest request, for headers, padding and signatures of its chunks. */
    private long unfinishedMax() {
        return opened ? OPENING_BYTES_MAX + limits.messageBytes() * 9L / 8 : OPENING_BYTES_MAX;
    }

    private void requireOpen(ChannelHandlerContext ctx) {
        if (!opened) {
            fault(ctx, "closed: no secure channel within " + limits.channelDeadline());
            var unused = ctx.close();
            return;
        }
        requireUse(ctx);
    }

    private void requireUse(ChannelHandlerContext ctx) {
        long idleNanos = limits.channelIdle().toNanos();
        if (!channel.hasSessions() && channel.reads() && System.nanoTime() - lastReadNanos > idleNanos) {
            LOG.debug("{} closed: silent and without a session", ctx.channel().remoteAddress());
            var unused = ctx.close();
            return;
        }
        timer = ctx.executor().schedule(() -> requireUse(ctx), idleNanos / 2, TimeUnit.NANOSECONDS);
    }

    /** Adds what belongs to requests without their last chunk, sets to 0 where a request ends. */
    private void follow(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (frameBytesLeft == 0) {
                header = header << 8 | bytes.getUnsignedByte(at++);
                unfinished++;
                if (++headerBytes == HEADER_BYTES) {
                    headerBytes = 0;
                    beginFrame();
                    if (framingLost) {
                        return;
                    }
                }
            } else {
                int step = (int) Math.min(frameBytesLeft, end - at);
                at += step;
                frameBytesLeft -= step;
                unfinished += step;
            }
            if (frameBytesLeft == 0 && headerBytes == 0 && frameEndsMessage) {
                unfinished = 0;
            }
        }
    }

    private void beginFrame() {
        long length = Integer.toUnsignedLong(Integer.reverseBytes((int) header));
        if (length < HEADER_BYTES) {
            framingLost = true; // Milo refuses it as well and closes
            return;
        }
        frameEndsMessage = (byte) (header >>> 32) != 'C';
        frameBytesLeft = length - HEADER_BYTES;
    }

    private void fault(ChannelHandlerContext ctx, String text) {
        logRate.warn(LOG, ctx.channel().remoteAddress() + " " + text);
    }

    private static String errorText(ByteBuf error) {
        int at = error.readerIndex() + HEADER_BYTES;
        if (error.readableBytes() < HEADER_BYTES + 8) {
            return "refused";
        }
        int length = Math.min(
                Math.min(Math.max(0, error.getIntLE(at + 4)), REASON_BYTES_MAX),
                error.readableBytes() - HEADER_BYTES - 8);
        String reason = error.toString(at + 8, length, StandardCharsets.UTF_8).replaceAll("\\p{C}", "?");
        return "refused: 0x%08X %s".formatted(error.getIntLE(at), reason);
    }
}
