package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference/commands.md says of each command what the command says of itself. */
class CommandsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "commands.md");
    private static final String BEGIN = "<!-- commands -->\n";
    private static final String END = "<!-- end of commands -->\n";

    @Test
    void pageAndTableOfCommandsAgree() throws IOException {
        String page = Files.readString(PAGE);
        String expected = commands();
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "commands.md"), expected);

        assertThat(page).contains(BEGIN, END);
        assertThat(page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END)))
                .as("what it should be is in app/target/commands.md")
                .isEqualTo(expected);
        assertThat(page)
                .contains(Help.EXIT_CODES.substring("Exit codes: ".length()).split(", ")[0]);
    }

    private static String commands() {
        StringBuilder text = new StringBuilder();
        for (CommandSpec command : CommandTable.ofTandem().specs()) {
            text.append("\n## tandem ").append(command.name()).append("\n\n");
            text.append("    ").append(command.usage()).append("\n\n");
            text.append(Character.toUpperCase(command.summary().charAt(0)))
                    .append(command.summary().substring(1))
                    .append(".\n\n");
            text.append(command.details()).append("\n\n");
            text.append("| option | |\n|--|--|\n");
            for (Option option : command.options()) {
                text.append("| `")
                        .append(option.usage())
                        .append("` | ")
                        .append(option.help())
                        .append(" |\n");
            }
        }
        return text.append('\n').toString();
    }
}
