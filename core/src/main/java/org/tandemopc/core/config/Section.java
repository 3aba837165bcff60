package org.tandemopc.core.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file while it is read: each setting is taken once, with its default, and what was not taken at
 * the end is an unknown key. A setting that is wrong is reported and its default taken, so that reading goes on.
 */
final class Section {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private final String path;
    private final int line;
    private final List<ConfigNode.Entry> entries;
    private final Problems problems;
    private final Set<String> taken = new HashSet<>();

    private Section(String path, int line, List<ConfigNode.Entry> entries, Problems problems) {
        this.path = path;
        this.line = line;
        this.entries = entries;
        this.problems = problems;
    }

    /** A node that must be a mapping; anything else is reported and read as an empty one. */
    static Section of(ConfigNode node, String path, Problems problems) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return new Section(path, mapping.line(), mapping.entries(), problems);
        }
        problems.error(path, node.line(), "Settings are expected here.", "Write them as 'key: value', one per line.");
        return new Section(path, node.line(), List.of(), problems);
    }

    String path() {
        return path;
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    int line() {
        return line;
    }

    int line(String key) {
        return find(key).map(ConfigNode.Entry::line).orElse(line);
    }

    /** Reports every key that nobody took, and keys given twice. Called last. */
    void end() {
        Set<String> seen = new HashSet<>();
        for (ConfigNode.Entry entry : entries) {
            if (!taken.contains(entry.key())) {
                problems.error(
                        path(entry.key()),
                        entry.line(),
                        "There is no such setting.",
                        "Known here: %s.".formatted(taken.stream().sorted().collect(Collectors.joining(", "))));
            } else if (!seen.add(entry.key())) {
                problems.error(path(entry.key()), entry.line(), "This setting is given twice.", "Remove one of them.");
            }
        }
    }

    /** A setting that has no meaning beside the others; reported if it is there. */
    void unfit(String key, String why, String remedy) {
        if (node(key).isPresent()) {
            problems.error(path(key), line(key), why, remedy);
        }
    }

    Optional<ConfigNode> node(String key) {
        taken.add(key);
        return find(key).map(ConfigNode.Entry::value);
    }

    /** The items of a list; a missing or wrong one is reported and empty. */
    List<ConfigNode> items(String key, String remedy) {
        Optional<ConfigNode> node = node(key);
        if (node.isEmpty()) {
            problems.error(path(key), line, "This list is missing.", remedy);
            return List.of();
        }
        if (node.get() instanceof ConfigNode.Sequence sequence) {
            return sequence.items();
        }
        problems.error(path(key), node.get().line(), "A list is expected here.", remedy);
        return List.of();
    }

    /** A text, or null when it is not there or empty. */
    @Nullable
    String text(String key) {
        ConfigNode node = node(key).orElse(null);
        if (node == null) {
            return null;
        }
        if (node instanceof ConfigNode.Scalar scalar) {
            String text = scalar.text();
            return text == null || text.isBlank() ? null : text;
        }
        problems.error(path(key), node.line(), "A single value is expected here.", "Write '%s: value'.".formatted(key));
        return null;
    }

    String required(String key, String remedy) {
        boolean there = find(key).isPresent();
        String text = text(key);
        if (text == null && (!there || isScalar(key))) {
            problems.error(path(key), line(key), "This setting is missing.", remedy);
        }
        return text == null ? "" : text;
    }

    boolean flag(String key, boolean whenMissing) {
        String text = text(key);
        if (text == null) {
            return whenMissing;
        }
        if (!text.equals("true") && !text.equals("false")) {
            problems.error(
                    path(key), line(key), "'%s' is neither true nor false.".formatted(text), "Write true or false.");
        }
        return text.equals("true");
    }

    <E extends Enum<E>> E choice(String key, E whenMissing, Function<E, String> spelling) {
        String text = text(key);
        return text == null ? whenMissing : choice(path(key), line(key), text, whenMissing, spelling);
    }

    <E extends Enum<E>> E choice(String at, int atLine, String text, E otherwise, Function<E, String> spelling) {
        E[] all = otherwise.getDeclaringClass().getEnumConstants();
        for (E value : all) {
            if (spelling.apply(value).equals(text)) {
                return value;
            }
        }
        problems.error(
                at,
                atLine,
                "'%s' is not known here.".formatted(text),
                "Write one of: %s.".formatted(Arrays.stream(all).map(spelling).collect(Collectors.joining(", "))));
        return otherwise;
    }

    /** One or several of the choices, each once, in the order written; never empty. */
    <E extends Enum<E>> List<E> choices(String key, List<E> whenMissing, Function<E, String> spelling) {
        ConfigNode node = node(key).orElse(null);
        if (node == null) {
            return whenMissing;
        }
        List<ConfigNode> items = node instanceof ConfigNode.Sequence list ? list.items() : List.of(node);
        Set<E> chosen = new LinkedHashSet<>();
        for (ConfigNode item : items) {
            String text = item instanceof ConfigNode.Scalar scalar ? scalar.text() : null;
            chosen.add(choice(path(key), item.line(), text == null ? "" : text, whenMissing.getFirst(), spelling));
        }
        if (chosen.isEmpty()) {
            problems.error(
                    path(key),
                    node.line(),
                    "This list is empty.",
                    "Write [%s], or leave the setting out.".formatted(spelling.apply(whenMissing.getFirst())));
            return whenMissing;
        }
        return List.copyOf(chosen);
    }

    /** A whole number within bounds (both included). */
    int number(String key, int whenMissing, int least, int most) {
        String text = text(key);
        if (text == null) {
            return whenMissing;
        }
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            problems.error(
                    path(key),
                    line(key),
                    "'%s' is not a number from %d to %d.".formatted(text, least, most),
                    "Write a whole number from %d to %d.".formatted(least, most));
            return whenMissing;
        }
        return Integer.parseInt(text);
    }

    /** A duration with its unit, within bounds (both included). */
    Duration duration(String key, Duration whenMissing, Duration least, Duration most) {
        String text = text(key);
        if (text == null) {
            return whenMissing;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            problems.error(
                    path(key),
                    line(key),
                    "'%s' is not a duration.".formatted(text),
                    "Write a whole number and its unit, as 2500ms, 5s, 10m or 1h.");
            return whenMissing;
        }
        long number = Long.parseLong(matcher.group(1));
        Duration value = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            problems.error(
                    path(key),
                    line(key),
                    "%s is out of range.".formatted(text),
                    "Write %d ms to %d ms.".formatted(least.toMillis(), most.toMillis()));
            return whenMissing;
        }
        return value;
    }

    private boolean isScalar(String key) {
        return find(key).map(e -> e.value() instanceof ConfigNode.Scalar).orElse(false);
    }

    private Optional<ConfigNode.Entry> find(String key) {
        return entries.stream().filter(e -> e.key().equals(key)).findFirst();
    }
}
