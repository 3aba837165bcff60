package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** An object that comes back, with everything that was built on it. */
@Timeout(120)
class ActivatedObjectTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedHost host;
    private final FaultProxy exporter;
    private final DcomClient client;
    private final RemoteHost there;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger rebuilt = new AtomicInteger();
    private volatile boolean isRebuildFailing;
    private final ActivatedObject<Meter> meter;

    ActivatedObjectTest() throws IOException {
        host = new ScriptedHost(true);
        exporter = FaultProxy.before(host.exporterPort());
        host.isAt(host.resolverPort(), exporter.port());
        there = RemoteHost.of(InetAddress.getLoopbackAddress()).withResolverPort(host.resolverPort());
        client = new DcomClient(DcomClientSettings.of(there, ClientSecurity.none()));
        meter = new ActivatedObject<>(
                client, there, ScriptedHost.CLASS, Meter.DEF, this::rebuild, new ActivatedObject.Listener() {
                    @Override
                    public void isPresent(int generation) {
                        heard.add("present " + generation);
                    }

                    @Override
                    public void isLost(int generation, String why) {
                        heard.add("lost " + generation);
                    }
                });
    }

    private void rebuild(ComPointer<Meter> fresh, Deadline deadline) throws LinkException, RpcFaultException {
        assertThat(fresh.within(deadline).read(1)).isEqualTo(Result.ok(10));
        rebuilt.incrementAndGet();
        if (isRebuildFailing) {
            throw new LinkException("the groups could not be made", false);
        }
    }

    @AfterEach
    void close() {
        meter.close();
        client.close();
        exporter.close();
        host.close();
    }

    private int read(int place) throws Exception {
        return meter.within(PATIENCE).read(place).value();
    }

    private void cut() {
        exporter.strike(Fault.Strike.RESET);
        Await.until("both sides noticed", PATIENCE, () -> host.exporterConnections() == 0 && client.connections() == 1);
    }

    @Test
    void firstCallMakesTheObjectAndBuildsOnIt() throws Exception {
        assertThat(host.asked).isEmpty();
        assertThat(read(4)).isEqualTo(40);
        assertThat(read(5)).isEqualTo(50);
        assertThat(rebuilt.get()).isEqualTo(1);
        assertThat(heard).containsExactly("present 1");
    }

    /** A connection that ends is no loss: nothing is made anew but the connection. */
    @Test
    void lostConnectionIsNoLostObject() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        cut();
        assertThat(read(5)).isEqualTo(50);
        assertThat(rebuilt.get()).isEqualTo(1);
        assertThat(heard).containsExactly("present 1");
    }

    /** One loss is heard once, however many callers find out; then one object is made, and built on before anybody calls. */
    @Test
    void restartedServerIsOneLossAndOneNewObject() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        cut();
        host.restart();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> calls = Collections.nCopies(20, () -> isRead(6));
            for (Future<Boolean> call : callers.invokeAll(calls)) {
                assertThat(call.isDone()).isTrue();
            }
        }
        assertThat(read(7)).isEqualTo(70);
        assertThat(heard).containsExactly("present 1", "lost 1", "present 2");
        assertThat(rebuilt.get()).isEqualTo(2);
        assertThat(host.count("RemoteCreateInstance")).isEqualTo(2);
    }

    private boolean isRead(int place) throws Exception {
        try {
            return read(place) > 0;
        } catch (DisconnectedException e) {
            assertThat(e.isNotSent()).isTrue();
            return false;
        }
    }

    /** Found out by whoever uses what was built on it. */
    @Test
    void lossCanBeFoundElsewhere() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        assertThat(meter.found(new LinkException("lost", false))).isFalse();
        assertThat(meter.found(new RpcFaultException(HResult.RPC_E_DISCONNECTED)))
                .isTrue();
        assertThat(meter.isPresent()).isFalse();
        assertThat(read(5)).isEqualTo(50);
        assertThat(heard).containsExactly("present 1", "lost 1", "present 2");
    }

    /** The server has dropped the object alone. */
    @Test
    void objectThatIsKnownNoMoreIsMadeAnew() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        host.objects.clear();
        assertThatThrownBy(() -> read(5)).isInstanceOf(RpcFaultException.class);
        assertThat(read(6)).isEqualTo(60);
        assertThat(heard).containsExactly("present 1", "lost 1", "present 2");
    }

    @Test
    void objectThatCannotBeBuiltOnIsGivenBackAndNotUsed() throws Exception {
        isRebuildFailing = true;
        assertThatThrownBy(() -> read(4)).hasMessageContaining("the groups could not be made");
        assertThat(host.reads.get()).isEqualTo(1);
        assertThat(heard).isEmpty();
        Await.until("given back", PATIENCE, () -> !host.released.isEmpty());
        isRebuildFailing = false;
        assertThat(read(4)).isEqualTo(40);
        assertThat(heard).containsExactly("present 1");
    }

    /** It would wait for itself. */
    @Test
    void hookThatCallsTheHolderIsRefused() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<ActivatedObject<Meter>> self = new ArrayList<>();
        ActivatedObject<Meter> confused = new ActivatedObject<>(
                client,
                there,
                ScriptedHost.CLASS,
                Meter.DEF,
                (fresh, deadline) -> {
                    inside.incrementAndGet();
                    var unused = self.getFirst().within(deadline).read(1);
                },
                ActivatedObject.Listener.none());
        self.add(confused);
        assertThatThrownBy(() -> confused.within(PATIENCE).read(1)).isInstanceOf(IllegalStateException.class);
        assertThat(inside.get()).isEqualTo(1);
        confused.close();
    }

    /** Who finds out a loss does not wait for whoever makes the object anew. */
    @Test
    void lossIsToldWithoutWaitingForTheNextObject() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        CountDownLatch gate = host.gate(1);
        assertThat(meter.found(new RpcFaultException(HResult.RPC_E_DISCONNECTED)))
                .isTrue();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> making = callers.submit(() -> read(5));
            Await.until("the hook is inside", PATIENCE, () -> host.reads.get() == 3);
            assertThat(meter.found(new RpcFaultException(HResult.RPC_E_DISCONNECTED)))
                    .isTrue();
            assertThatThrownBy(() -> meter.within(Duration.ofMillis(100)).read(6))
                    .isInstanceOf(DeadlineException.class);
            assertThat(heard).containsExactly("present 1", "lost 1");
            gate.countDown();
            assertThat(making.get()).isEqualTo(50);
        }
        assertThat(heard).containsExactly("present 1", "lost 1", "present 2");
    }

    @Test
    void refusalToMakeItSaysWhy() throws Exception {
        host.activationResult = HResult.E_ACCESSDENIED;
        assertThatThrownBy(() -> read(4))
                .isInstanceOfSatisfying(ActivationException.class, e -> {
                    assertThat(e.hresult()).isEqualTo(HResult.E_ACCESSDENIED);
                    assertThat(e.isNotSent()).isTrue();
                })
                .hasMessageContaining("0x80070005");
        host.activationResult = 0;
        assertThat(read(4)).isEqualTo(40);
    }

    @Test
    void closedHolderMakesNothing() throws Exception {
        assertThat(read(4)).isEqualTo(40);
        meter.close();
        assertThatThrownBy(() -> read(4)).isInstanceOf(LinkException.class).hasMessageContaining("is closed");
        assertThat(host.count("RemoteCreateInstance")).isEqualTo(1);
    }
}
