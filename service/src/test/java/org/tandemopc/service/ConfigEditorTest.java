package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecretSource;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.service.ConfigEditor.NewMember;
import org.tandemopc.service.ConfigEditor.NewPair;
import org.tandemopc.service.ConfigEditor.Refused;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Edits of a text that a person wrote and goes on reading. */
class ConfigEditorTest {
    /** With everything that a careless edit would lose. */
    private static final String TEXT = """
            # Plant 7, agreed with Ann
            version: 1
            opcua:   # the front door
              listen:   "127.0.0.1:4841"

            pairs:
              # boilers
              - name: boiler       # the old one
                mode: hot
                members: # in order of preference
                  - url: opc.tcp://a:4840
                  - {url: "opc.tcp://b:4840"}
                # until the new one is there

              # pumps
              - members:
                  - url: opc.tcp://c:4840
                  - url: opc.tcp://d:4840
                name: pump

              -
                # a lonely dash
                name: fan
                alias: 'fan.Alias1' # shown to the trend
                members: [ { url: opc.tcp://e:4840 }, { url: opc.tcp://f:4840 } ]

            # end
            """;

    private static final NewPair VALVE = new NewPair(
            "valve",
            null,
            "warm",
            List.of(
                    new NewMember("opc.tcp://g:4840", "None", "all"),
                    new NewMember("opc.tcp://h:4840/path", null, null)));

    @Test
    @Requirement(value = "ADD-3", protocol = Protocol.UA)
    void newPairGoesBehindTheLastOneAndNothingElseMoves() throws Refused {
        String added = ConfigEditor.addPair(TEXT, VALVE);

        assertThat(added).isEqualTo(TEXT.replace("f:4840 } ]\n", """
                f:4840 } ]

                  - name: valve
                    mode: warm
                    members:
                      - url: opc.tcp://g:4840
                        security: None
                        trust: all
                      - url: opc.tcp://h:4840/path
                """));
    }

    /** Whoever adds a pair by command names two addresses; everything else is as by default. */
    @Test
    @Requirement("ADD-8")
    void pairThatIsAddedByCommandHasTheDefaults() throws YamlTree.NotReadable {
        String added = new TextEdits()
                .edit(
                        TEXT,
                        new ConfigEdits.Edit.AddPair(
                                "valve", List.of("opc.tcp://g:4840", "opc.tcp://h:4840"), Mode.WARM, null))
                .text();

        PairConfig valve = ConfigReader.read(YamlTree.read(added), reference -> {
                    throw new SecretSource.SecretMissing(reference);
                })
                .config()
                .orElseThrow()
                .pairs()
                .getLast();
        assertThat(valve)
                .isEqualTo(PairConfig.of(
                        PairSettings.of("valve", Mode.WARM, "opc.tcp://g:4840", "opc.tcp://h:4840"), valve.members()));
    }

    @ParameterizedTest
    @EnumSource(SecurityChoice.class)
    @Requirement("ADD-8")
    void pairThatIsAddedByCommandHasThePolicyThatWasNamed(SecurityChoice policy) throws YamlTree.NotReadable {
        String added = new TextEdits()
                .edit(
                        TEXT,
                        new ConfigEdits.Edit.AddPair(
                                "valve", List.of("opc.tcp://g:4840", "opc.tcp://h:4840"), Mode.WARM, policy))
                .text();

        assertThat(ConfigReader.read(YamlTree.read(added), reference -> {
                            throw new SecretSource.SecretMissing(reference);
                        })
                        .config()
                        .orElseThrow()
                        .pairs()
                        .getLast()
                        .members())
                .hasSize(2)
                .allSatisfy(member ->
                        assertThat(((UaMemberConfig) member).security()).isEqualTo(policy));
    }

    static List<ConfigEdits.Edit> editsOfNoPair() {
        return List.of(
                new ConfigEdits.Edit.RemovePair("crane"),
                new ConfigEdits.Edit.SetAlias("crane", null),
                new ConfigEdits.Edit.SetAlias("crane", "other"),
                new ConfigEdits.Edit.RemoveAlias("crane"));
    }

