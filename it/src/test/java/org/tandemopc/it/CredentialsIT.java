package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.Story;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;

/** A server does not let somebody in any more, Tandem's own account or a client's user, and then it does again. */
@ExtendWith(Timelines.class)
@Timeout(240)
class CredentialsIT {
    private static final long BAD_USER_ACCESS_DENIED = StatusCodes.Bad_UserAccessDenied & 0xFFFF_FFFFL;

    /** Tandem's account at the members is {@code operator}. */
    private static final String[] SECURED = {
        "--policy", "basic256sha256", "--user", "operator:secret", "--user", "guest:welcome"
    };

    /** The account is refused by the active, which so becomes the standby; then by that standby. */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"CON-2", "EVT-FAIL-P", "I1", "I2", "I3", "I12"},
            protocol = Protocol.UA)
    void aMemberThatRefusesTheAccountIsLeftAndTakenBackWhenItDoesNot(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(mode, PairSpec::withSecurity, SECURED)) {
            pair.awaitReady();
            Story story = Story.of(pair);
            StreamClient client = guest(pair);
            pair.awaitReady();
            int refusing = pair.active();
            int other = 1 - refusing;

            long fromMs = System.currentTimeMillis();
            refuse(pair, refusing);
            pair.awaitServing(other);
            assertConnectFailed(story, refusing, 1);
            pair.server(refusing).command("grant operator");
            pair.awaitReady();
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            story.struck("active refuses", refusing, fromMs, LossCause.CONNECTION_CLOSED);

            long epoch = pair.epoch();
            long againMs = System.currentTimeMillis();
            refuse(pair, refusing);
            assertConnectFailed(story, refusing, 2);
            assertThat(pair.tandem().status(PairUnderTest.NAME, "ready").charAt(refusing))
                    .isEqualTo('0');
            pair.server(refusing).command("grant operator");
            pair.awaitReady();
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            story.struck("standby refuses", refusing, againMs);
            assertThat(pair.epoch()).as("a fault of the standby moves nobody").isEqualTo(epoch);
            assertThat(story.findings(client, true)).isEmpty();
        }
    }

    /** A standby without a connection is found to refuse when it is needed; and not after it was granted again. */
    @ParameterizedTest
    @EnumSource(names = "COLD")
    @Requirement(
            value = {"CON-2", "S12", "EVT-FAIL-S", "I1", "I2", "I3", "I11", "I12"},
            protocol = Protocol.UA)
    void inColdModeAStandbyThatRefusesTheAccountIsNotServedFrom(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(mode, PairSpec::withSecurity, SECURED)) {
            Story story = Story.of(pair);
            StreamClient client = guest(pair);
            int active = pair.active();
            int standby = 1 - active;

            long fromMs = System.currentTimeMillis();
            pair.server(standby).command("revoke operator");
            pair.server(active).kill();
            pair.tandem().awaitPhase(PairUnderTest.NAME, "stranded", PairUnderTest.LONG);
            assertConnectFailed(story, standby, 1);
            assertThat(pair.tandem().status(PairUnderTest.NAME, "phase")).isEqualToIgnoringCase("stranded");
            pair.server(standby).command("grant operator");
            pair.awaitServing(standby);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            story.struck("killed", active, fromMs, LossCause.CONNECTION_CLOSED);
            story.struck("standby refuses", standby, fromMs, LossCause.CONNECT_FAILED);
            assertThat(story.findings(client, false)).isEmpty();
        }
    }

    /**
     * A user whom only the other member refuses: after the switch that session is told so, with every request, and is
     * not served in the name of a stronger account; a session of another user beside it notices nothing.
     */
    @ParameterizedTest
    @EnumSource(names = {"COLD", "HOT"})
    @Requirement(
            value = {"S32", "I1", "I2", "I3"},
            protocol = Protocol.UA)
    void aUserWhomOnlyOneMemberRefusesIsDeniedThereAndServedOnTheOther(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(mode, PairSpec::withSecurity, SECURED)) {
            awaitRedundant(pair, mode);
            int before = pair.active();
            int refusing = 1 - before;
            pair.server(refusing).command("revoke guest");
            Story story = Story.of(pair);
            StreamClient guest = guest(pair);
            StreamClient operator = pair.connectAs("operator", "secret");
            operator.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
            awaitRedundant(pair, mode);
            int appliedBefore = pair.server(refusing).ledger().size();

            pair.server(before).kill();
            pair.awaitServing(refusing);
            operator.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            awaitLast(guest, Operation.Kind.READ, BAD_USER_ACCESS_DENIED);
            awaitLast(guest, Operation.Kind.WRITE, BAD_USER_ACCESS_DENIED);
            assertThat(story.records("USER_REFUSED")).singleElement().satisfies(record -> {
                assertThat(record.field("user")).contains("guest");
                assertThat(record.field("member")).isEqualTo(String.valueOf(refusing));
                assertThat(Long.decode(record.field("status"))).isEqualTo(BAD_USER_ACCESS_DENIED);
            });
            assertThat(pair.server(refusing).ledger())
                    .as("written in somebody else's name")
                    .hasSize(appliedBefore);

            pair.server(before).awaitEnd(PairUnderTest.LONG);
            pair.server(before).restart();
            awaitRedundant(pair, mode);
            pair.tandem().command("switch " + PairUnderTest.NAME + " " + before);
            pair.awaitServing(before);
            awaitLast(guest, Operation.Kind.READ, 0);
            awaitLast(guest, Operation.Kind.WRITE, 0);
            guest.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            guest.stopWorking();

            assertThat(guest.events())
                    .as("the session lives on")
                    .allMatch(each -> each.what().startsWith("service fault ")
                            && each.what().contains("Bad_UserAccessDenied"));
            guest.streams()
                    .forEach((item, samples) -> assertThat(samples.stream()
                                    .filter(each -> !each.isGood())
                                    .map(Sample::statusWithoutInfo))
                            .as(item + " is told once")
                            .containsExactly(BAD_USER_ACCESS_DENIED));
            assertThat(guest.operations())
                    .filteredOn(each -> !each.isGood())
                    .extracting(Operation::status)
                    .as("codes")
                    .isSubsetOf(BAD_USER_ACCESS_DENIED, LedgerCheck.OUTCOME_UNKNOWN);
            assertThat(LedgerCheck.faults(guest.operations(), pair.ledgers())).isEmpty();
            operator.streams()
                    .forEach((item, samples) -> assertThat(samples).as(item).allMatch(Sample::isGood));
        }
    }

    private static StreamClient guest(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connectAs("guest", "welcome");
        client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(50));
        client.keepWriting("static/0", Duration.ofMillis(50));
        return client;
    }

    private static void awaitRedundant(PairUnderTest pair, Mode mode) {
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
    }

    /** Logins are looked at when somebody connects. */
    private static void refuse(PairUnderTest pair, int member) {
        pair.server(member).command("revoke operator");
        pair.proxy(member).strike(Fault.Strike.RESET);
    }

    private static void assertConnectFailed(Story story, int member, int times) {
        Await.until(
                "the refusal is recorded",
                PairUnderTest.LONG,
                () -> failures(story, member).size() == times);
        assertThat(failures(story, member).getLast().field("code")).isEqualTo(String.valueOf(BAD_USER_ACCESS_DENIED));
    }

    private static List<TandemRecord> failures(Story story, int member) {
        return story.records("CONNECT_FAILED").stream()
                .filter(each -> each.field("member").equals(String.valueOf(member)))
                .toList();
    }

    private static void awaitLast(StreamClient client, Operation.Kind kind, long status) {
        int seen = client.operations(kind).size();
        Await.until(
                kind + " is answered " + Long.toHexString(status),
                PairUnderTest.LONG,
                () -> client.operations(kind).size() > seen + 1
                        && client.operations(kind).getLast().status() == status);
    }
}
