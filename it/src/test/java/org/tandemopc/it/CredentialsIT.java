package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;

/** The active server does not let Tandem's account in any more, and then it does again. */
@ExtendWith(Timelines.class)
@Timeout(240)
class CredentialsIT {
    private static final String REFUSED = String.valueOf(StatusCodes.Bad_IdentityTokenRejected & 0xFFFF_FFFFL);

    @Test
    @Requirement(value = "CON-2", protocol = Protocol.UA)
    void aMemberThatRefusesTheAccountIsLeftAndTakenBackWhenItDoesNot() throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(
                Mode.HOT, PairSpec::withSecurity, "--policy", "basic256sha256", "--user", "operator:secret")) {
            pair.awaitReady();
            pair.server(0).command("revoke operator");
            pair.proxy(0).strike(Fault.Strike.RESET);
            pair.awaitServing(1);
            Await.until(
                    "the refusal is recorded",
                    PairUnderTest.LONG,
                    () -> !failures(pair).isEmpty());
            assertThat(failures(pair)).singleElement().satisfies(record -> {
                assertThat(record.field("member")).isEqualTo("0");
                assertThat(record.field("code")).isEqualTo(REFUSED);
            });
            pair.server(0).command("grant operator");
            pair.awaitReady();
            assertThat(pair.active()).isOne();
        }
    }

    private static List<TandemRecord> failures(PairUnderTest pair) {
        return pair.tandem().newestRecords(PairUnderTest.NAME, 100).stream()
                .filter(each -> each.kind().equals("CONNECT_FAILED"))
                .toList();
    }
}
