package org.tandemopc.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A command line, taken apart. */
public final class Arguments {
    /** The command line is wrong; the message is for people. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        public UsageException(String message) {
            super(message);
        }
    }

    private final List<String> words = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();

    /**
     * @param withValue options that take a value, as {@code --config}
     * @param withoutValue options that do not
     */
    public static Arguments parse(List<String> line, Set<String> withValue, Set<String> withoutValue)
            throws UsageException {
        Arguments arguments = new Arguments();
        for (int i = 0; i < line.size(); i++) {
            String word = line.get(i);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String name = equals > 0 ? word.substring(0, equals) : word;
            if (word.isEmpty()) {
                throw new UsageException("An empty word is not understood here: is a variable not set?");
            } else if (!word.startsWith("-")) {
                arguments.words.add(word);
            } else if (withoutValue.contains(word)) {
                arguments.flags.add(word);
            } else if (withoutValue.contains(name)) {
                throw new UsageException("The option " + name + " takes no value.");
            } else if (!withValue.contains(name)) {
                throw new UsageException(unknown(name, withValue, withoutValue));
            } else if (equals > 0) {
                arguments.take(name, word.substring(equals + 1));
            } else if (i + 1 == line.size()) {
                throw needsAValue(name);
            } else {
                i++;
                arguments.take(name, line.get(i));
            }
        }
        return arguments;
    }

    /** An empty one is that of a script whose variable was never set: the present folder would be a data folder. */
    private void take(String option, String value) throws UsageException {
        if (value.isEmpty()) {
            throw needsAValue(option);
        }
        values.put(option, value);
    }

    private static UsageException needsAValue(String option) {
        return new UsageException("The option " + option + " needs a value.");
    }

    private static String unknown(String name, Set<String> withValue, Set<String> withoutValue) {
        List<String> known = new ArrayList<>(withValue);
        known.addAll(withoutValue);
        return "There is no option " + name + " here."
                + Nearest.of(name, known)
                        .map(nearest -> " Did you mean " + nearest + "?")
                        .orElse("");
    }

    /** The words beside the options, in their order. */
    public List<String> words() {
        return List.copyOf(words);
    }

    /** The word at this place, if it is there. */
    public Optional<String> word(int place) {
        return place < words.size() ? Optional.of(words.get(place)) : Optional.empty();
    }

    /** @param most words that the command understands */
    public void atMost(int most) throws UsageException {
        if (words.size() > most) {
            throw new UsageException("'" + words.get(most) + "' is not understood here.");
        }
    }

    public Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }

    /** The one word beside the options. */
    public String onlyWord(String what) throws UsageException {
        if (words.size() != 1) {
            throw new UsageException("Name " + what + ".");
        }
        return words.getFirst();
    }

    public void noWords() throws UsageException {
        if (!words.isEmpty()) {
            throw new UsageException("'" + words.getFirst() + "' is not understood here.");
        }
    }

    public String value(String option, String whenMissing) {
        return values.getOrDefault(option, whenMissing);
    }

    public boolean has(String flag) {
        return flags.contains(flag);
    }
}
