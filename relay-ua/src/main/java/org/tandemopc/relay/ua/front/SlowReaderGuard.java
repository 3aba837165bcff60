package org.tandemopc.relay.ua.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

/**
 * Before all others in the pipeline of a connection: sees that nobody has answers made which he does not read. Above
 * {@link #UNSENT} nothing more is read from him, and his sessions are told, so that values wait where their queues are
 * bounded. Who then takes nothing for {@code unsentDeadline} is closed, and so is who has too much on its way to him all
 * the same, since what members already answer cannot be stopped. Counts memory, not bytes of messages: buffers are up
 * to twice as large. One connection, its event loop.
 */
final class SlowReaderGuard extends ChannelDuplexHandler {
    /** From when on nothing more is read, and until when. */
    static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(64 << 10, 256 << 10);

    /** Looks within a deadline. Looks are counted, not time: a pause of ours (S35) is one look, however long. */
    private static final int LOOKS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(SlowReaderGuard.class);

    private final Limits limits;
    private final UnsentAnswers inAll;
    private final LogRate logRate;
    private final FrontChannel channel;

    private UnsentAnswers.@Nullable Share unsent;
    private @Nullable ScheduledFuture<?> timer;
    private boolean closing;
    private long taken;
    private long takenBefore;
    private int idleLooks;

    SlowReaderGuard(Limits limits, UnsentAnswers inAll, LogRate logRate, FrontChannel channel) {
        this.limits = limits;
        this.inAll = inAll;
        this.logRate = logRate;
        this.channel = channel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        var unused = ctx.channel().config().setWriteBufferWaterMark(UNSENT);
        unsent = inAll.join(() -> ctx.executor()
                .execute(() -> close(ctx, "has the most of too many unread answers over all connections")));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (unsent != null) {
            unsent.leave();
        }
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        UnsentAnswers.Share share = unsent;
        if (share == null || !(message instanceof ByteBuf bytes)) {
            super.write(ctx, message, promise);
            return;
        }
        int memory = bytes.capacity();
        share.add(memory);
        ChannelPromise told = promise.unvoid();
        var unused = told.addListener(sent -> {
            taken += memory;
            share.remove(memory);
        });
        super.write(ctx, message, told);
        if (share.bytes() > limits.unsentBytesPerConnection()) {
            close(ctx, "reads too few of its answers");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        boolean reads = ctx.channel().isWritable();
        if (!reads && timer == null) {
            takenBefore = taken(ctx.channel());
            idleLooks = 0;
            lookLater(ctx);
        }
        channel.reads(reads);
        super.channelWritabilityChanged(ctx);
    }

    private void lookLater(ChannelHandlerContext ctx) {
        timer = ctx.executor()
                .schedule(() -> look(ctx), limits.unsentDeadline().toNanos() / LOOKS, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        timer = null;
        offer(ctx.channel());
        if (ctx.channel().isWritable() || !ctx.channel().isActive()) {
            return;
        }
        long now = taken(ctx.channel());
        idleLooks = now == takenBefore ? idleLooks + 1 : 0;
        takenBefore = now;
        if (idleLooks == LOOKS) {
            close(ctx, "reads none of its answers for " + limits.unsentDeadline());
        } else {
            lookLater(ctx);
        }
    }

    /**
     * The selector says that a socket takes more once a third of its buffer is empty, which over a thin link is late:
     * what it takes is known by trying.
     */
    private static void offer(Channel socket) {
        if (socket.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
            nio.forceFlush();
        }
    }

    /** Grows whenever the socket takes something. */
    private long taken(Channel socket) {
        ChannelOutboundBuffer waiting = socket.unsafe().outboundBuffer();
        return taken + (waiting == null ? 0 : waiting.currentProgress());
    }

    private void close(ChannelHandlerContext ctx, String why) {
        if (closing || !ctx.channel().isActive()) {
            return;
        }
        closing = true;
        logRate.warn(LOG, ctx.channel().remoteAddress() + " closed: " + why);
        try {
            // Without the kernel's copy, too: nobody wants it.
            var unused = ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        } finally {
            var unused = ctx.close();
        }
    }
}
