package org.tandemopc.app.command;

import java.io.PrintStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command prints: what was asked for to {@code out}, what else there is to say to {@code err}. Text that came from
 * elsewhere (names of clients, records) is printed so that it can move no cursor and pretend nothing.
 *
 * @param isTerminal a person looks at {@code out}
 * @param hasColour and colours are welcome
 */
public record Console(PrintStream out, PrintStream err, boolean isTerminal, boolean hasColour) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String RESET = "\u001b[0m";

    /** How a word is meant. */
    enum Tone {
        GOOD("\u001b[32m"),
        DOUBTFUL("\u001b[33m"),
        BAD("\u001b[31m");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /** Of this process; colours only for a person who has not asked for none (no-color.org). */
    public static Console ofProcess(Map<String, String> environment) {
        java.io.Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        boolean colour = terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Console(System.out, System.err, terminal, colour);
    }

    /** Nobody reads what is printed any more, as after {@code | head}; also sees to it that the rest is there. */
    boolean isClosed() {
        return out.checkError();
    }

    void line(String text) {
        out.println(text);
    }

    /** One value for programs, in one line. */
    public void json(JsonNode node) {
        out.println(MAPPER.writeValueAsString(node));
    }

    String toned(Tone tone, String text) {
        return hasColour ? tone.code + text + RESET : text;
    }
}
