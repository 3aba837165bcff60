package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.command.Option.Values;

/**
 * What there is to know of a command before it runs: help, completion and the documents are made of it.
 *
 * @param words as in the usage line, as {@code PAIR [MEMBER]}
 * @param places what each word is, for completion
 * @param summary one line
 * @param details sentences for its help
 */
public record CommandSpec(
        String name, String words, List<Values> places, List<Option> options, String summary, String details) {
    public CommandSpec {
        places = List.copyOf(places);
        List<Option> all = new ArrayList<>(options);
        all.add(Option.HELP);
        options = List.copyOf(all);
    }

    Arguments parse(List<String> line) throws UsageException {
        return Arguments.parse(line, names(true), names(false));
    }

    private Set<String> names(boolean withValue) {
        return options.stream()
                .filter(option -> option.hasValue() == withValue)
                .map(Option::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    String usage() {
        StringBuilder text = new StringBuilder("tandem ").append(name);
        if (!words.isEmpty()) {
            text.append(' ').append(words);
        }
        for (Option option : options) {
            if (!option.equals(Option.HELP)) {
                text.append(" [").append(option.usage()).append(']');
            }
        }
        return text.toString();
    }
}
