package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.testkit.Await;

/** Our server's objects as impacket sees them, which activates through IRemoteSCMActivator, as Windows does. */
@Timeout(180)
class ImpacketIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What is printed before the level counts. */
    private static final String ALIVE = "alive, not logged in: ours first";

    private static Program impacket(DcomHost host, String password, int level) {
        return Program.run(List.of(
                "/usr/bin/python3",
                "dcom-peers/impacket_client.py",
                host.host(),
                RpcHost.USER,
                password,
                Integer.toString(level),
                DcomHost.CLSID));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void everythingWorksSignedAndSealed(int level) throws Exception {
        try (DcomHost host = DcomHost.strict()) {
            Program run = impacket(host, RpcHost.PASSWORD, level);

            assertThat(run.output().lines())
                    .as(run.toString())
                    .containsExactly(
                            ALIVE,
                            "a class that is not: 0x80040154",
                            "activation: an object",
                            "a call: 42",
                            "many values: 3000, the last 2999.0",
                            "a long text: 10500 characters, the same",
                            "an interface that is not: 0x80004002",
                            "resolve 2: ours first",
                            "resolve: ours first",
                            "resolve what is not: 0x00000776",
                            "ping with an object: 0",
                            "ping: 0",
                            "ping of no set: 0x00000778",
                            "add a reference: 0",
                            "the same interface again: the same",
                            "give some back: 0",
                            "still there: 2",
                            "old activation: 7",
                            "give all back: 0",
                            "gone: RPC_E_DISCONNECTED",
                            "and the first still there: 11",
                            "end: reached");
            assertThat(run.exitCode()).isZero();
            // impacket calls objects at the level that the server tells it, and that is the client's own
            assertThat(host.levels()).containsExactly(AuthLevel.of(level));
            Await.until("no connections", PATIENCE, () -> host.server().connections() == 0);
            Tshark seen = Tshark.read(host.traffic());
            assertThat(seen.defects()).as("what tshark finds wrong").isEmpty();
            assertThat(seen.pdus()).as("PDUs").isGreaterThan(50);
        }
    }

    /** CVE-2021-26414: nothing is activated below packet integrity. */
    @Test
    void belowIntegrityNothingIsActivated() throws Exception {
        try (DcomHost host = DcomHost.strict()) {
            Program run = impacket(host, RpcHost.PASSWORD, 2);

            assertThat(run.output()).startsWith(ALIVE).contains("access_denied").doesNotContain("an object");
            assertThat(host.objects()).isZero();
        }
    }

    @Test
    void withAWrongPasswordNothingIsActivated() throws Exception {
        try (DcomHost host = DcomHost.strict()) {
            Program run = impacket(host, "wrong", 5);

            assertThat(run.output()).startsWith(ALIVE).contains("access_denied").doesNotContain("an object");
            assertThat(host.objects()).isZero();
        }
    }
}
