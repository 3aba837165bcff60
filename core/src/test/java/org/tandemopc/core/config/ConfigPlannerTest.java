package org.tandemopc.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.config.ConfigChange.AddPair;
import org.tandemopc.core.config.ConfigChange.ChangeSettings;
import org.tandemopc.core.config.ConfigChange.RemovePair;
import org.tandemopc.core.config.ConfigChange.RestartFrontDoor;
import org.tandemopc.core.config.ConfigChange.RestartPair;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.testkit.Requirement;

class ConfigPlannerTest {
    private static final OpcUaConfig DOOR = OpcUaConfig.open("127.0.0.1", 4840);
    private static final PairConfig A = pair("a", "a", Mode.WARM, "opc.tcp://a1", "opc.tcp://a2");
    private static final PairConfig B = pair("b", "b", Mode.WARM, "opc.tcp://b1", "opc.tcp://b2");

    @Test
    @Requirement("S22")
    void nothingIsDoneWhereNothingDiffers() {
        assertThat(plan(List.of(A, B), List.of(B, A))).isEmpty();
    }

    @Test
    @Requirement({"ADD-10", "APP-3"})
    void pairIsAddedOrRemovedAndTheOtherIsInNoStep() {
        assertThat(plan(List.of(A), List.of(A, B))).containsExactly(new AddPair(B));
        assertThat(plan(List.of(A, B), List.of(A))).containsExactly(new RemovePair(B));
    }

    @Test
    @Requirement("APP-1")
    void settingsChangeWhileThePairServes() {
        PairConfig hot = pair("a", "a", Mode.HOT, "opc.tcp://a1", "opc.tcp://a2");
        PairConfig more = new PairConfig(
                withInterval(hot.settings()), hot.members(), "a", Monitoring.NONE, 1_000, WhenDisabled.PRIMARY);

        List<ConfigChange> changes = plan(List.of(A, B), List.of(more, B));

        assertThat(changes).containsExactly(new ChangeSettings(A, more));
        assertThat(changes.getFirst().dropsClients()).isFalse();
        assertThat(changes.getFirst().what())
                .isEqualTo("mode: warm -> hot, statusInterval: 2500ms -> 700ms, maximumEvents: 5000 -> 1000,"
                        + " whenDisabled: closed -> primary");
    }

    @Test
    @Requirement("S22")
    void otherMembersMakeThePairAnewAndNameEachDifferenceButNoPassword() {
        PairConfig moved = new PairConfig(
                A.settings(),
                List.of(
                        new UaMemberConfig(
                                "opc.tcp://a1",
                                SecurityChoice.BASIC256SHA256,
                                MessageMode.SIGN,
                                new MemberConfig.Account("ann", new Secret("hidden-thing")),
                                Trust.ALL),
                        A.members().get(1)),
                "a",
                Monitoring.NONE,
                5_000,
                WhenDisabled.CLOSED);

        List<ConfigChange> changes = plan(List.of(A), List.of(moved));

        assertThat(changes).containsExactly(new RestartPair(A, moved));
        assertThat(changes.getFirst().dropsClients()).isTrue();
        assertThat(changes.getFirst().what())
                .contains("members[0].security: None -> Basic256Sha256", "members[0].user or password changed")
                .doesNotContain("hidden-thing");
    }

    /** A password file whose content changed is a change, though the text is the same. */
    @Test
    void anotherPasswordMakesThePairAnew() {
        PairConfig one = withPassword("one");
        PairConfig two = withPassword("two");

        assertThat(plan(List.of(one), List.of(two))).containsExactly(new RestartPair(one, two));
        assertThat(plan(List.of(one), List.of(withPassword("one")))).isEmpty();
    }

    @Test
    @Requirement({"ALI-1", "UNA-1"})
    void pairIsKnownAgainUnderAnAliasAndUnderAnotherName() {
        PairConfig aliased = pair("a.Alias1", "a", Mode.WARM, "opc.tcp://x1", "opc.tcp://x2");
        PairConfig renamed = pair("c", "c", Mode.WARM, "opc.tcp://a1", "opc.tcp://a2");

        assertThat(plan(List.of(A, B), List.of(B, aliased))).containsExactly(new RestartPair(A, aliased));
        assertThat(plan(List.of(A, B), List.of(B, renamed))).containsExactly(new RestartPair(A, renamed));
    }

