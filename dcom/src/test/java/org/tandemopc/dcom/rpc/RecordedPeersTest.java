package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.testkit.Await;

/**
 * What real clients sent, sent again to our server: it accepts their binds, logins of three and four legs, alter_contexts with
 * and without trailers, and answers each of their calls. The login is one that believes everybody, as the tokens are recorded;
 * operations answer with what they got.
 */
@Timeout(120)
class RecordedPeersTest {
    private static final Bytes CHALLENGE = ToySecurity.text("challenge");

    /** Continues with the first token, is done with the second. */
    private static final class Believer implements SecurityMechanism {
        private final int authType;
        private boolean hasBegun;

        Believer(int authType) {
            this.authType = authType;
        }

        @Override
        public int authType() {
            return authType;
        }

        @Override
        public SecurityStep step(Bytes token) {
            if (!hasBegun) {
                hasBegun = true;
                return new SecurityStep.Continue(CHALLENGE);
            }
            Bytes last = authType == 9 ? ToySecurity.text("accepted") : Bytes.EMPTY;
            return new SecurityStep.Done(last, new Principal("PLANT", "opc"), new ToySecurity.Protection("", false));
        }
    }

    /** Calls must come under a login, be it one that their PDU does not name. */
    private static final ServerPolicy BELIEVING = new ServerPolicy() {
        @Override
        public SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return new Believer(authType);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict().withMinCallLevel(AuthLevel.CONNECT);
        }
    };

    private record Echo(SyntaxId syntax) implements RpcInterface {
        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return (call, stub) -> call.principal().user().equals("opc") ? stub : Bytes.EMPTY;
        }
    }

    private final RpcServer server = new RpcServer(BELIEVING, Echo::new, ServerLimits.defaults(), PduTap.NONE);
    private final InetSocketAddress address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    private final Set<String> replayed = new HashSet<>();

    RecordedPeersTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
        Await.until("no threads", PATIENCE, () -> TestServer.threads().isEmpty());
    }

    /** One connection of a peer: its bind, its login, and all the rest in the order of the context numbers. */
    private final class Conversation implements AutoCloseable {
        private final RawPeer peer = RawPeer.to(address);
        private final long authContextId;

        Conversation(String bind, int resultsExpected) throws IOException {
            Pdu pdu = sent(bind);
            AuthTrailer asked = RawPeer.trailerOf(pdu.tail());
            authContextId = asked.contextId();
            Pdu answer = peer.receive();
            assertThat(answer).as(bind).isInstanceOf(Pdu.BindAck.class);
            assertThat(answer.header().callId()).isEqualTo(pdu.header().callId());
            List<ContextResult> results = ((Pdu.BindAck) answer).answer().results();
            assertThat(results.getFirst()).isEqualTo(ContextResult.accepted());
            assertThat(results).hasSize(resultsExpected);
            if (resultsExpected == 2) {
                assertThat(results.get(1)).isEqualTo(ContextResult.negotiated(BindTimeFeatures.ALL));
            }
            assertThat(answer.tail().auth())
                    .isEqualTo(new AuthTrailer(asked.type(), asked.level(), 0, 0, authContextId, CHALLENGE));
        }

        private Pdu sent(String name) throws IOException {
            VectorFile recorded = VectorFile.named(name);
            peer.send(recorded.octets());
            replayed.add(name);
            return recorded.decoded();
        }

        /** The one that is recorded belongs to one connection; on the others only the number of the login differs. */
        void auth3(String name) throws IOException {
            Pdu.Auth3 recorded = (Pdu.Auth3) VectorFile.named(name).decoded();
            AuthTrailer auth = RawPeer.trailerOf(recorded.tail());
            peer.send(Pdu.Auth3.of(
                    recorded.header(), new AuthTrailer(auth.type(), auth.level(), 0, 0, authContextId, auth.token())));
            replayed.add(name);
        }

        void alter(String name, @Nullable Bytes token) throws IOException {
            Pdu pdu = sent(name);
            Pdu answer = peer.receive();
            assertThat(answer).as(name).isInstanceOf(Pdu.AlterContextResp.class);
            assertThat(answer.header().callId()).isEqualTo(pdu.header().callId());
            assertThat(((Pdu.AlterContextResp) answer).answer().results().getFirst())
                    .isEqualTo(ContextResult.accepted());
            AuthTrailer auth = answer.tail().auth();
            assertThat(auth == null ? null : auth.token()).isEqualTo(token);
        }

        void call(String name) throws IOException {
            Pdu.Request request = (Pdu.Request) sent(name);
            Pdu answer = peer.receive();
            assertThat(answer).as(name).isInstanceOf(Pdu.Response.class);
            assertThat(answer.header().callId()).isEqualTo(request.header().callId());
            assertThat(((Pdu.Response) answer).stub()).isEqualTo(request.stub());
        }

        /** All alter_contexts, then all requests, of the interfaces that are named. */
        void rest(String prefix, List<String> interfaces) throws IOException {
            List<VectorFile> alters = new ArrayList<>();
            List<VectorFile> calls = new ArrayList<>();
            for (VectorFile pdu : VectorFile.pdus(prefix)) {
                if (interfaces.stream().anyMatch(name -> pdu.name().equals(prefix + "alter-context-" + name))) {
                    alters.add(pdu);
                }
                if (interfaces.stream().anyMatch(name -> pdu.name().startsWith(prefix + "req-" + name + "-"))) {
                    calls.add(pdu);
                }
            }
            alters.sort(Comparator.comparing(pdu -> ((Pdu.AlterContext) pdu.decoded())
                    .offer()
                    .contexts()
                    .getFirst()
                    .contextId()));
            for (VectorFile pdu : alters) {
                alter(pdu.name(), null);
            }
            for (VectorFile pdu : calls) {
                call(pdu.name());
            }
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    private void conversation(String prefix, String bind, String... more) throws IOException {
        try (Conversation peer = new Conversation(prefix + "bind-" + bind, 1)) {
            peer.auth3(prefix + "auth3");
            List<String> interfaces = new ArrayList<>(List.of(more));
            interfaces.add(bind);
            peer.rest(prefix, interfaces);
        }
    }

    private void allWereReplayed(String prefix) {
        Set<String> all = new TreeSet<>();
        VectorFile.pdus(prefix).forEach(pdu -> all.add(pdu.name()));
        assertThat(all).hasSizeGreaterThan(20);
        assertThat(replayed).containsExactlyInAnyOrderElementsOf(all);
    }

    /** At CONNECT, with no trailer on anything after the login; call_ids that go back. */
    @Test
    void utgardIsServed() throws IOException {
        conversation("utgard/connect-", "iobjectexporter", "iactivation");
        conversation("utgard/connect-", "iremunknown2");
        conversation("utgard/connect-", "iopcserverlist", "ienumguid");
        conversation(
                "utgard/connect-",
                "iopcserver",
                "iopcbrowseserveraddressspace",
                "ienumstring",
                "iopcgroupstatemgt",
                "iopcitemmgt",
                "iopcsyncio",
                "iconnectionpointcontainer",
                "iconnectionpoint",
                "iopcasyncio2");

        allWereReplayed("utgard/connect-");
    }

    /** At CONNECT, with verifiers that verify nothing, call_id 0 for all, and a blank last token in each alter_context. */
    @Test
    void nodeIsServed() throws IOException {
        conversation("node/connect-", "iactivation");
        conversation("node/connect-", "iremunknown");
        conversation(
                "node/connect-",
                "iopcserver",
                "iopcbrowseserveraddressspace",
                "ienumstring",
                "iopcitemmgt",
                "iopcsyncio");

        allWereReplayed("node/connect-");
    }

    /** A call in six fragments, none of them signed. */
    @Test
    void utgardsCallOfManyFragmentsComesTogether() throws IOException {
        try (Conversation peer = new Conversation("utgard/connect-bind-iopcserver", 1)) {
            peer.auth3("utgard/connect-auth3");
            List<VectorFile> fragments = VectorFile.pdus("utgard/big-");
            ByteWriter whole = new ByteWriter();
            Pdu.Request first = (Pdu.Request) fragments.getFirst().decoded();
            ContextElement element = new ContextElement(
                    first.contextId(),
                    0,
                    SyntaxId.of("39c13a54-011e-11d0-9675-0020afd8adb3", 0, 0),
                    List.of(SyntaxId.NDR));
            BindOffer offer = BindOffer.of(4280, 4280, 0, List.of(element));
            peer.peer.send(new Pdu.AlterContext(PduHeader.whole(0, 2), offer, Tail.NONE));
            assertThat(peer.peer.receive()).isInstanceOf(Pdu.AlterContextResp.class);
            for (VectorFile fragment : fragments) {
                whole.bytes(((Pdu.Request) fragment.decoded()).stub());
                peer.peer.send(fragment.octets());
            }
            Assembly answer = new Assembly(1 << 20);
            Pdu.Response response;
            do {
                response = (Pdu.Response) peer.peer.receive();
                assertThat(answer.add(response.stub())).isTrue();
            } while (!response.header().isLast());

            assertThat(fragments).hasSize(6);
            assertThat(answer.whole()).isEqualTo(whole.toBytes());
        }
    }

    /** smbtorture rpc.bind: with features offered, in both byte orders; NTLM ends in auth3, SPNEGO in alter_context. */
    @ParameterizedTest
    @CsvSource({
        "ntlm-sign",
        "ntlm-seal",
        "be-ntlm-sign",
        "be-ntlm-seal",
        "spnego-sign",
        "spnego-seal",
        "be-spnego-sign",
        "be-spnego-seal"
    })
    void sambaIsBoundAndLoggedIn(String kind) throws IOException {
        String prefix = "samba/bind-" + kind;
        try (Conversation peer = new Conversation(prefix + "-01-bind-lsarpc", 2)) {
            if (kind.contains("spnego")) {
                peer.alter(prefix + "-02-alter-context-lsarpc", ToySecurity.text("accepted"));
            } else {
                peer.auth3(prefix + "-02-auth3");
            }
            // whose calls cannot be told from forged ones without its keys: the answer tells that the login stands
            peer.sent(prefix + "-03-req-lsarpc-openpolicy2");
            assertThat(peer.peer.receive())
                    .isInstanceOfSatisfying(
                            Pdu.Fault.class,
                            fault -> assertThat(fault.status()).isEqualTo(RpcStatus.SECURITY_PACKAGE_ERROR));
        }
    }
}
