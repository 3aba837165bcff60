package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientCertificate;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** The active server comes back with another certificate. */
@Timeout(240)
class CertificateIT {
    private static final String[] SECURED = {"--policy", "basic256sha256", "--user", "operator:secret"};

    /** Nothing is read of it and nothing sent to it until somebody has compared; the other one serves meanwhile. */
    @Test
    @Requirement(
            value = {"CON-2", "S27"},
            protocol = Protocol.UA)
    void aMemberWithAnotherCertificateIsRefusedUntilItIsTrusted() throws Exception {
        ClientCertificate own = ClientCertificate.make();
        try (ServerProcess a = ServerProcess.start("A", SECURED);
                ServerProcess b = ServerProcess.start("B", SECURED);
                TandemProcess tandem = TandemProcess.start(PairSpec.of("plant", Mode.HOT, a.url(), b.url())
                        .withSecurity()
                        .withTrustListed())) {
            List<Path> first = awaitRefused(tandem, 2);
            assertThat(refusals(tandem, -1))
                    .as("control: strangers are refused")
                    .hasSize(2);
            trust(tandem, first);
            tandem.awaitServing("plant", 0, PairUnderTest.LONG);
            awaitReady(tandem, 1);
            try (StreamClient client = connect(tandem.url("plant"), own)) {
                client.watchCounters(0, 4, StreamClient.Subscribing.NORMAL);
                long before = newest(tandem);

                a.kill();
                tandem.awaitServing("plant", 1, PairUnderTest.LONG);
                a.awaitEnd(PairUnderTest.LONG);
                a.forgetCertificate();
                a.restart();

                Path another = awaitRefused(tandem, 1).getFirst();
                assertThat(refusals(tandem, before))
                        .singleElement()
                        .satisfies(record ->
                                assertThat(another.getFileName().toString()).contains(record.field("thumbprint")));
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                assertThat(tandem.figure("plant", "active")).isEqualTo(1);
                assertThat(tandem.status("plant", "ready")).isEqualTo("01");
                assertThat(a.stat("sessions")).as("sessions with a stranger").isZero();

                trust(tandem, List.of(another));
                awaitReady(tandem, 0);
                tandem.command("switch plant 0");
                tandem.awaitServing("plant", 0, PairUnderTest.LONG);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                Unnoticed.values(client, PairUnderTest.PERIOD_MS);
            }
        }
    }

    private static StreamClient connect(String url, ClientCertificate certificate) throws UaException {
        return StreamClient.connect(url, SecurityPolicy.Basic256Sha256, config -> {
            certificate.showIn(config);
            config.setIdentityProvider(new UsernameProvider("operator", "secret"));
        });
    }

    private static List<Path> awaitRefused(TandemProcess tandem, int count) {
        Await.until(
                count + " certificates are laid by",
                PairUnderTest.LONG,
                () -> refused(tandem).size() == count);
        return refused(tandem);
    }

    private static List<Path> refused(TandemProcess tandem) {
        try (Stream<Path> files = Files.list(tandem.memberCertificates().resolve("refused"))) {
            return files.filter(each -> each.toString().endsWith(".der")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the guide says: compare, and move the file. */
    private static void trust(TandemProcess tandem, List<Path> certificates) throws IOException {
        for (Path each : certificates) {
            Files.move(each, tandem.memberCertificates().resolve("trusted").resolve(each.getFileName()));
        }
    }

    private static void awaitReady(TandemProcess tandem, int member) {
        Await.until(
                "member " + member + " is ready",
                PairUnderTest.LONG,
                () -> tandem.status("plant", "ready").charAt(member) == '1');
    }

    private static long newest(TandemProcess tandem) {
        return tandem.newestRecords("plant", 1).getLast().number();
    }

    private static List<TandemRecord> refusals(TandemProcess tandem, long after) {
        return tandem.recordsAfter("plant", after).stream()
                .filter(each -> each.kind().equals("CERTIFICATE_REFUSED"))
                .toList();
    }
}
