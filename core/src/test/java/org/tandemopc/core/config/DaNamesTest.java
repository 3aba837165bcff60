package org.tandemopc.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.DaNames.Remark;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class DaNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Plant<1     | it has one of < > & in it",
                "Plant>1     | it has one of < > & in it",
                "Plant&1     | it has one of < > & in it",
                "''          | it is empty",
                "'  '        | it is empty",
                "Plant\\1    | slash",
                "Plant/1     | slash",
                "'Plant '    | blank at an end",
                "'Pl\u202ent' | control character",
                "'Pl\u0007t' | control character",
            })
    @Requirement(value = "ALI-4", protocol = Protocol.DA)
    void whatNoClientCouldFindIsRefused(String name, String why) {
        assertThat(DaNames.remarks(name)).singleElement().satisfies(remark -> {
            assertThat(remark.isError()).isTrue();
            assertThat(remark.message()).startsWith("'" + name + "' cannot be used as a ProgID: ");
            assertThat(remark.message()).contains(why);
            assertThat(remark.remedy()).contains("39 letters, digits and points");
        });
    }

    /** Servers of makers are called so. */
    @ParameterizedTest
    @ValueSource(strings = {"Maker OPC Server", "Maker-Aut.OFS.2", "3Maker.Server", "Maker_Server.1", "Süd.1"})
    @Requirement(value = "ALI-4", protocol = Protocol.DA)
    void whatBreaksTheRuleOfComIsDoubtful(String name) {
        assertThat(DaNames.remarks(name)).singleElement().satisfies(remark -> {
            assertThat(remark.isError()).isFalse();
            assertThat(remark.message()).contains("'" + name + "' is not as COM wants it");
        });
    }

    @Test
    @Requirement(value = "ALI-4", protocol = Protocol.DA)
    void whatIsLongerThanAProgIdIsDoubtfulAndWhatIsLongerThanAKeyIsRefused() {
        assertThat(DaNames.remarks("P".repeat(39))).isEmpty();
        assertThat(DaNames.remarks("P".repeat(40))).singleElement().satisfies(remark -> {
            assertThat(remark.isError()).isFalse();
            assertThat(remark.message()).contains("has 40 characters; COM allows 39");
        });
        assertThat(DaNames.remarks("P".repeat(255))).noneMatch(Remark::isError);
        assertThat(DaNames.remarks("P".repeat(256))).singleElement().matches(Remark::isError);
        assertThat(DaNames.remarks("-".repeat(40))).hasSize(2);
    }

    /** The suggestion is made by the code that makes it for all protocols, and is a good name. */
    @Test
    @Requirement(
            value = {"ALI-2", "ALI-3"},
            protocol = Protocol.DA)
    void suggestedAliasesAreNumberedAndGoodProgIds() {
        String first = ConfigNames.nextAlias("Plant.Server.1", List.of("Plant.Server.1"));
        String second = ConfigNames.nextAlias("Plant.Server.1", List.of("Plant.Server.1", "plant.server.1.ALIAS1"));

        assertThat(List.of(first, second)).containsExactly("Plant.Server.1.Alias1", "Plant.Server.1.Alias2");
        assertThat(DaNames.remarks(first)).isEmpty();
        assertThat(DaNames.remarks("Any.Other.Name")).isEmpty();
    }

    @Test
    @Requirement(value = "UNA-2", protocol = Protocol.DA)
    void anAliasStaysWhileAnotherPairHasTheProgId() {
        assertThat(ConfigNames.whyNotUnalias("Plant.Server.1", "Plant.Server.1.Alias1", List.of("PLANT.Server.1")))
                .hasValueSatisfying(why -> assertThat(why).contains("another pair is published under it"));
        assertThat(ConfigNames.whyNotUnalias("Plant.Server.1", "Plant.Server.1.Alias1", List.of("Plant.Server.2")))
                .isEmpty();
    }
}
