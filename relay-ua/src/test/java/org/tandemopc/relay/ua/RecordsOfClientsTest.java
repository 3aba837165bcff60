package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordKind.Severity;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A record about one client names it, by its session and where it comes from (DIA-2). */
@NullUnmarked
class RecordsOfClientsTest {
    private static final String HMI = "HMI 3 (127.0.0.1)";

    private final RedundantPair world = new RedundantPair(Mode.WARM).started();

    @Test
    @Requirement(
            value = {"DIA-2", "GAP-19", "S3"},
            protocol = Protocol.UA)
    void unknownOutcomeNamesClientUserAndMachine() {
        FakeClient client = world.open("HMI 3");
        client.login(FakeClient.user("ann"));
        world.time.run(300);
        world.a.answerMs = 1_000;
        var unused = client.write("x");
        world.time.run(100);
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(100);

        PairRecord record = only(RecordKind.OUTCOME_UNKNOWN);
        assertThat(record.text())
                .isEqualTo(
                        "Outcome of a Write for 'plant1' on primary machine 'member0' is unknown. It is not repeated.");
        assertThat(record.client()).isEqualTo(HMI);
        assertThat(record.fields()).containsEntry("user", "ann").containsEntry("member", 0);
        assertThat(record.fields())
                .containsEntry("operations", 1)
                .containsEntry("nodes", "ns=2;s=x")
                .hasEntrySatisfying(
                        "hashes", hash -> assertThat(String.valueOf(hash)).matches("[0-9a-f]{16}"));
    }

    /** Only the request ran out of its time, the link lives: the client is told once, the log twice (S8). */
    @Test
    @Requirement(
            value = {"S3", "S8", "I3"},
            protocol = Protocol.UA)
    void anAnswerThatComesTooLateResolvesTheUnknownInTheLogAlone() {
        FakeClient client = world.open("HMI 3");
        client.login();
        world.time.run(300);
        world.a.answerMs = 3_000;
        FakeClient.Answer answer = client.write(1_000, "x", "y");
        world.time.run(2_000);
        PairRecord unknown = only(RecordKind.OUTCOME_UNKNOWN);
        assertThat(world.records(RecordKind.OUTCOME_RESOLVED)).as("not yet").isEmpty();
        world.time.run(2_000);

        PairRecord resolved = only(RecordKind.OUTCOME_RESOLVED);
        assertThat(resolved.text())
                .isEqualTo("A Write for 'plant1' on primary machine 'member0', whose outcome was unknown, has been"
                        + " answered after all: 0x00000000 (2).");
        assertThat(resolved.client()).isEqualTo(HMI);
        for (String same : new String[] {"nodes", "hashes", "operations", "epoch", "member"}) {
            assertThat(resolved.fields()).containsEntry(same, unknown.fields().get(same));
        }
        assertThat(answer.get(WriteResponse.class).getResults()).containsOnly(new StatusCode(StatusCodes.Bad_Timeout));
    }

    /** The member hung, was left, and wakes up: its answers reach the log, and nothing else (S8). */
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S3", "S7", "S8", "I3"},
            protocol = Protocol.UA)
    void aZombiesAnswersResolveTheUnknownInTheLogWhereItIsListenedTo(Mode mode) {
        RedundantPair pair = new RedundantPair(mode).started();
        FakeClient client = pair.client();
        pair.time.run(300);
        pair.a.silent = true;
        FakeClient.Answer write = client.write("x");
        FakeClient.Answer call = client.call("start");
        FakeClient.Answer read = client.read("x");
        pair.time.run(500);
        FakeMemberSession zombie = pair.a.session();
        pair.failOver(0, 1);
        pair.time.run(1_000);
        assertThat(pair.records(RecordKind.OUTCOME_UNKNOWN)).hasSize(2);
        assertThat(zombie.isOpen()).isFalse();
        pair.a.wake();
        zombie.carryOn();
        pair.time.run(1_000);

        // In cold mode nothing may lead to the standby (MODE-C7).
        assertThat(pair.records(RecordKind.OUTCOME_RESOLVED)).hasSize(mode == Mode.COLD ? 0 : 2);
        assertThat(write.get(WriteResponse.class).getResults()).containsOnly(new StatusCode(StatusCodes.Bad_Timeout));
        assertThat(call.isThere()).isTrue();
        assertThat(read.isThere()).isTrue();
        assertThat(pair.b.ledger).isEmpty();
        assertThat(zombie.aborted).as("nothing is left of it").isTrue();
    }

    @Test
    @Requirement(
            value = {"DIA-2", "GAP-19", "I4"},
            protocol = Protocol.UA)
    void gapNamesTheClientThatHasIt() {
        RedundantPair cold = new RedundantPair(Mode.COLD).started();
        FakeClient client = cold.open("HMI 3");
        client.login();
        cold.time.run(200);
        client.monitor(client.subscribe(100), "x");
        FakeClient other = cold.open("idle");
        other.login();
        cold.time.run(500);
        cold.a.kill();
        long next = cold.changes("x", 1, 10, 50);
        cold.failOver(0, 1);
        cold.time.run(20);
        cold.changes("x", next, 10, 50);
        cold.time.run(500);

        assertThat(cold.records(RecordKind.GAP)).singleElement().satisfies(r -> {
            assertThat(r.client()).isEqualTo(HMI);
            assertThat(r.text()).startsWith("Values of 1 items for 'plant1' may have been missed: ");
        });
    }

    @Test
    @Requirement(
            value = {"DIA-2", "GAP-19", "S28"},
            protocol = Protocol.UA)
    void shortSessionTimeoutNamesTheClientAndIsToldOnceForAllItsSessions() throws UaException {
        for (String name : new String[] {"HMI 3", "HMI 4", "HMI 5"}) {
            var unused = world.pair.open(world.opening(name, 3_000), world.time.loop());
        }

        PairRecord record = only(RecordKind.SESSION_TIMEOUT_SHORT);
        assertThat(record.client()).isEqualTo(HMI);
        assertThat(record.fields()).containsEntry("application", "urn:client").containsEntry("timeoutMs", 3_000.0);
    }

    @Test
    @Requirement(
            value = {"DIA-2", "GAP-19", "S32", "I9"},
            protocol = Protocol.UA)
    void refusedUserNamesTheClientAndIsToldOnceForEachMember() {
        world.a.users = identity -> new StatusCode(StatusCodes.Bad_UserAccessDenied);
        for (int i = 0; i < 5; i++) {
            FakeClient client = world.open("HMI 3");
            client.login(FakeClient.user("eve"));
            world.time.run(200);
            assertThat(client.isLoggedIn()).isFalse();
        }

        PairRecord record = only(RecordKind.USER_REFUSED);
        assertThat(record.client()).isEqualTo(HMI);
        assertThat(record.kind().severity()).isEqualTo(Severity.WARNING);
        assertThat(record.text())
                .isEqualTo("User 'eve' is not let in by 'plant1' on primary machine 'member0' (Error = 0x801F0000).");
        assertThat(record.fields()).containsEntry("user", "eve");
    }

    @Test
    @Requirement(value = "DIA-2", protocol = Protocol.UA)
    void defectThatEndsASessionNamesItsClient() {
        FakeClient client = world.open("HMI 3");
        client.login();
        world.time.run(200);

        ((UaSession) client.session).broken(new IllegalStateException("planted"));
        world.time.run(100);

        assertThat(only(RecordKind.PROGRAM_ERROR).client()).isEqualTo(HMI);
    }

    private PairRecord only(RecordKind kind) {
        assertThat(world.records(kind)).hasSize(1);
        return world.records(kind).getFirst();
    }
}
