package org.tandemopc.dcom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.ntlm.Accounts;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.InterfaceTable;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcServer;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.dcom.rpc.SyntaxId;

/** RPC with real logins: both layers as a user of the module puts them together. */
@Timeout(120)
class NtlmOverRpcTest {
    private static final SyntaxId SYNTAX = SyntaxId.of("4f5dd37a-9f52-4c07-8ad0-5a5a51a3f001", 1, 0);
    private static final String PASSWORD = "Secret1!";
    private static final Accounts ACCOUNTS =
            (domain, user) -> user.equals("opc") ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty();

    /** Operation 0 gives the octets back behind the name of the caller. */
    private static final class Greeting implements RpcInterface {
        @Override
        public SyntaxId syntax() {
            return SYNTAX;
        }

        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return opnum == 0 ? Greeting::greet : null;
        }

        private static Bytes greet(CallContext call, Bytes stub) {
            String caller = call.principal().user() + " at " + call.level() + ": ";
            return new ByteWriter()
                    .bytes(Bytes.of(caller.getBytes(StandardCharsets.US_ASCII)))
                    .bytes(stub)
                    .toBytes();
        }
    }

    private static final class Policy implements ServerPolicy {
        private final NtlmAcceptor acceptor = new NtlmAcceptor(NtlmServerSettings.of("TANDEM"), ACCOUNTS);

        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return switch (authType) {
                case 9 -> acceptor.spnego(level);
                case 10 -> acceptor.ntlm(level);
                default -> null;
            };
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict();
        }
    }

    private final List<Bytes> wire = Collections.synchronizedList(new ArrayList<>());
    private final RpcServer server = new RpcServer(
            new Policy(),
            InterfaceTable.of(new Greeting()),
            ServerLimits.defaults(),
            (connection, direction, sent, plain) -> wire.add(sent));
    private final InetSocketAddress address;

    NtlmOverRpcTest() throws IOException {
        address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private RpcClient connect(int authType, AuthLevel level, String user, String password)
            throws LinkException, RpcFaultException {
        NtlmInitiator initiator = new NtlmInitiator(
                NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT", user, password.toCharArray()));
        SecurityMechanism mechanism = authType == 9 ? initiator.spnego(level) : initiator.ntlm(level);
        return RpcClient.connect(
                address, SYNTAX, new Login(mechanism, level), ClientOptions.defaults(PeerPolicy.strict()), soon());
    }

    private static Bytes text(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String said(RpcClient client, Bytes what) throws LinkException, RpcFaultException {
        return new String(client.call(SYNTAX, 0, null, what, soon()).stub().toArray(), StandardCharsets.US_ASCII);
    }

    private boolean isOnTheWire(String text) {
        synchronized (wire) {
            return wire.stream().anyMatch(pdu -> new String(pdu.toArray(), StandardCharsets.ISO_8859_1).contains(text));
        }
    }

    @ParameterizedTest
    @CsvSource({"9, PKT_INTEGRITY", "9, PKT_PRIVACY", "10, PKT_INTEGRITY", "10, PKT_PRIVACY"})
    void callsKnowWhoCallsAndOnlySignedOnesAreReadable(int authType, AuthLevel level) throws Exception {
        try (RpcClient client = connect(authType, level, "opc", PASSWORD)) {
            for (int i = 0; i < 3; i++) {
                assertThat(said(client, text("reading " + i))).isEqualTo("opc at " + level + ": reading " + i);
            }
            // Several fragments each way: the signatures count on over all of them.
            String much = "x".repeat(50_000);
            assertThat(said(client, text(much))).isEqualTo("opc at " + level + ": " + much);
        }
        assertThat(isOnTheWire("reading 1")).isEqualTo(level == AuthLevel.PKT_INTEGRITY);
    }

    @ParameterizedTest
    @CsvSource({"9, opc, wrong", "9, nobody, Secret1!", "10, opc, wrong", "10, nobody, Secret1!"})
    void whoIsNotKnownCallsNothing(int authType, String user, String password) {
        assertThatThrownBy(() -> {
                    try (RpcClient client = connect(authType, AuthLevel.PKT_INTEGRITY, user, password)) {
                        String unused = said(client, text("let me in"));
                    }
                })
                .isInstanceOfAny(LinkException.class, RpcFaultException.class);
    }

    @Test
    void callsAtOnceOnOneSealedConnectionAreAnsweredEachWithItsOwn() throws Exception {
        try (RpcClient client = connect(10, AuthLevel.PKT_PRIVACY, "opc", PASSWORD);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Bytes what = text("call " + i);
                calls.add(() -> said(client, what));
            }
            List<Future<String>> answers = callers.invokeAll(calls);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo("opc at PKT_PRIVACY: call " + i);
            }
        }
    }
}
