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
 * there smbtorture 4.17 aborts: it allocates what it reads of an interface pointer as a part of the array that the test gave it,
 * and that is a variable on the test's stack and nothing that samba's memory knows of. So no answer with an interface pointer can
 * pass, and one without, which would, is none of a server that has made an object.
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

    /** A case that a newer smbtorture has besides must be named here, or in SambaClientsIT, with what is expected of it. */
    @Test
    void everyCaseOfTheSuitesIsNamed() {
        Program list = Program.run(List.of("smbtorture", "--configfile=/dev/null", "--list"));

        assertThat(list.output().lines().filter(line -> line.matches("rpc\\.(bind|epmapper|oxidresolve|remact)\\..*")))
                .containsExactlyInAnyOrder(
                        // passes
                        "rpc.bind.ntlm,sign.ntlm,sign",
                        "rpc.bind.ntlm,sign,seal.ntlm,sign,seal",
                        "rpc.bind.spnego,sign.spnego,sign",
                        "rpc.bind.spnego,sign,seal.spnego,sign,seal",
                        "rpc.bind.bigendian,ntlm,sign.bigendian,ntlm,sign",
                        "rpc.bind.bigendian,ntlm,sign,seal.bigendian,ntlm,sign,seal",
                        "rpc.bind.bigendian,spnego,sign.bigendian,spnego,sign",
                        "rpc.bind.bigendian,spnego,sign,seal.bigendian,spnego,sign,seal",
                        "rpc.bind.assoc_group_handles_external.assoc_group_handles_external",
                        "rpc.epmapper.epmapper.Map_simple",
                        "rpc.epmapper.epmapper.Lookup_simple",
                        "rpc.epmapper.epmapper.Lookup_terminate_search",
                        "rpc.oxidresolve.oxidresolver.ServerAlive",
                        "rpc.oxidresolve.oxidresolver.ServerAlive2",
                        // is refused: nobody registers over the network
                        "rpc.epmapper.epmapper.Insert_noreplace",
                        "rpc.epmapper.epmapper.Map_full",
                        // is answered that there is no such set
                        "rpc.oxidresolve.oxidresolver.SimplePing",
                        // has an object made, and aborts
                        "rpc.oxidresolve.oxidresolver.ComplexPing",
                        "rpc.oxidresolve.oxidresolver.ResolveOxid",
                        "rpc.oxidresolve.oxidresolver.ResolveOxid2",
                        "rpc.remact.remact.RemoteActivation");
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
