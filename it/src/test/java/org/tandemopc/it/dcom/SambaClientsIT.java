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

/** Our server's RPC and NTLM as samba's clients see it: rpcclient, and the tests of smbtorture. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SambaClientsIT {
    private static final String ACCOUNT = RpcHost.DOMAIN + "/" + RpcHost.USER + "%" + RpcHost.PASSWORD;
    private static final String NOT_REGISTERED = "0x16C9A0D6";

    private @Nullable RpcHost started;

    @BeforeAll
    void start() throws Exception {
        started = new RpcHost();
    }

    @AfterAll
    void nothingIsLeftAndTheTrafficIsWellFormed() {
        try (RpcHost host = host()) {
            host.awaitNothingLeft();
            Tshark seen = Tshark.read(host.traffic());

            assertThat(seen.defects()).as("what tshark finds wrong").isEmpty();
            assertThat(seen.pdus()).as("PDUs").isGreaterThan(300);
            assertThat(seen.logins())
                    .as("NTLMv2 responses that tshark finds right")
                    .isGreaterThan(20);
        }
    }

    private RpcHost host() {
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    private Program rpcclient(String how, String account, String command) {
        return Program.run(
                List.of("rpcclient", "--configfile=/dev/null", "-U", account, host().binding(how), "-c", command));
    }

    private Program smbtorture(String how, String test) {
        return Program.run(List.of("smbtorture", "--configfile=/dev/null", "-U", ACCOUNT, host().binding(how), test));
    }

    // ---- rpcclient

    @ParameterizedTest
    @ValueSource(strings = {"ntlm,sign", "ntlm,seal", "spnego,sign", "spnego,seal"})
    void rpcclientListsWhatIsRegistered(String how) {
        Program run = rpcclient(how, ACCOUNT, "epmlookup");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.output())
                .contains(Lsarpc.SYNTAX.uuid() + "/0x00000000]: " + RpcHost.LSARPC_ANNOTATION)
                .contains(host().host() + "[135,abstract_syntax=")
                .contains("no more entries");
        assertThat(run.output().lines().filter(line -> line.contains("ncacn_ip_tcp")))
                .hasSize(RpcHost.ENDPOINTS);
    }

    /** It asks for a named pipe, of which there are none. */
    @ParameterizedTest
    @ValueSource(strings = {"ntlm,sign", "ntlm,seal", "spnego,sign", "spnego,seal"})
    void rpcclientIsToldThatNoNamedPipeIsRegistered(String how) {
        Program run = rpcclient(how, ACCOUNT, "epmmap");

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output()).contains("epm_Map returned").contains(NOT_REGISTERED);
    }

    @ParameterizedTest
    @CsvSource({
        "PLANT/opc%wrong, 'ntlm,sign'",
        "PLANT/opc%wrong, 'ntlm,seal'",
        "PLANT/opc%wrong, 'spnego,sign'",
        "PLANT/opc%wrong, 'spnego,seal'",
        "PLANT/nobody%Secret1!, 'ntlm,sign'",
        "PLANT/nobody%Secret1!, 'spnego,seal'"
    })
    void aWrongPasswordAndAnUnknownUserAreRefusedAlike(String account, String how) {
        Program run = rpcclient(how, account, "epmlookup");

        assertThat(run.output())
                .contains("NT_STATUS_")
                .doesNotContain(Lsarpc.SYNTAX.uuid().toString());
        assertThat(run.output()).containsAnyOf("NT_STATUS_ACCESS_DENIED", "NT_STATUS_LOGON_FAILURE");
    }

    /** Nothing is forgiven here: a login that is not to sign is not taken. */
    @Test
    void aLevelThatSignsNothingIsRefused() {
        Program run = rpcclient("ntlm,connect", ACCOUNT, "epmlookup");

        assertThat(run.output())
                .contains("NT_STATUS_ACCESS_DENIED")
                .doesNotContain(Lsarpc.SYNTAX.uuid().toString());
    }

    /** Signed and sealed the call arrives, and is refused only because there is no such operation. */
    @ParameterizedTest
    @CsvSource({"'ntlm,connect', NT_STATUS_ACCESS_DENIED", "'ntlm,sign', NT_STATUS_RPC_PROCNUM_OUT_OF_RANGE"})
    void anOperationThatThereIsNotIsAFault(String how, String status) {
        Program run = rpcclient(how, ACCOUNT, "lsaquery");

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output()).contains("result was " + status);
    }

    // ---- smbtorture

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ntlm,sign",
                "ntlm,sign,seal",
                "spnego,sign",
                "spnego,sign,seal",
                "bigendian,ntlm,sign",
                "bigendian,ntlm,sign,seal",
                "bigendian,spnego,sign",
                "bigendian,spnego,sign,seal"
            })
    void bindsAndCallsOfEachKindPass(String kind) {
        int before = host().lsarpc().callers().size();
        Program run = smbtorture("sign", "rpc.bind." + kind);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.output()).contains("success: " + kind).doesNotContain("failure");
        String level = kind.contains("seal") ? "PKT_PRIVACY" : "PKT_INTEGRITY";
        assertThat(host().lsarpc().callers())
                .hasSize(before + 1)
                .last()
                .isEqualTo("%s\\%s %s".formatted(RpcHost.DOMAIN, RpcHost.USER, level));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // handles of one connection, used on another of the same association group and of another
                "rpc.bind.assoc_group_handles_external",
                "rpc.handles.lsarpc",
                // requests with an object that means nothing to the interface
                "rpc.objectuuid.random-uuid",
                "rpc.mgmt.mgmt",
                "rpc.epmapper.epmapper.Map_simple",
                "rpc.epmapper.epmapper.Lookup_simple",
                "rpc.epmapper.epmapper.Lookup_terminate_search"
            })
    void conformanceTestsPass(String test) {
        for (String how : List.of("ntlm,sign", "spnego,seal")) {
            Program run = smbtorture(how, test);

            assertThat(run.exitCode()).as(run.toString()).isZero();
            assertThat(run.output()).contains("success: ").doesNotContain("failure: ", "error: ", "skip: ");
        }
    }

    /** Two interfaces on one connection, contexts that are named again, one unknown, and one that is to mean another. */
    @Test
    void contextsOfOneConnectionPassWithSpnego() {
        Program run = smbtorture("spnego,sign", "rpc.altercontext.altercontext");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.output()).contains("success: altercontext");
    }

    /** With bare NTLM smbtorture 4.17 sends its last token again with each alter_context, and at the sixth gives itself up. */
    @Test
    void contextsOfOneConnectionFailWithinSmbtortureWithNtlm() {
        Program run = smbtorture("ntlm,sign", "rpc.altercontext.altercontext");

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output()).contains("alter_context.c:75", "NT_STATUS_NO_MEMORY");
    }

    /**
     * Handles of one association group on three connections. smbtorture 4.17 forgets to take the answer of its ninth question,
     * and judges that of the one before, which was to fail and did.
     */
    @Test
    void sharedHandlesFailWithinSmbtorture() {
        Program run = smbtorture("ntlm,sign", "rpc.handles.lsarpc-shared");

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output())
                .contains("handles.c:241", "NT_STATUS_RPC_SS_CONTEXT_MISMATCH")
                .contains("close the policy handle on p2 others get a fault", "open a new policy handle on p3");
    }

    /** They begin with an entry of their own, and nobody registers anything over the network here: 0x16c9a0cd. */
    @ParameterizedTest
    @ValueSource(strings = {"rpc.epmapper.epmapper.Insert_noreplace", "rpc.epmapper.epmapper.Map_full"})
    void registeringIsRefused(String test) {
        Program run = smbtorture("ntlm,sign", test);

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.output()).contains("epm_Insert failed").contains("failure: ");
    }
}
