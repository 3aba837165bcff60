package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a name must be to be published as the ProgID of a pair of OPC DA (ALI-4). COM wants a ProgID to have at most 39 characters,
 * letters, digits and points, and no digit at its beginning; servers that people run break each of these rules, so only what nobody
 * could find, or what could not be written into a registry, is refused. Pure.
 */
public final class DaNames {
    /** COM's own limit; clients may have room for no more. */
    public static final int PROG_ID_MAX = 39;

    /** The registry of Windows takes no longer name of a key. */
    public static final int KEY_MAX = 255;

    private static final Pattern REFUSED = Pattern.compile("[<>&]");
    private static final Pattern IMPOSSIBLE = Pattern.compile("[\\\\/\\p{Cc}\\p{Cf}]|^\\s|\\s$");
    private static final Pattern USUAL = Pattern.compile("[A-Za-z0-9.]*");

    private static final String REMEDY =
            "Use at most %d letters, digits and points, beginning with a letter, as 'Plant.Server.1'."
                    .formatted(PROG_ID_MAX);

    private DaNames() {}

    /**
     * Something about a name or a class.
     *
     * @param severity an error: there is no pair of this identity
     * @param message what is wrong or doubtful, a sentence
     * @param remedy what to do about it, a sentence
     */
    public record Remark(ConfigProblem.Severity severity, String message, String remedy) {
        static Remark error(String message, String remedy) {
            return new Remark(ConfigProblem.Severity.ERROR, message, remedy);
        }

        static Remark warning(String message, String remedy) {
            return new Remark(ConfigProblem.Severity.WARNING, message, remedy);
        }

        public boolean isError() {
            return severity == ConfigProblem.Severity.ERROR;
        }
    }

    /**
     * One error, or warnings, or nothing. Whether another pair has the name is not looked at: names are unique for all protocols.
     *
     * @param name to be published: the alias where there is one
     */
    public static List<Remark> remarks(String name) {
        Optional<String> why = whyNot(name);
        return why.isPresent()
                ? List.of(Remark.error("'%s' cannot be used as a ProgID: %s.".formatted(name, why.get()), REMEDY))
                : doubts(name);
    }

    private static Optional<String> whyNot(String name) {
        if (name.isBlank()) {
            return Optional.of("it is empty");
        }
        if (REFUSED.matcher(name).find()) {
            return Optional.of("it has one of < > & in it");
        }
        if (IMPOSSIBLE.matcher(name).find()) {
            return Optional.of("it has a slash or control character in it, or a blank at an end, and no registry of a"
                    + " client can have it");
        }
        return name.length() > KEY_MAX
                ? Optional.of("it has %d characters, and no registry of a client has more than %d"
                        .formatted(name.length(), KEY_MAX))
                : Optional.empty();
    }

    private static List<Remark> doubts(String name) {
        List<Remark> doubts = new ArrayList<>();
        if (name.length() > PROG_ID_MAX) {
            doubts.add(Remark.warning(
                    "The ProgID '%s' has %d characters; COM allows %d, and some clients cut it off or refuse it."
                            .formatted(name, name.length(), PROG_ID_MAX),
                    "Use a shorter name, or an alias."));
        }
        if (!USUAL.matcher(name).matches() || Character.isDigit(name.charAt(0))) {
            doubts.add(Remark.warning(
                    "The ProgID '%s' is not as COM wants it, and some clients may refuse it.".formatted(name), REMEDY));
        }
        return List.copyOf(doubts);
    }
}