    @ParameterizedTest
    @MethodSource("editsOfNoPair")
    void pairThatIsNotThereIsSaidSoWithThoseThatAre(ConfigEdits.Edit edit) {
        assertThatThrownBy(() -> new TextEdits().edit(TEXT, edit))
                .isInstanceOf(ConfigEdits.NoSuchPair.class)
                .hasMessage("There is no pair 'crane'. There are: boiler, pump, fan.Alias1.");
    }

    @Test
    void removedPairTakesItsOwnLinesAlong() throws Refused {
        assertThat(ConfigEditor.removePair(TEXT, "boiler")).isEqualTo(TEXT.replace("""
                  - name: boiler       # the old one
                    mode: hot
                    members: # in order of preference
                      - url: opc.tcp://a:4840
                      - {url: "opc.tcp://b:4840"}
                    # until the new one is there
                """, ""));
        assertThat(ConfigEditor.removePair(TEXT, "fan.Alias1"))
                .doesNotContain("lonely")
                .endsWith("\n\n\n# end\n");
    }

    @Test
    void whatIsAddedCanBeRemovedAgain() throws Refused {
        String added = ConfigEditor.addPair(TEXT, VALVE);

        assertThat(ConfigEditor.removePair(added, "VALVE").replace("\n\n\n", "\n\n"))
                .isEqualTo(TEXT);
    }

    @Test
    @Requirement(
            value = {"ALI-1", "ALI-3"},
            protocol = Protocol.UA)
    void aliasIsALineBelowTheName() throws Refused {
        assertThat(ConfigEditor.setAlias(TEXT, "boiler", "kettle"))
                .isEqualTo(TEXT.replace("# the old one\n", "# the old one\n    alias: kettle\n"));
        assertThat(ConfigEditor.setAlias(TEXT, "pump", "pump.Alias1"))
                .isEqualTo(TEXT.replace("    name: pump\n", "    name: pump\n    alias: pump.Alias1\n"));
    }

    @Test
    void anotherAliasTakesThePlaceOfTheFirstAndKeepsItsComment() throws Refused {
        assertThat(ConfigEditor.setAlias(TEXT, "fan.alias1", "blower"))
                .isEqualTo(TEXT.replace("'fan.Alias1'", "blower"));
    }

    @Test
    @Requirement(value = "UNA-1", protocol = Protocol.UA)
    void removedAliasTakesItsLineAlong() throws Refused {
        assertThat(ConfigEditor.removeAlias(TEXT, "fan.Alias1"))
                .isEqualTo(TEXT.replace("    alias: 'fan.Alias1' # shown to the trend\n", ""));
    }

    @Test
    void aliasBesideTheDashGivesItsPlaceToTheNextSetting() throws Refused {
        String text = "version: 1\npairs:\n- alias: x\n  name: y\n  members: []\n";

        assertThat(ConfigEditor.removeAlias(text, "x")).isEqualTo("version: 1\npairs:\n- name: y\n  members: []\n");
    }

    @Test
    void listMayBeEmptyBeforeAndAfter() throws Refused {
        String empty = "version: 1\npairs: [] # none yet\n";

        String one = ConfigEditor.addPair(empty, VALVE);
        assertThat(one).startsWith("version: 1\npairs: # none yet\n  - name: valve\n");
        assertThat(ConfigEditor.removePair(one, "valve")).isEqualTo(empty);
        assertThat(ConfigEditor.addPair("version: 1", VALVE)).startsWith("version: 1\npairs:\n  - name: valve\n");
    }

    @Test
    void windowsLineEndsStay() throws Refused {
        String text = TEXT.replace("\n", "\r\n");

        assertThat(ConfigEditor.setAlias(text, "boiler", "kettle"))
                .isEqualTo(text.replace("# the old one\r\n", "# the old one\r\n    alias: kettle\r\n"));
        assertThat(ConfigEditor.addPair(text, VALVE).replace("\r\n", "")).doesNotContain("\n");
    }

    @Test
    void lastLineMayLackItsEnd() throws Refused {
        String text = "version: 1\npairs:\n  - name: y\n    members: []";

        assertThat(ConfigEditor.addPair(text, VALVE)).startsWith(text + "\n  - name: valve\n");
        assertThat(ConfigEditor.setAlias("pairs:\n  - name: y", "y", "z"))
                .isEqualTo("pairs:\n  - name: y\n    alias: z\n");
    }

