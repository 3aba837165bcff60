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
    private static final String REFUSED = String.valueOf(StatusCodes.Bad_UserAccessDenied & 0xFFFF_FFFFL);

    @Test
    @Requirement(value = "CON-2", protocol = Protocol.UA)
    void aMemberThatRefusesTheAccountIsLeftAndTakenBackWhenItDoesNot() throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(
                Mode.HOT, PairSpec::withSecurity, "--policy", "basic256sha256", "--user", "operator:secret")) {
            pair.awaitReady();
            int active = pair.active();
            long before =
                    pair.tandem().newestRecords(PairUnderTest.NAME, 1).getLast().number();
            pair.server(active).command("revoke operator");
            pair.proxy(active).strike(Fault.Strike.RESET);
            pair.awaitServing(1 - active);
            Await.until(
                    "the refusal is recorded",
                    PairUnderTest.LONG,
                    () -> !failures(pair, before).isEmpty());
            assertThat(failures(pair, before)).singleElement().satisfies(record -> {
                assertThat(record.field("member")).isEqualTo(String.valueOf(active));
                assertThat(record.field("code")).isEqualTo(REFUSED);
            });
            pair.server(active).command("grant operator");
            pair.awaitReady();
            assertThat(pair.active()).isEqualTo(1 - active);
        }
    }

    private static List<TandemRecord> failures(PairUnderTest pair, long after) {
        return pair.tandem().recordsAfter(PairUnderTest.NAME, after).stream()
                .filter(each -> each.kind().equals("CONNECT_FAILED"))
                .toList();
    }
}