    /** Which of the two became the new one? Nobody can say, so neither did. */
    @Test
    void pairIsNotKnownAgainWhereTwoFit() {
        PairConfig twin = pair("d", "d", Mode.WARM, "opc.tcp://a1", "opc.tcp://a2");
        PairConfig renamed = pair("c", "c", Mode.WARM, "opc.tcp://a1", "opc.tcp://a2");

        assertThat(plan(List.of(A, twin), List.of(renamed)))
                .containsExactly(new RemovePair(A), new RemovePair(twin), new AddPair(renamed));
    }

    @Test
    void frontDoorComesFirstAndWhatGoesBeforeWhatComes() {
        OpcUaConfig other = OpcUaConfig.open("127.0.0.1", 4841);
        List<ConfigChange> changes =
                ConfigPlanner.plan(new TandemConfig(DOOR, List.of(A)), new TandemConfig(other, List.of(B)));

        assertThat(changes).containsExactly(new RestartFrontDoor(DOOR, other), new RemovePair(A), new AddPair(B));
        assertThat(changes.getFirst().what()).contains("listen: 127.0.0.1:4840 -> 127.0.0.1:4841");
    }

    @Test
    void placesAreTextsThatMayBeWrittenIntoTheFile() {
        ConfigChange change = new RestartFrontDoor(OpcUaConfig.open("::1", 4840), OpcUaConfig.open("plant", 4840));

        assertThat(change.what()).contains("listen: [::1]:4840 -> plant:4840");
    }

    /** Whatever two configurations: taking the steps leads to the second, no name is taken twice on the way, and back. */
    @Test
    @Requirement("S22")
    void stepsLeadFromAnyConfigurationToAnyOtherAndBack() {
        for (int seed = 1; seed <= 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<PairConfig> from = pairs(random);
            List<PairConfig> to = pairs(random);
            List<ConfigChange> changes = plan(from, to);

            List<PairConfig> now = from;
            for (ConfigChange change : changes) {
                now = ModelService.taken(now, change, "seed " + seed);
            }
            assertThat(now).as("seed " + seed).containsExactlyInAnyOrderElementsOf(to);
            for (ConfigChange change : changes.reversed()) {
                now = ModelService.taken(now, change.reversed(), "back, seed " + seed);
            }
            assertThat(now).as("seed " + seed).containsExactlyInAnyOrderElementsOf(from);
        }
    }

    private static List<PairConfig> pairs(SplittableRandom random) {
        return IntStream.range(0, 5)
                .filter(_ -> random.nextInt(3) > 0)
                .mapToObj(i -> {
                    String name = "p" + random.nextInt(3);
                    String alias = random.nextBoolean() ? "n" + i : "n" + i + ".Alias1";
                    Mode mode = List.of(Mode.values()).get(random.nextInt(3));
                    return pair(alias, name, mode, "opc.tcp://m" + random.nextInt(4), "opc.tcp://s");
                })
                .toList();
    }

    private static List<ConfigChange> plan(List<PairConfig> from, List<PairConfig> to) {
        return ConfigPlanner.plan(new TandemConfig(DOOR, from), new TandemConfig(DOOR, to));
    }

    private static PairConfig pair(String published, String original, Mode mode, String... urls) {
        PairSettings settings = PairSettings.of(published, mode, urls[0], urls[1]);
        return new PairConfig(
                settings,
                List.of(UaMemberConfig.open(urls[0]), UaMemberConfig.open(urls[1])),
                original,
                Monitoring.NONE,
                PairConfig.EVENTS_DEFAULT,
                WhenDisabled.CLOSED);
    }

    private static PairConfig withPassword(String password) {
        return new PairConfig(
                A.settings(),
                List.of(
                        new UaMemberConfig(
                                "opc.tcp://a1",
                                SecurityChoice.NONE,
                                MessageMode.SIGN,
                                new MemberConfig.Account("ann", new Secret(password)),
                                Trust.ALL),
                        A.members().get(1)),
                "a",
                Monitoring.NONE,
                5_000,
                WhenDisabled.CLOSED);
    }

    private static PairSettings withInterval(PairSettings s) {
        return new PairSettings(
                s.name(),
                s.members(),
                s.mode(),
                s.failback(),
                Duration.ofMillis(700),
                s.pingTimeout(),
                s.holdTimeout(),
                s.failbackDwell());
    }
}
