package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Groups that their client changes, or a member does not take, around a switch. */
class GroupChangesTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private Rig rig;

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    @SuppressWarnings("NullAway.Init")
    private TestClient.Group group;

    private void begin(Mode mode) throws Exception {
        rig = new Rig(mode, folder);
        rig.awaitServing(0);
        client = new TestClient(rig.host());
        awaitReady(1);
    }

    private void awaitReady(int member) {
        if (rig.pair().snapshot().mode() != Mode.COLD) {
            rig.awaitStandbyReady(member);
        }
    }

    private void subscribe() throws Exception {
        group = client.group("One", 7);
        group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        rig.close();
    }

    private void switchTo(int member) {
        assertThat(rig.pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        rig.awaitServing(member);
    }

    private static Variant number(int value) {
        return new Variant.R8(value);
    }

    /** The group at the member has callbacks off from before, though our sink there is a new one. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"I4", "MODE-W7"},
            protocol = Protocol.DA)
    void callbacksThatAreSwitchedOnElsewhereAreOnAtTheMemberThatReturns(Mode mode) throws Exception {
        begin(mode);
        subscribe();
        group.async.setEnable(false);
        awaitReady(1);
        switchTo(1);
        group.async.setEnable(true);
        awaitReady(0);
        switchTo(0);

        rig.tick("Boiler.Level", number(2));

        group.awaitTold("1=2 C0");
    }

    /** The new member tells its values when our sink comes; that the client wants none it learns after that, and it tells them once. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"COLD", "WARM"})
    @Requirement(value = "I4", protocol = Protocol.DA)
    void valuesThatCameWhileCallbacksWereOffAreToldWhenTheyAreOn(Mode mode) throws Exception {
        begin(mode);
        subscribe();
        group.async.setEnable(false);
        awaitReady(1);
        rig.tick("Boiler.Level", number(2));
        rig.primary.kill();
        rig.awaitServing(1);
        Await.until(
                "the new member was told that nobody wants values, in " + rig.secondary.groups(),
                Rig.PATIENCE,
                () -> rig.secondary.groups().stream().anyMatch(one -> one.endsWith("advised off")));
        assertThat(group.told).containsExactly("1=1 C0");

        group.async.setEnable(true);

        group.awaitTold("1=2 C0");
        assertThat(group.told).containsExactly("1=1 C0", "1=2 C0");
    }
}
