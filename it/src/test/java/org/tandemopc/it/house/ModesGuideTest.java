package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Who knows the manual finds its modes, and its advice on choosing one, in the guide. */
class ModesGuideTest {
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"MODE-ALL2"},
            protocol = Protocol.UA)
    void theGuideHasTheManualsTextOfEachModeAndSaysWhenToChooseIt(Mode mode) throws IOException {
        String guide = Files.readString(Modules.root().resolve("docs/guide/modes.md"));

        assertThat(guide).contains("| " + mode.label() + " |");
        String name = mode.label().substring(0, mode.label().indexOf(':'));
        assertThat(guide).containsPattern("(?m)^\\*\\*" + name + "\\*\\* (if|to) ");
    }

    /** The advice is the same; what the standby has, and what a switch needs, is not. */
    @ParameterizedTest
    @EnumSource
    @Requirement(value = "MODE-ALL2", protocol = Protocol.DA)
    void theGuideSaysWhatEachModeMeansForServersOfOpcDa(Mode mode) throws IOException {
        String guide = Files.readString(Modules.root().resolve("docs/guide/modes.md"));
        String name = mode.name().toLowerCase(Locale.ROOT);

        assertThat(guide.substring(guide.indexOf("\n## With OPC DA\n")))
                .containsPattern("(?m)^\\| " + name + " \\| [^|]+ \\| [^|]+ \\|$");
    }
}
