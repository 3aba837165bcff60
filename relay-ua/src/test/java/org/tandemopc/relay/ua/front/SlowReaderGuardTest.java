package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** One connection in virtual time, whose socket takes what the test lets it take. */
class SlowReaderGuardTest {
    private static final int HIGH = SlowReaderGuard.UNSENT.high();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int PER_CONNECTION = 1 << 20;

    private final UnsentAnswers inAll = new UnsentAnswers(PER_CONNECTION + HIGH);
    private final Thin channel = connected();

    /** Takes no byte unless it is told to. */
    private static final class Thin extends EmbeddedChannel {
        private int messages;
        private int bytesOfNext;

        @Override
        protected void doWrite(ChannelOutboundBuffer waiting) {
            if (bytesOfNext > 0) {
                waiting.progress(bytesOfNext);
                bytesOfNext = 0;
            }
            while (messages > 0 && waiting.remove()) {
                messages--;
            }
        }

        void takes(int answers) {
            messages = answers;
            flush();
            messages = 0;
        }

        void takesOfNext(int bytes) {
            bytesOfNext = bytes;
            flush();
        }

        void passes(Duration time) {
            advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
            runScheduledPendingTasks();
            runPendingTasks();
        }

        void answer(ByteBuf answer) {
            var unused = writeAndFlush(answer);
        }
    }

    private Thin connected() {
        Thin made = new Thin();
        made.freezeTime();
        FrontChannel.attachTo(made);
        made.pipeline()
                .addLast(new SlowReaderGuard(
                        DoorFixture.changed(l -> {
                            l.unsentBytesPerConnection = PER_CONNECTION;
                            l.unsentDeadline = DEADLINE;
                        }),
                        inAll,
                        new LogRate(),
                        FrontChannel.of(made)));
        return made;
    }

    private static ByteBuf bytes(int length) {
        return Unpooled.buffer(length).writeZero(length);
    }

    @AfterEach
    void nothingIsCountedAfterTheEnd() {
        var unused = channel.close();
        channel.runPendingTasks();
        assertThat(inAll.bytes()).isZero();
    }

    @Test
    @Requirement(
            value = {"S19", "I9"},
            protocol = Protocol.UA)
    void nothingIsReadWhileTooMuchIsUnsent() {
        channel.answer(bytes(HIGH / 2));
        assertThat(channel.config().isAutoRead()).as("control").isTrue();

        channel.answer(bytes(HIGH / 2));
        channel.answer(bytes(HIGH / 2));

        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(FrontChannel.of(channel).reads()).isFalse();
        assertThat(inAll.bytes()).isEqualTo(HIGH * 3L / 2);

        channel.takes(2);
        assertThat(channel.config().isAutoRead()).as("not before the low mark").isFalse();
        channel.takes(1);

        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(FrontChannel.of(channel).reads()).isTrue();
        assertThat(inAll.bytes()).isZero();
    }

    @Test
    void whoTakesNothingWithinTheDeadlineIsClosed() {
        channel.answer(bytes(2 * HIGH));

        for (int i = 0; i < 3; i++) {
            channel.passes(DEADLINE.dividedBy(4));
        }
        assertThat(channel.isOpen()).isTrue();
        channel.answer(bytes(100)); // what is added is not what is taken
        channel.passes(DEADLINE.dividedBy(4));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    @Requirement(
            value = {"S19"},
            protocol = Protocol.UA)
    void whoTakesALittleNowAndThenStays() {
        channel.answer(bytes(2 * HIGH));

        for (int i = 0; i < 10; i++) {
            channel.passes(DEADLINE.dividedBy(2));
            channel.takesOfNext(1);
        }

        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.config().isAutoRead()).as("control: all the time").isFalse();
    }

    /** S35: a look that comes late is one look. */
    @Test
    void aPauseOfOurOwnIsNotTheClients() {
        channel.answer(bytes(2 * HIGH));
        channel.passes(DEADLINE.dividedBy(4));

        channel.passes(DEADLINE.multipliedBy(3));

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whoIsNotTooSlowForLongHasAnewDeadline() {
        channel.answer(bytes(2 * HIGH));
        channel.passes(DEADLINE.dividedBy(2));
        channel.takes(1);
        channel.passes(DEADLINE.dividedBy(2));
        channel.answer(bytes(2 * HIGH));

        channel.passes(DEADLINE.dividedBy(2));

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void tooMuchForOneConnectionClosesIt() {
        channel.answer(bytes(PER_CONNECTION));
        assertThat(channel.isOpen()).as("control").isTrue();
        ByteBuf last = bytes(1);

        ChannelFuture sent = channel.writeAndFlush(last);

        assertThat(channel.isOpen()).isFalse();
        assertThat(sent.isSuccess()).isFalse();
        assertThat(last.refCnt()).isZero();
    }

    /** A buffer that is larger than its message is held as a whole. */
    @Test
    void theMemoryCountsNotTheBytesInIt() {
        channel.answer(Unpooled.buffer(PER_CONNECTION + 1).writeZero(10));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void tooMuchOverAllClosesTheOneWithTheMost() {
        Thin other = connected();
        channel.answer(bytes(PER_CONNECTION));

        other.answer(bytes(HIGH));
        channel.runPendingTasks();
        assertThat(channel.isOpen()).as("control").isTrue();
        other.answer(bytes(1));
        channel.runPendingTasks();

        assertThat(channel.isOpen()).isFalse();
        assertThat(other.isOpen()).isTrue();
        assertThat(inAll.bytes()).isEqualTo(HIGH + 1);
        var unused = other.close();
    }
}
