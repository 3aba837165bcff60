package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** When a connection is read. */
class FrontChannelTest {
    private final EmbeddedChannel socket = new EmbeddedChannel();
    private final FrontChannel channel = FrontChannel.attachTo(socket);

    private void begin(int requests) {
        for (int i = 0; i < requests; i++) {
            channel.begunWithoutSession();
        }
    }

    private void answer(int requests) {
        for (int i = 0; i < requests; i++) {
            channel.answeredWithoutSession();
        }
    }

    private boolean isRead() {
        return socket.config().isAutoRead();
    }

    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void whoAsksForMuchWithoutWaitingIsNotReadUntilHalfOfItIsAnswered() {
        begin(FrontChannel.CROWDED - 1);
        assertThat(isRead()).isTrue();

        begin(3);
        assertThat(isRead()).isFalse();

        answer(FrontChannel.CROWDED / 2 + 1);
        assertThat(isRead()).as("more than half is left").isFalse();
        answer(1);
        assertThat(isRead()).isTrue();
        begin(FrontChannel.CROWDED / 2);
        assertThat(isRead()).as("again").isFalse();
    }

    @Test
    void bothReasonsMustHaveEnded() {
        begin(FrontChannel.CROWDED);
        channel.reads(false);

        answer(FrontChannel.CROWDED);
        assertThat(isRead()).as("it does not take its answers").isFalse();
        channel.reads(true);
        assertThat(isRead()).isTrue();

        channel.reads(false);
        begin(FrontChannel.CROWDED);
        channel.reads(true);
        assertThat(isRead()).as("it has asked for too much").isFalse();
    }
}
