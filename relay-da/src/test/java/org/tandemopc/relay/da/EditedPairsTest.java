package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.relay.da.PairsOfOneServer.ALIAS1;
import static org.tandemopc.relay.da.PairsOfOneServer.ALIAS2;
import static org.tandemopc.relay.da.PairsOfOneServer.NAME;
import static org.tandemopc.relay.da.PairsOfOneServer.clsid;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.relay.da.back.DaDiscovery;
import org.tandemopc.service.ConfigEdits.Edit;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Pairs of one ProgID that are added, named and removed by command while others are served, and what clients find then. */
@Timeout(120)
class EditedPairsTest {
    private static final Duration CALL = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Edit addition(PairsOfOneServer tandem, @Nullable String alias) {
        return new Edit.AddDaPair(NAME, alias, tandem.members(), Mode.WARM);
    }

    /** What OpcEnum tells a client. */
    private static List<String> listed(PairsOfOneServer tandem) throws Exception {
        return DaDiscovery.servers(tandem.host(), Logins.account(), Deadline.after(CALL)).servers().stream()
                .map(DaDiscovery.Server::progId)
                .toList();
    }

    private static boolean isActivated(PairsOfOneServer tandem, String published) throws Exception {
        try (TestClient client = new TestClient(tandem.host(), Logins.account(), clsid(published))) {
            return client.server.getStatus().isSuccess();
        }
    }

    @Test
    @Requirement(
            value = {"ALI-1", "ALI-2", "ALI-3", "ALI-7", "ADD-10"},
            protocol = Protocol.DA)
    void threePairsOfOneProgIdGetTheNextAliasesAndAreActivatedEachByItsClass() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME)) {
            assertThat(tandem.edit(new Edit.SetAlias(NAME, null))).contains(ALIAS1);
            tandem.edit(addition(tandem, null));
            assertThat(tandem.edit(new Edit.SetAlias(NAME, null))).contains(ALIAS2);
            tandem.edit(addition(tandem, "Line7"));
            tandem.edit(addition(tandem, null));

            assertThat(listed(tandem)).containsExactlyInAnyOrder(ALIAS1, ALIAS2, "Line7", NAME);
            for (String name : tandem.published()) {
                assertThat(isActivated(tandem, name)).as(name).isTrue();
                assertThat(tandem.pair(name).snapshot().mode())
                        .as(name)
                        .isEqualTo(name.equals(ALIAS1) ? Mode.COLD : Mode.WARM);
            }
        }
    }

    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.DA)
    void aSecondPairOfAProgIdIsRefusedAndTheAliasNamedThatWouldDo() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1)) {
            assertThatThrownBy(() -> tandem.edit(addition(tandem, null)))
                    .hasMessage("A pair is published under '%s' already. Add this one under an alias, as --alias %s."
                            .formatted(NAME, ALIAS2));
            tandem.edit(addition(tandem, ALIAS2));
            assertThat(listed(tandem)).containsExactlyInAnyOrder(NAME, ALIAS1, ALIAS2);
        }
    }

    /** Also what is no more than odd to COM is taken, with a warning. */
    @ParameterizedTest
    @ValueSource(strings = {"a<b", "a>b", "a&b"})
    @Requirement(value = "ALI-4", protocol = Protocol.DA)
    void anAliasWithAForbiddenCharacterIsRefused(String alias) throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME)) {
            assertThat(tandem.planned(new Edit.SetAlias(NAME, alias)).problems())
                    .filteredOn(ConfigProblem::isError)
                    .extracting(ConfigProblem::message)
                    .anySatisfy(message -> assertThat(message).contains("'" + alias + "' cannot be used as a"));
        }
    }

    @Test
    @Requirement(
            value = {"UNA-1", "UNA-2", "REM-1"},
            protocol = Protocol.DA)
    void anAliasIsTakenBackOnceTheNameIsFree() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1)) {
            assertThatThrownBy(() -> tandem.edit(new Edit.RemoveAlias(ALIAS1)))
                    .hasMessageContaining("cannot go back to its original name '" + NAME + "'");

            tandem.edit(new Edit.RemovePair(NAME));
            tandem.edit(new Edit.RemoveAlias(ALIAS1));

            assertThat(listed(tandem)).containsExactly(NAME);
            assertThat(isActivated(tandem, NAME)).isTrue();
            assertThatThrownBy(() -> isActivated(tandem, ALIAS1)).isInstanceOf(Exception.class);
        }
    }

    @Test
    @Requirement(
            value = {"ADD-7", "REM-1", "REM-2", "REM-3", "REM-5", "REM-6", "LIM-5"},
            protocol = Protocol.DA)
    void aRemovedPairIsNeitherListedNorAnsweredAndItsNeighbourServesOn() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1);
                TestClient removed = new TestClient(tandem.host(), Logins.account(), clsid(ALIAS1));
                TestClient neighbour = new TestClient(tandem.host(), Logins.account(), clsid(NAME))) {
            assertThat(removed.server.getStatus().isSuccess()).isTrue();

            tandem.edit(new Edit.RemovePair(ALIAS1));

            assertThat(listed(tandem)).containsExactly(NAME);
            assertThatThrownBy(() -> isActivated(tandem, ALIAS1)).isInstanceOf(Exception.class);
            assertThatThrownBy(removed.server::getStatus).isInstanceOf(Exception.class);
            assertThat(neighbour.server.getStatus().isSuccess()).isTrue();
        }
    }

    /** Defaults of the manual and of Tandem: nothing but what was asked for is written. */
    @Test
    @Requirement(
            value = {"ADD-8", "ADD-9", "REM-4"},
            protocol = Protocol.DA)
    void whatIsOnlyPlannedDoesNotRunAndAnAddedPairHasTheDefaults() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME)) {
            assertThat(tandem.planned(addition(tandem, ALIAS1)).isApplicable()).isTrue();
            assertThat(tandem.planned(new Edit.RemovePair(NAME)).isApplicable()).isTrue();
            assertThat(listed(tandem)).containsExactly(NAME);

            tandem.edit(addition(tandem, ALIAS1));

            var settings = tandem.pair(ALIAS1).config().settings();
            assertThat(settings.pingInterval()).isEqualTo(Duration.ofMillis(2_500));
            assertThat(settings.pingTimeout()).isEqualTo(Duration.ofSeconds(1));
            assertThat(settings.failback()).isTrue();
            assertThat(tandem.pair(ALIAS1).config().maximumEvents()).isEqualTo(5_000);
            assertThat(tandem.pair(ALIAS1).config().monitoring().items()).isEmpty();
        }
    }
}
