package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a setting within its section, as {@code mode}, {@code members[0].url} or {@code monitor.items[2].trigger}. An
 * immutable value; any thread.
 *
 * @param steps from the section inwards; empty is the section itself
 */
record SettingPath(List<Step> steps) {
    private static final int CHARS_MAX = 300;
    private static final int STEPS_MAX = 15;
    private static final Pattern PART = Pattern.compile("([A-Za-z][A-Za-z0-9_-]{0,63})((?:\\[[0-9]{1,4}])*)");
    private static final Pattern INDEX = Pattern.compile("\\[([0-9]+)]");

    /** One step inwards. */
    sealed interface Step {
        record Key(String name) implements Step {}

        /** @param index counted from 0 */
        record Item(int index) implements Step {}
    }

    SettingPath {
        steps = List.copyOf(steps);
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static SettingPath of(String text) {
        List<Step> steps = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String part : text.length() > CHARS_MAX ? new String[] {""} : text.split("\\.", -1)) {
                Matcher matcher = PART.matcher(part);
                if (!matcher.matches()) {
                    throw new IllegalArgumentException(
                            "A path is written as mode, members[0].url or monitor.items[2].trigger, at most %d characters."
                                    .formatted(CHARS_MAX));
                }
                steps.add(new Step.Key(matcher.group(1)));
                INDEX.matcher(matcher.group(2))
                        .results()
                        .forEach(index -> steps.add(new Step.Item(Integer.parseInt(index.group(1)))));
            }
        }
        if (steps.size() > STEPS_MAX) {
            throw new IllegalArgumentException("A path has at most %d steps.".formatted(STEPS_MAX));
        }
        return new SettingPath(steps);
    }

    SettingPath key(String name) {
        return then(new Step.Key(name));
    }

    SettingPath item(int index) {
        return then(new Step.Item(index));
    }

    SettingPath then(SettingPath inner) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(inner.steps);
        return new SettingPath(all);
    }

    /** Without its last step. */
    SettingPath outer() {
        return new SettingPath(steps.subList(0, steps.size() - 1));
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    private SettingPath then(Step step) {
        List<Step> all = new ArrayList<>(steps);
        all.add(step);
        return new SettingPath(all);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            switch (step) {
                case Step.Key key -> text.append(text.isEmpty() ? "" : ".").append(key.name());
                case Step.Item item -> text.append('[').append(item.index()).append(']');
            }
        }
        return text.toString();
    }
}
