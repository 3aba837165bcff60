package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.MAKE;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;
import static org.tandemopc.dcom.rpc.ToySecurity.THREE_LEGS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.testkit.Await;

/**
 * Which thread reads a connection: the caller its own answer, the reader of a server the call that it does itself, and a thread
 * that is there for it as soon as either takes long. Nobody can tell but by the time that it takes.
 */
@Timeout(120)
class WhoReadsTest {
    private TestServer server = TestServer.open();

    WhoReadsTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private RpcClient loggedIn() throws Exception {
        return server.client(THREE_LEGS, AuthLevel.PKT_PRIVACY);
    }

    private static <T> FutureTask<T> onThreadOfItsOwn(java.util.concurrent.Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Nested
    class Client {
        private final AtomicReference<@Nullable Thread> read = new AtomicReference<>();

        private RpcClient tapped() throws Exception {
            return server.client(TestServer.lenient().withTap((connection, direction, wire, plain) -> {
                if (direction == PduTap.Direction.RECEIVED) {
                    read.set(Thread.currentThread());
                }
            }));
        }

        private static void echo(RpcClient client) {
            try {
                assertThat(client.call(FORWARD, ECHO, null, octets(3), soon()).stub())
                        .isEqualTo(octets(3));
            } catch (LinkException | RpcFaultException e) {
                throw new AssertionError(e);
            }
        }

        /** The second call comes at once: two milliseconds after an answer the connection's own thread reads again. */
        private boolean isReadByCaller(RpcClient client) {
            echo(client);
            echo(client);
            return Thread.currentThread().equals(read.get());
        }

        @Test
        void whoCallsAgainReadsHisAnswerHimself() throws Exception {
            try (RpcClient client = tapped()) {
                Await.until("read by the caller", PATIENCE, () -> isReadByCaller(client));
            }
        }

        /** An interrupt would close its socket. */
        @Test
        void aVirtualThreadReadsNothing() throws Exception {
            try (RpcClient client = tapped()) {
                Thread caller = Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 100; i++) {
                        echo(client);
                        assertThat(read.get()).isNotEqualTo(Thread.currentThread());
                    }
                    read.set(null);
                });
                assertThat(caller.join(PATIENCE)).isTrue();
                assertThat(read.get()).isNull();
            }
        }

        @Test
        void theEndIsNoticedThoughNobodyCalls() throws Exception {
            try (RpcClient client = tapped()) {
                Await.until("read by the caller", PATIENCE, () -> isReadByCaller(client));
                server.server().close();

                Await.until("noticed", PATIENCE, () -> !client.isOpen());
            }
        }

        @Test
        void theEndIsToldToWhoReads() throws Exception {
            try (RpcClient client = tapped()) {
                FutureTask<RpcAnswer> call =
                        onThreadOfItsOwn(() -> client.call(FORWARD, WAIT, null, number(1), soon()));
                server.gate(1).entered().connection().close();

                assertThatThrownBy(() -> result(call))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(LinkException.class);
                assertThat(client.isOpen()).isFalse();
            }
        }

        @Test
        void whoReadsCanBeInterruptedAndTheConnectionGoesOn() throws Exception {
            try (RpcClient client = tapped()) {
                echo(client);
                AtomicReference<@Nullable Thread> caller = new AtomicReference<>();
                FutureTask<RpcAnswer> call = onThreadOfItsOwn(() -> {
                    caller.set(Thread.currentThread());
                    return client.call(FORWARD, WAIT, null, number(1), soon());
                });
                CallContext inside = server.gate(1).entered();
                Thread waiting = caller.get();
                assertThat(waiting).isNotNull();
                if (waiting != null) {
                    waiting.interrupt();
                }

                assertThatThrownBy(() -> result(call)).hasMessageContaining("interrupted");
                Await.until("the server knows", PATIENCE, inside::isCancelled);
                server.gate(1).open();
                echo(client);
            }
        }

        @Test
        void theDeadlineHoldsForWhoReads() throws Exception {
            try (RpcClient client = tapped()) {
                echo(client);
                long start = System.nanoTime();
                assertThatThrownBy(() ->
                                client.call(FORWARD, WAIT, null, number(1), Deadline.after(Duration.ofMillis(40))))
                        .isInstanceOf(DeadlineException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofMillis(40), Duration.ofSeconds(10));
                server.gate(1).open();
                echo(client);
            }
        }

        @Test
        void aCallThatIsOnlyBegunIsReadAllTheSame() throws Exception {
            try (RpcClient client = tapped()) {
                echo(client);
                RpcCall call = client.start(FORWARD, ECHO, null, octets(5), soon());
                Await.until("answered, though nobody waits for it", PATIENCE, call::isDone);

                assertThat(call.await().stub()).isEqualTo(octets(5));
            }
        }

        /** Now one calls, now several, with long answers and short ones: each gets his own. */
        @Test
        void manyGetTheirAnswersWhoeverReads() throws Exception {
            try (RpcClient client = loggedIn()) {
                List<FutureTask<Integer>> callers = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    boolean isVirtual = i % 3 == 2;
                    FutureTask<Integer> caller = new FutureTask<>(() -> {
                        int done = 0;
                        while (done < 300) {
                            int size = ThreadLocalRandom.current().nextInt(10) == 0 ? 20_000 : done;
                            assertThat(client.call(FORWARD, MAKE, null, number(size), soon())
                                            .stub())
                                    .isEqualTo(octets(size));
                            done++;
                        }
                        return done;
                    });
                    (isVirtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(caller);
                    callers.add(caller);
                }
                for (FutureTask<Integer> caller : callers) {
                    assertThat(result(caller)).isEqualTo(300);
                }
            }
        }
    }

    @Nested
    class Server {
        private boolean isDoneByReader() {
            Thread thread = server.echoed.get();
            return thread != null && !thread.isVirtual() && thread.getName().startsWith("dcom-server-reader");
        }

        private boolean isDoneByReader(RpcClient client) {
            try {
                var unused = client.call(FORWARD, ECHO, null, octets(1), soon());
                return isDoneByReader();
            } catch (LinkException | RpcFaultException e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void aCallThatComesAloneIsDoneByWhoReads() throws Exception {
            try (RpcClient client = loggedIn()) {
                Await.until("done by the reader", PATIENCE, () -> isDoneByReader(client));
            }
        }

        /** Strangers have virtual threads, which cost little. */
        @Test
        void aStrangersCallsAreNot() throws Exception {
            try (RpcClient client = server.client()) {
                for (int i = 0; i < 50; i++) {
                    assertThat(isDoneByReader(client)).isFalse();
                }
                assertThat(TestServer.threads())
                        .filteredOn(thread -> thread.contains("dcom-server-reader"))
                        .allMatch(thread -> thread.contains("virtual"));
            }
        }

        @Test
        void whatComesWhileACallTakesLongIsReadAndDone() throws Exception {
            try (RpcClient client = loggedIn()) {
                Await.until("done by the reader", PATIENCE, () -> isDoneByReader(client));
                RpcCall slow = client.start(FORWARD, WAIT, null, number(1), soon());
                CallContext inside = server.gate(1).entered();
                for (int i = 0; i < 20; i++) {
                    assertThat(client.call(FORWARD, ECHO, null, octets(i), soon())
                                    .stub())
                            .isEqualTo(octets(i));
                }
                slow.cancel();
                Await.until("cancelled", PATIENCE, inside::isCancelled);
                server.gate(1).open();

                assertThat(slow.await().stub()).isEqualTo(number(1));
                Await.until("done by the reader again", PATIENCE, () -> isDoneByReader(client));
            }
        }

        @Test
        void theEndIsNoticedWhileACallTakesLong() throws Exception {
            CallContext inside;
            try (RpcClient client = loggedIn()) {
                Await.until("done by the reader", PATIENCE, () -> isDoneByReader(client));
                var unused = client.start(FORWARD, WAIT, null, number(1), soon());
                inside = server.gate(1).entered();
            }

            Await.until("cancelled", PATIENCE, inside::isCancelled);
            Await.until("no connections", PATIENCE, () -> server.server().connections() == 0);
            server.gate(1).open();
        }

        /** As many threads of the system as there are slow calls would be a way to take all of them. */
        @Test
        void manySlowCallsTakeTwoThreadsOfTheSystem() throws Exception {
            try (RpcClient client = loggedIn()) {
                Await.until("done by the reader", PATIENCE, () -> isDoneByReader(client));
                List<RpcCall> slow = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    slow.add(client.start(FORWARD, WAIT, null, number(i), soon()));
                    server.gate(i).entered();
                }
                assertThat(TestServer.threads())
                        .filteredOn(thread -> thread.contains("dcom-server") && !thread.contains("virtual"))
                        .hasSizeLessThanOrEqualTo(2);
                for (int i = 0; i < 20; i++) {
                    server.gate(i).open();
                    assertThat(slow.get(i).await().stub()).isEqualTo(number(i));
                }
            }
        }

        @Test
        void theEndOfTheServerInterruptsACallOfTheReader() throws Exception {
            try (RpcClient client = loggedIn()) {
                Await.until("done by the reader", PATIENCE, () -> isDoneByReader(client));
                RpcCall slow = client.start(FORWARD, WAIT, null, number(1), soon());
                server.gate(1).entered();
                server.server().close();

                assertThatThrownBy(slow::await).isInstanceOf(LinkException.class);
                Await.until(
                        "no threads of calls",
                        PATIENCE,
                        () -> TestServer.threads().stream().noneMatch(thread -> thread.contains("dcom-server")));
            }
        }

        @Test
        void beyondTheirNumberVirtualThreadsRead() throws Exception {
            server.close();
            ServerLimits many = ServerLimits.defaults().with(new ServerLimits.Connections(400, 400, 32, 3));
            server = TestServer.with(many);
            List<RpcClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 300; i++) {
                    RpcClient client = server.client(THREE_LEGS, AuthLevel.PKT_INTEGRITY);
                    clients.add(client);
                    assertThat(client.call(FORWARD, ECHO, null, octets(2), soon())
                                    .stub())
                            .isEqualTo(octets(2));
                }
                Await.until(
                        "as many as there may be",
                        PATIENCE,
                        () -> TestServer.threads().stream()
                                        .filter(thread ->
                                                thread.contains("dcom-server-reader") && !thread.contains("virtual"))
                                        .count()
                                == 256);
                RpcClient last = clients.getLast();
                assertThat(isDoneByReader(last)).isFalse();
                for (RpcClient client : clients.subList(0, 200)) {
                    client.close();
                }
                try (RpcClient late = loggedIn()) {
                    Await.until("done by the reader", PATIENCE, () -> isDoneByReader(late));
                }
            } finally {
                clients.forEach(RpcClient::close);
            }
        }
    }
}