    /** A name that YAML would read as something else, and one that would break out of its line. */
    @ParameterizedTest
    @ValueSource(strings = {"true", "1", "null", "a b", "a: b", "a #b", "x\ny: 1", "\"q\"", "- x", "é"})
    void anyNameArrivesAsItWasGiven(String name) throws Refused {
        String text = ConfigEditor.addPair("version: 1\npairs: []\n", new NewPair(name, null, null, VALVE.members()));

        assertThat(ConfigEditor.names(text))
                .singleElement()
                .satisfies(n -> assertThat(n.original()).isEqualTo(name));
    }

    /** Layouts that a person may write and this does not change: refused, with the line, never damaged. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 1\npairs: [{name: y, members: []}]\n",
                "version: 1\npairs:\n  - {name: y, members: []}\n",
                "version: 1\n\"pairs\":\n  - name: y\n    \"alias\": x\n",
                "{version: 1, pairs: []}\n",
                "version: 1\npairs: nothing\n",
                "version: [\n",
                "- 1\n",
            })
    void layoutThatOnlyAPersonShouldChangeIsRefused(String text) {
        assertThatThrownBy(() -> ConfigEditor.setAlias(ConfigEditor.addPair(text, VALVE), "x", "z"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("by hand");
    }

    @Test
    void pairThatIsNotThereIsNamedBesideThoseThatAre() {
        assertThatThrownBy(() -> ConfigEditor.removePair(TEXT, "fan"))
                .isInstanceOf(Refused.class)
                .hasMessage("There is no pair 'fan'. There are: boiler, pump, fan.Alias1.");
    }

    // ---- the rules for aliases

    private final TextEdits edits = new TextEdits();

    @Test
    @Requirement(
            value = {"ALI-2", "ALI-1"},
            protocol = Protocol.UA)
    void aliasesAreNumberedByTheNextFreeOne() {
        String text = "version: 1\npairs: []\n";
        for (int i = 1; i <= 3; i++) {
            text = edits.edit(
                            text,
                            new ConfigEdits.Edit.AddPair(
                                    "tank", List.of("opc.tcp://a:1", "opc.tcp://b:1"), Mode.HOT, null))
                    .text();
            text = edits.edit(text, new ConfigEdits.Edit.SetAlias("tank", null)).text();
        }

        assertThat(text).contains("alias: tank.Alias1", "alias: tank.Alias2", "alias: tank.Alias3");
        assertThat(new ConfigStore(java.nio.file.Path.of("x"), java.nio.file.Path.of("x"), Map.of())
                        .check(text)
                        .config()
                        .orElseThrow()
                        .pairs())
                .extracting(p -> p.path())
                .containsExactly("/tank.Alias1", "/tank.Alias2", "/tank.Alias3");
    }

    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.UA)
    void secondPairOfANameWaitsForAnAlias() {
        assertThatThrownBy(() -> edits.edit(
                        TEXT,
                        new ConfigEdits.Edit.AddPair(
                                "Boiler", List.of("opc.tcp://a:1", "opc.tcp://b:1"), Mode.HOT, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A pair is published under 'Boiler' already. Give that one an alias first:"
                        + " tandem alias Boiler Boiler.Alias1");
    }

    @Test
    @Requirement(value = "UNA-2", protocol = Protocol.UA)
    void unaliasIsRefusedWhileTheOriginalNameIsInUse() throws Refused {
        String both = ConfigEditor.addPair(TEXT, new NewPair("fan", null, null, VALVE.members()));
        ConfigEdits.Edit unalias = new ConfigEdits.Edit.RemoveAlias("fan.Alias1");

        assertThatThrownBy(() -> edits.edit(both, unalias))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'fan.Alias1' cannot go back to its original name 'fan': another pair is published under it."
                                + " Remove that pair, or give it an alias.");
        String without =
                edits.edit(both, new ConfigEdits.Edit.RemovePair("fan")).text();
        assertThat(edits.edit(without, unalias).what()).isEqualTo("Pair 'fan.Alias1' is published as 'fan' again.");
    }

    @Test
    @Requirement(value = "UNA-1", protocol = Protocol.UA)
    void unaliasOfAPairWithoutAliasIsRefused() {
        assertThatThrownBy(() -> edits.edit(TEXT, new ConfigEdits.Edit.RemoveAlias("boiler")))
                .hasMessage("'boiler' has no alias.");
    }
}
