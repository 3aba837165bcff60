package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;

/** A server calls what its clients hand to it: each client's own objects, and nobody else's. */
@Timeout(120)
class SinkClientsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final ScriptedHost sink;
    private final SinkClients sinks =
            new SinkClients(origin -> DcomClientSettings.of(RemoteHost.of(origin.address()), ClientSecurity.none()), 2);

    SinkClientsTest() throws IOException {
        sink = new ScriptedHost(true);
    }

    @AfterEach
    void close() {
        sinks.close();
        sink.close();
    }

    private static Importer.Origin origin(InetAddress address, String user, int port) {
        return origin(address, user, port, new CallProtection(10, AuthLevel.PKT_INTEGRITY));
    }

    private static Importer.Origin origin(InetAddress address, String user, int port, CallProtection call) {
        return new Importer.Origin(
                address, List.of(new InetSocketAddress(address, port)), new Principal("PLANT", user), call);
    }

    private ComPointer<Meter> adopted(String user) {
        return sinks.adopt(sink.newObject(Meter.DEF.iid()), Meter.DEF, origin(HERE, user, sink.resolverPort()));
    }

    private static int read(ComPointer<Meter> pointer) throws LinkException, RpcFaultException {
        return pointer.within(Deadline.after(PATIENCE)).read(4).value();
    }

    @Test
    void objectsOfAPeerAreCalledAndGivenBack() throws Exception {
        ComPointer<Meter> one = adopted("ann");
        ComPointer<Meter> other = adopted("ann");
        assertThat(read(one)).isEqualTo(40);
        assertThat(read(other)).isEqualTo(40);
        assertThat(sinks.peers()).isEqualTo(1);
        assertThat(sink.exporterConnections()).isEqualTo(1);
        one.close();
        other.close();
        Await.until("references given back", PATIENCE, () -> givenBack() == 10);
    }

    /** An exporter's name is the sender's word: nobody's calls go where another peer's reference says. */
    @Test
    void peersDoNotShareExporters() throws Exception {
        ComPointer<Meter> ann = adopted("ann");
        ComPointer<Meter> eve = adopted("eve");
        assertThat(read(ann)).isEqualTo(40);
        assertThat(read(eve)).isEqualTo(40);
        assertThat(sinks.peers()).isEqualTo(2);
        assertThat(sink.exporterConnections()).isEqualTo(2);
    }

    /** The bindings of the exporter are held against the same places as those of the reference. */
    @Test
    void exporterThatALyingResolverTellsIsNotConnectedTo() throws Exception {
        try (ServerSocket victim = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.3"))) {
            victim.setSoTimeout(300);
            sink.exporterBindings = List.of(ScriptedHost.tcp("127.0.0.3[" + victim.getLocalPort() + "]"));
            ComPointer<Meter> pointer = adopted("eve");
            assertThatThrownBy(() -> read(pointer)).hasMessageContaining("none of the configured hosts");
            assertThatThrownBy(victim::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void numberOfPeersHasALimitAndIdleOnesMakeRoom() throws Exception {
        ComPointer<Meter> ann = adopted("ann");
        ComPointer<Meter> bob = adopted("bob");
        ComPointer<Meter> tooMany = adopted("eve");
        assertThatThrownBy(() -> read(tooMany)).hasMessageContaining("limit of 2 peers");
        assertThat(read(ann)).isEqualTo(40);
        bob.close();
        Await.until("one has gone", PATIENCE, () -> isReadable(adopted("eve")));
        assertThat(read(ann)).isEqualTo(40);
    }

    private static boolean isReadable(ComPointer<Meter> pointer) {
        try {
            return read(pointer) == 40;
        } catch (LinkException | RpcFaultException e) {
            return false;
        }
    }

    @Test
    void closedOnesCallNobody() throws Exception {
        ComPointer<Meter> before = adopted("ann");
        assertThat(read(before)).isEqualTo(40);
        sinks.close();
        assertThatThrownBy(() -> read(before)).hasMessageContaining("closed");
        ComPointer<Meter> after = adopted("ann");
        assertThatThrownBy(() -> read(after)).hasMessageContaining("closed");
    }

    /** As j-Interop does it: the object's own resolver, at a port of its own. */
    @Test
    void referenceWithoutReferencesIsKeptAliveBeforeItIsCalled() throws Exception {
        ObjRef.Standard came = sink.newObject(Meter.DEF.iid());
        StdObjRef std = came.std();
        ObjRef bare = new ObjRef.Standard(
                came.iid(), new StdObjRef(0, 0, std.oxid(), std.oid(), std.ipid()), came.resolver());
        ComPointer<Meter> pointer = sinks.adopt(bare, Meter.DEF, origin(HERE, "ann", sink.resolverPort()));
        assertThat(read(pointer)).isEqualTo(40);
        assertThat(sink.added).hasSize(1);
    }

    /** A peer is called as it has called: whoever came without a login is called without one, and who signed is signed to. */
    @Test
    void eachPeerIsCalledAsItHasCalled() throws Exception {
        ClientSecurity account = ClientSecurity.of(
                NtlmClientSettings.of("TANDEM"),
                NtlmCredentials.of("PLANT", ScriptedHost.USER, ScriptedHost.PASSWORD.toCharArray()));
        try (SinkClients alike = SinkClients.of(account, 4)) {
            for (CallProtection call : List.of(
                    CallProtection.NONE,
                    new CallProtection(10, AuthLevel.PKT_INTEGRITY),
                    new CallProtection(9, AuthLevel.PKT_PRIVACY))) {
                sink.levels.clear();
                ComPointer<Meter> pointer = alike.adopt(
                        sink.newObject(Meter.DEF.iid()), Meter.DEF, origin(HERE, "ann", sink.resolverPort(), call));
                assertThat(read(pointer)).isEqualTo(40);
                assertThat(sink.levels).containsExactly(call.level());
            }
            assertThat(alike.peers()).isEqualTo(3);
        }
    }

    private DcomClientSettings withPassword(Importer.Origin origin, String password) {
        ClientSecurity account = ClientSecurity.of(
                NtlmClientSettings.of("TANDEM"),
                NtlmCredentials.of("PLANT", ScriptedHost.USER, password.toCharArray()));
        return DcomClientSettings.of(RemoteHost.of(origin.address()), account.like(origin.call()));
    }

    private ComPointer<Meter> adopted(SinkClients by) {
        return by.adopt(sink.newObject(Meter.DEF.iid()), Meter.DEF, origin(HERE, "ann", sink.resolverPort()));
    }

    /** Its password may have been changed, here and there. */
    @Test
    void aPeerThatBeginsAnewIsCalledByTheSettingsOfThen() throws Exception {
        AtomicReference<String> password = new AtomicReference<>(ScriptedHost.PASSWORD);
        try (SinkClients one = new SinkClients(origin -> withPassword(origin, password.get()), 1)) {
            ComPointer<Meter> before = adopted(one);
            assertThat(read(before)).isEqualTo(40);
            password.set("Another1!");
            ComPointer<Meter> further = adopted(one);
            assertThat(read(further)).isEqualTo(40);
            before.close();
            further.close();
            Await.until("called by the settings of now", PATIENCE, () -> {
                ComPointer<Meter> after = adopted(one);
                boolean isReadable = isReadable(after);
                after.close();
                return !isReadable;
            });
        }
    }

    /** Permissions are mended on the peer's machine, and nobody can say so here; nor must its account be locked by trying on. */
    @Test
    void aPeerWhoseLoginsWereRefusedIsTriedAgainLater() throws Exception {
        for (Duration afterRefusals : List.of(Duration.ofHours(1), Duration.ZERO)) {
            AtomicReference<String> password = new AtomicReference<>("Another1!");
            try (SinkClients one = new SinkClients(origin -> withPassword(origin, password.get()), 1, afterRefusals)) {
                for (int i = 0; i < 3; i++) {
                    ComPointer<Meter> refused = adopted(one);
                    assertThatThrownBy(() -> read(refused)).isInstanceOf(Exception.class);
                    if (i == 2 && afterRefusals.isPositive()) {
                        assertThatThrownBy(() -> read(refused)).hasMessageContaining("is not tried");
                    }
                    refused.close();
                }
                password.set(ScriptedHost.PASSWORD);
                if (afterRefusals.isZero()) {
                    Await.until("tried again", PATIENCE, () -> {
                        ComPointer<Meter> after = adopted(one);
                        boolean isReadable = isReadable(after);
                        after.close();
                        return isReadable;
                    });
                } else {
                    assertThatThrownBy(() -> read(adopted(one))).hasMessageContaining("is not tried");
                }
            }
        }
    }

    /** Handed on in a message that is not sent, references are nobody's: they go back with the others. */
    @RepeatedTest(20)
    void referencesThatWereNotHandedOnGoBack() {
        ComPointer<Meter> pointer = adopted("ann");
        ObjRef given = pointer.handOn();
        assertThat(given.standard().orElseThrow().publicRefs()).isEqualTo(1);
        pointer.close();
        Await.until("what is left is given back", PATIENCE, () -> givenBack() == 4);
        pointer.notHandedOn(given);
        Await.until("all is given back", PATIENCE, () -> givenBack() == 5);
    }

    private long givenBack() {
        synchronized (sink.released) {
            return sink.released.stream().mapToLong(one -> one.publicRefs()).sum();
        }
    }
}
