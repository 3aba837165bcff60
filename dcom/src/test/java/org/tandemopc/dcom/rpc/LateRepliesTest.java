package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;

import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.testkit.Await;

/** Answers that come when their caller has gone. */
@Timeout(120)
class LateRepliesTest {
    private final TestServer server = TestServer.open();
    private final List<Bytes> heard = new CopyOnWriteArrayList<>();

    private final LateReply late = new LateReply() {
        @Override
        public void answered(RpcAnswer answer) {
            heard.add(answer.stub());
        }

        @Override
        public void refused(RpcFaultException fault) {
            heard.add(number(fault.status()));
        }
    };

    LateRepliesTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private static Deadline shortly() {
        return Deadline.after(Duration.ofMillis(50));
    }

    @Test
    void areHeardWhereTheTimeOfTheCallWasOver() throws Exception {
        try (RpcClient client = server.client()) {
            assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), shortly(), late))
                    .isInstanceOf(DeadlineException.class);
            server.gate(1).entered();
            assertThat(heard).isEmpty();
            server.gate(1).open();

            Await.until("heard", PATIENCE, () -> heard.equals(List.of(number(1))));
            assertThat(client.call(FORWARD, ECHO, null, octets(4), soon(), late).stub())
                    .isEqualTo(octets(4));
        }
        assertThat(heard).as("an answer that was waited for is not late").hasSize(1);
    }

    /** Each keeps one of the places for calls, so that their number is limited, now and later. */
    @Test
    void areHeardOfSoManyCallsOnly() throws Exception {
        try (RpcClient client = server.client()) {
            for (int i = 0; i < RpcClient.LATE_MAX + 1; i++) {
                assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), shortly(), late))
                        .isInstanceOf(DeadlineException.class);
                // a server that is heard of lives, or the connection would be given up
                assertThat(client.call(FORWARD, ECHO, null, octets(4), soon()).stub())
                        .isEqualTo(octets(4));
            }
            server.gate(1).open();

            Await.until("all ended", PATIENCE, () -> server.server().runningCalls() == 0);
            assertThat(client.call(FORWARD, ECHO, null, octets(4), soon()).stub())
                    .isEqualTo(octets(4));
            assertThat(heard).hasSize(RpcClient.LATE_MAX);

            assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(2), shortly(), late))
                    .isInstanceOf(DeadlineException.class);
            server.gate(2).open();
            Await.until("heard", PATIENCE, () -> heard.contains(number(2)));
        }
    }

    /** Whoever reads has taken the answer, and has not yet said so, when the time is over: each says what it says then. */
    @Test
    void areHeardThoughTheyComeInTheLastMoment() throws Exception {
        Bytes answer = octets(7);
        for (int concurrent : List.of(1, 2)) {
            try (RpcClient client = server.client(TestServer.lenient().withConcurrentCallsMax(concurrent))) {
                RpcCall call = new RpcCall(client, 77, shortly(), 1_000, late);
                assertThat(call.end()).isTrue();
                assertThatThrownBy(call::await).isInstanceOf(DeadlineException.class);
                call.done(new RpcAnswer(answer, ByteOrder.LITTLE_ENDIAN));
            }
        }
        assertThat(heard).containsExactly(answer, answer);
    }

    @Test
    void ofTheLastMomentTakeNoPlaceForEver() throws Exception {
        try (RpcClient client = server.client()) {
            for (int i = 0; i < RpcClient.LATE_MAX; i++) {
                RpcCall call = new RpcCall(client, 77, shortly(), 1_000, late);
                assertThat(call.end()).isTrue();
                client.abandon(call);
            }
            assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), shortly(), late))
                    .isInstanceOf(DeadlineException.class);
            server.gate(1).open();
            Await.until("heard", PATIENCE, () -> heard.equals(List.of(number(1))));
        }
    }

    @Test
    void areHeardOfAServerThatWasLeft() throws Exception {
        try (RpcClient client = server.client();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RpcAnswer> write = threads.submit(() -> client.call(FORWARD, WAIT, null, number(1), soon(), late));
            Future<RpcAnswer> read = threads.submit(() -> client.call(FORWARD, WAIT, null, number(2), soon()));
            server.gate(1).entered();
            server.gate(2).entered();

            assertThat(client.desert()).isEqualTo(1);

            for (Future<RpcAnswer> each : List.of(write, read)) {
                assertThatThrownBy(each::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isFalse());
            }
            server.gate(2).open();
            server.gate(1).open();
            Await.until("heard", PATIENCE, () -> heard.equals(List.of(number(1))));
        }
    }

    /** Not even calls that waited for their turn: whoever left must be able to rely on it. */
    @Test
    void nothingGoesToAServerThatWasLeftUntilItIsResumed() throws Exception {
        try (RpcClient client = server.client(TestServer.lenient().withConcurrentCallsMax(2));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= 2; i++) {
                long number = i;
                var unused = threads.submit(() -> client.call(FORWARD, WAIT, null, number(number), soon(), late));
                server.gate(i).entered();
            }
            Future<RpcAnswer> third = threads.submit(() -> client.call(FORWARD, WAIT, null, number(3), soon()));
            Future<RpcAnswer> fourth = threads.submit(() -> client.call(FORWARD, WAIT, null, number(3), soon()));

            assertThat(client.desert()).isEqualTo(2);

            for (Future<RpcAnswer> each : List.of(third, fourth)) {
                assertThatThrownBy(each::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isTrue());
            }
            assertThatThrownBy(() -> client.call(FORWARD, ECHO, null, octets(4), soon()))
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.isNotSent()).isTrue());
            assertThat(server.gate(3).hasBeenEntered()).isFalse();

            server.gate(1).open();
            server.gate(2).open();
            Await.until("heard", PATIENCE, () -> heard.size() == 2);
            client.resume();
            assertThat(client.call(FORWARD, ECHO, null, octets(4), soon()).stub())
                    .isEqualTo(octets(4));
        }
    }
}
