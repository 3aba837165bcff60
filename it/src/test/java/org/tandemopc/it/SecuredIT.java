package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientCertificate;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** Secured channels and user names on both legs, in each mode, over the death of the active server. */
@Timeout(180)
class SecuredIT {
    private static final int ITEMS = 4;
    private static final String[] SECURED = {
        "--policy", "basic256sha256,aes128_sha256_rsaoaep,aes256_sha256_rsapss", "--user", "operator:secret"
    };

    private final ClientCertificate certificate;

    SecuredIT() throws Exception {
        certificate = ClientCertificate.make();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-1", "CON-7", "S32"},
            protocol = Protocol.UA)
    void aNamedUserIsMovedOverSecuredChannels(Mode mode) throws Exception {
        try (ServerProcess a = ServerProcess.start("A", SECURED);
                ServerProcess b = ServerProcess.start("B", SECURED);
                TandemProcess tandem = TandemProcess.start(
                        PairSpec.of("plant", mode, a.url(), b.url()).withSecurity())) {
            tandem.awaitServing("plant", 0, PairUnderTest.LONG);
            String url = tandem.url("plant");
            try (StreamClient client = connect(url, "secret")) {
                client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
                client.keepReading(Duration.ofMillis(50));
                client.keepCalling("c", Duration.ofMillis(50));
                awaitStandby(tandem, mode);
                samples(client);

                long fault = System.nanoTime();
                a.kill();
                tandem.awaitServing("plant", 1, PairUnderTest.LONG);
                samples(client);
                client.stopWorking();

                if (mode == Mode.COLD) {
                    Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
                } else {
                    Unnoticed.values(client, PairUnderTest.PERIOD_MS, tandem.gaps("plant"));
                }
                Unnoticed.operations(client, List.of(fault), List.of(a.ledger(), b.ledger()));
                assertThat(a.ledger()).as("control: calls reached the primary").isNotEmpty();
                assertThat(b.ledger()).as("and then the secondary").isNotEmpty();
            }
            // The secondary's own user list decides, also after the switch.
            assertThatThrownBy(() -> connect(url, "wrong").close())
                    .isInstanceOf(UaException.class)
                    .satisfies(e -> assertThat(((UaException) e).getStatusCode().value())
                            .isEqualTo(StatusCodes.Bad_IdentityTokenRejected));
        }
    }

    /** The members' links have the same security as the client's channel. */
    @ParameterizedTest
    @CsvSource({
        "Aes128_Sha256_RsaOaep, Sign", //
        "Aes256_Sha256_RsaPss, SignAndEncrypt"
    })
    @Requirement(value = "CON-1", protocol = Protocol.UA)
    void everyOtherPolicyIsServedOverASwitchToo(SecurityPolicy policy, MessageSecurityMode mode) throws Exception {
        try (ServerProcess a = ServerProcess.start("A", SECURED);
                ServerProcess b = ServerProcess.start("B", SECURED);
                TandemProcess tandem = TandemProcess.start(PairSpec.of("plant", Mode.HOT, a.url(), b.url())
                        .withSecurity(policy.name() + " " + mode.name()))) {
            tandem.awaitServing("plant", 0, PairUnderTest.LONG);
            try (StreamClient client = StreamClient.connect(
                    tandem.url("plant"),
                    each -> each.getSecurityMode() == mode && policy.getUri().equals(each.getSecurityPolicyUri()),
                    config -> secure(config, "secret"))) {
                client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
                awaitStandby(tandem, Mode.HOT);
                samples(client);

                a.kill();
                tandem.awaitServing("plant", 1, PairUnderTest.LONG);
                samples(client);

                Unnoticed.values(client, PairUnderTest.PERIOD_MS, tandem.gaps("plant"));
            }
        }
    }

    private StreamClient connect(String url, String password) throws UaException {
        return StreamClient.connect(url, SecurityPolicy.Basic256Sha256, config -> secure(config, password));
    }

    private void secure(OpcUaClientConfigBuilder config, String password) {
        certificate.showIn(config);
        config.setIdentityProvider(new UsernameProvider("operator", password));
    }

    private static void awaitStandby(TandemProcess tandem, Mode mode) {
        if (mode != Mode.COLD) {
            Await.until(
                    "the standby is ready",
                    PairUnderTest.LONG,
                    () -> tandem.status("plant", "ready").charAt(1) == '1');
        }
    }

    private static void samples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("ten more samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 10);
    }
}
