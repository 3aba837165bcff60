package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
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
