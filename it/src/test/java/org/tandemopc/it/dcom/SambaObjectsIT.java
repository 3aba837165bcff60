package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Activation and the object resolver of our server under the tests of smbtorture. Most of them begin with RemoteActivation, and
 * there smbtorture 4.17 falls over its own answer: it does not survive an interface pointer that is not NULL.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SambaObjectsIT {
    private static final int ABORTED = 128 + 6;

    private @Nullable DcomHost started;

    @BeforeAll
    void start() throws Exception {
        started = DcomHost.strict();
    }

    @AfterAll
    void theTrafficIsWellFormed() {
        try (DcomHost host = host()) {
            assertThat(Tshark.read(host.traffic()).defects())
                    .as("what tshark finds wrong")
                    .isEmpty();
        }
    }

    private DcomHost host() {
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    private Program smbtorture(String how, String test) {
        String account = RpcHost.DOMAIN + "/" + RpcHost.USER + "%" + RpcHost.PASSWORD;
        return Program.run(List.of("smbtorture", "--configfile=/dev/null", "-U", account, host().binding(how), test));
    }

    @ParameterizedTest
    @CsvSource({
        "'ntlm,sign', rpc.oxidresolve.oxidresolver.ServerAlive",
        "'spnego,seal', rpc.oxidresolve.oxidresolver.ServerAlive",
        "'ntlm,seal', rpc.oxidresolve.oxidresolver.ServerAlive2",
        "'spnego,sign', rpc.oxidresolve.oxidresolver.ServerAlive2",
        "'ntlm,sign', rpc.mgmt.mgmt",
        "'spnego,seal', rpc.epmapper.epmapper.Map_simple"
    })
    void passes(String how, String test) {
        Program run = smbtorture(how, test);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.output()).contains("success: ").doesNotContain("failure: ", "error: ", "skip: ");
    }

    /** The object is made, and the answer is what smbtorture cannot read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpc.remact.remact.RemoteActivation",
                "rpc.oxidresolve.oxidresolver.ResolveOxid",
                "rpc.oxidresolve.oxidresolver.ResolveOxid2",
                "rpc.oxidresolve.oxidresolver.ComplexPing"
            })
    void activatesAndThenSmbtortureBreaks(String test) {
        int before = host().made();
        Program run = smbtorture("ntlm,sign", test);

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(ABORTED);
        assertThat(run.output()).contains("Bad talloc magic value");
        assertThat(host().made()).isEqualTo(before + 1);
    }

    /** It pings a set that it never made: that there is none is the right answer. */
    @Test
    void pingsASetThatThereIsNot() {
        Program run = smbtorture("ntlm,sign", "rpc.oxidresolve.oxidresolver.SimplePing");

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output()).contains("r.out.result was WERR_OR_INVALID_SET, expected WERR_OK: SimplePing");
    }
}
