package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/** Our client's RPC and NTLM against samba's servers: all that samba answers to without a domain. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SambaServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The server service ([MS-SRVS]), which samba serves over TCP too. */
    private static final SyntaxId SRVSVC = SyntaxId.of("4b324fc8-1670-01d3-1278-5a47bf6ee188", 3, 0);

    private static final int NET_SRV_GET_INFO = 21;

    private final Traffic traffic = new Traffic();
    private @Nullable SambaServer samba;

    @BeforeAll
    void start() {
        samba = new SambaServer();
    }

    @AfterAll
    void stop() {
        samba().close();
        assertThat(Tshark.read(traffic).defects()).as("what tshark finds wrong").isEmpty();
    }

    private SambaServer samba() {
        if (samba == null) {
            throw new IllegalStateException("not started");
        }
        return samba;
    }

    private static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    private RpcClient connect(
            InetSocketAddress address, SyntaxId syntax, int authType, AuthLevel level, String password)
            throws LinkException, RpcFaultException {
        NtlmInitiator initiator = new NtlmInitiator(
                NtlmClientSettings.of("STATION"),
                NtlmCredentials.of(RpcHost.DOMAIN, RpcHost.USER, password.toCharArray()));
        Login login = new Login(authType == 9 ? initiator.spnego(level) : initiator.ntlm(level), level);
        ClientOptions options = ClientOptions.defaults(PeerPolicy.strict()).withTap(traffic);
        return RpcClient.connect(address, syntax, login, options, soon());
    }

    private int port(SyntaxId syntax) throws LinkException, RpcFaultException {
        PeerPolicy open = PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE);
        ClientOptions options = ClientOptions.defaults(open).withTap(traffic);
        try (RpcClient client = RpcClient.connect(samba().mapper(), EndpointMapper.SYNTAX, null, options, soon())) {
            OptionalInt port = EndpointMapper.portOf(syntax, client, soon());
            assertThat(port).as("port of " + syntax).isPresent();
            return port.getAsInt();
        }
    }

    @Test
    void theMapperTellsPortsAndThatThereAreNone() throws Exception {
        assertThat(port(SRVSVC)).isBetween(49_152, 65_535);
        assertThat(port(Lsarpc.SYNTAX)).isBetween(49_152, 65_535);
        PeerPolicy open = PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE);
        try (RpcClient client = RpcClient.connect(
                samba().mapper(),
                EndpointMapper.SYNTAX,
                null,
                ClientOptions.defaults(open).withTap(traffic),
                soon())) {
            SyntaxId absent = SyntaxId.of("11111111-2222-3333-4444-555555555503", 1, 0);

            assertThat(EndpointMapper.portOf(absent, client, soon())).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"9, PKT_INTEGRITY", "9, PKT_PRIVACY", "10, PKT_INTEGRITY", "10, PKT_PRIVACY"})
    void theMapperAnswersSignedAndSealedCalls(int authType, AuthLevel level) throws Exception {
        try (RpcClient client = connect(samba().mapper(), EndpointMapper.SYNTAX, authType, level, RpcHost.PASSWORD)) {
            assertThat(client.level()).isEqualTo(level);
            for (int i = 0; i < 3; i++) {
                assertThat(EndpointMapper.portOf(SRVSVC, client, soon())).isPresent();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"9, PKT_INTEGRITY", "9, PKT_PRIVACY", "10, PKT_INTEGRITY", "10, PKT_PRIVACY"})
    void theServerServiceTellsItsNameSignedAndSealed(int authType, AuthLevel level) throws Exception {
        try (RpcClient client = connect(samba().at(port(SRVSVC)), SRVSVC, authType, level, RpcHost.PASSWORD)) {
            for (int i = 0; i < 3; i++) {
                RpcAnswer answer = client.call(SRVSVC, NET_SRV_GET_INFO, null, infoLevel(101), soon());

                String said = new String(answer.stub().toArray(), StandardCharsets.UTF_16LE);
                assertThat(said).contains("PEER");
                ByteReader status = answer.stub().reader().order(answer.order());
                status.skip(answer.stub().size() - Integer.BYTES, "results");
                assertThat(status.i32("status")).isZero();
            }
        }
    }

    /** NetrServerGetInfo: [in, unique, string] ServerName, [in] Level. */
    private static Bytes infoLevel(int level) {
        return new ByteWriter().i32(0).i32(level).toBytes();
    }

    /** samba gives its policies over named pipes only: the login is taken, the call refused. */
    @ParameterizedTest
    @CsvSource({"9, PKT_INTEGRITY", "9, PKT_PRIVACY", "10, PKT_INTEGRITY", "10, PKT_PRIVACY"})
    void lsarpcTakesTheLoginAndRefusesItsPoliciesOverTcp(int authType, AuthLevel level) throws Exception {
        try (RpcClient client =
                connect(samba().at(port(Lsarpc.SYNTAX)), Lsarpc.SYNTAX, authType, level, RpcHost.PASSWORD)) {
            assertThatThrownBy(() -> client.call(Lsarpc.SYNTAX, Lsarpc.OPEN_POLICY_2, null, openPolicy(), soon()))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class,
                            fault -> assertThat(fault.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
        }
    }

    /** LsarOpenPolicy2: no name, attributes of nothing (24 octets), and the right to look. */
    private static Bytes openPolicy() {
        return new ByteWriter().i32(0).i32(24).zeros(20).i32(0x0200_0000).toBytes();
    }

    /** With SPNEGO the login is answered; with NTLM its third leg is not, and samba ends the first call with a protocol error. */
    @ParameterizedTest
    @CsvSource({"9, PKT_INTEGRITY", "9, PKT_PRIVACY", "10, PKT_INTEGRITY", "10, PKT_PRIVACY"})
    void aWrongPasswordIsRefused(int authType, AuthLevel level) {
        ThrowingCallable asked = () -> {
            try (RpcClient client = connect(samba().mapper(), EndpointMapper.SYNTAX, authType, level, "wrong")) {
                assertThat(EndpointMapper.portOf(SRVSVC, client, soon())).isEmpty();
            }
        };
        if (authType == 9) {
            assertThatThrownBy(asked)
                    .isInstanceOfSatisfying(
                            BindRefusedException.class,
                            refused -> assertThat(refused.isAboutLogin()).isTrue());
        } else {
            assertThatThrownBy(asked)
                    .isInstanceOfSatisfying(
                            RpcFaultException.class,
                            fault -> assertThat(fault.status()).isEqualTo(RpcStatus.PROTOCOL_ERROR));
        }
    }
}
