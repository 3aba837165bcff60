package org.tandemopc.service;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.core.config.ConfigNames;
import org.tandemopc.service.ConfigEdits.Edit;
import org.tandemopc.service.ConfigEdits.NoSuchPair;
import org.tandemopc.service.SettingPath.Step;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the changes of a draft, one after the other, in the text of a configuration; comments and layout of everything else
 * stay. A secret that the draft shows as hidden ({@link HiddenSecrets}) stays the one that is written there. Pure; any thread.
 */
public final class TextChanges {
    /** In one draft. */
    public static final int MOST = 1_000;

    private static final Set<String> DOORS = Set.of("opcua", "opcda", "rest");
    private static final TextEdits EDITS = new TextEdits();

    private TextChanges() {}

    /** One change cannot be made; the text is left alone. The message is a sentence for people. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final int index;
        private final boolean isNoSuchPair;

        Refused(int index, IllegalArgumentException why) {
            super(why.getMessage(), why);
            this.index = index;
            this.isNoSuchPair = why instanceof NoSuchPair;
        }

        /** Which change, counted from 0. */
        public int index() {
            return index;
        }

        public boolean isNoSuchPair() {
            return isNoSuchPair;
        }
    }

    /** @throws Refused with the first change that cannot be made */
    public static String make(String text, List<TextChange> changes) throws Refused {
        String changed = text;
        for (int i = 0; i < changes.size(); i++) {
            try {
                changed = make(changed, changes.get(i));
            } catch (IllegalArgumentException e) {
                throw new Refused(i, e);
            }
        }
        return changed;
    }

    private static String make(String text, TextChange change) {
        return switch (change) {
            case TextChange.SetSetting set -> set(text, pathOf(text, set), set.value());
            case TextChange.SetDoor set -> set(text, pathOf(set), set.value());
            case TextChange.AddPair(JsonNode settings) -> add(text, settings);
            case TextChange.RemovePair(String pair) ->
                EDITS.edit(text, new Edit.RemovePair(pair)).text();
            case TextChange.SetAlias(String pair, String alias) ->
                EDITS.edit(text, new Edit.SetAlias(pair, alias)).text();
            case TextChange.RemoveAlias(String pair) ->
                EDITS.edit(text, new Edit.RemoveAlias(pair)).text();
        };
    }

    private static String set(String text, SettingPath path, JsonNode value) {
        return SettingEditor.set(text, path, HiddenSecrets.revealed(SettingTree.of(text), path, value));
    }

    private static SettingPath pathOf(String text, TextChange.SetSetting set) {
        SettingPath path = SettingPath.of(set.path());
        if (path.isEmpty()) {
            throw new IllegalArgumentException("Name the setting of the pair.");
        }
        if (path.steps().getFirst().equals(new Step.Key("alias"))) {
            throw new IllegalArgumentException("An alias is changed with set-alias and remove-alias.");
        }
        return pairs().item(indexOf(text, set.pair())).then(path);
    }

    private static SettingPath pathOf(TextChange.SetDoor set) {
        if (!DOORS.contains(set.door())) {
            throw new IllegalArgumentException("'door' is one of opcua, opcda and rest.");
        }
        return new SettingPath(List.of(new Step.Key(set.door()))).then(SettingPath.of(set.path()));
    }

    private static SettingPath pairs() {
        return new SettingPath(List.of(new Step.Key("pairs")));
    }

    private static int indexOf(String text, String pair) {
        List<String> names = published(text);
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(pair)) {
                return i;
            }
        }
        throw new NoSuchPair("There is no pair '%s'. There are: %s.".formatted(pair, String.join(", ", names)));
    }

    /** The published names of a text's pairs, in its order. @throws IllegalArgumentException not a configuration */
    static List<String> published(String text) {
        JsonNode pairs = SettingTree.of(text).path("pairs");
        return pairs.values().stream().map(TextChanges::publishedName).toList();
    }

    private static String publishedName(JsonNode pair) {
        String alias = pair.path("alias").asString("");
        return alias.isBlank() ? pair.path("name").asString("") : alias;
    }

    /** ADD-5: a second pair of a name has to wait until one of them has an alias. */
    private static String add(String text, JsonNode settings) {
        if (!(settings instanceof ObjectNode) || !settings.path("name").isString()) {
            throw new IllegalArgumentException("A pair that is added has settings, with a text 'name' among them.");
        }
        List<String> names = published(text);
        String name = publishedName(settings);
        Optional<String> taken = names.stream().filter(name::equalsIgnoreCase).findFirst();
        if (taken.isPresent()) {
            throw new IllegalArgumentException(
                    "A pair is published under '%s' already. Give that one an alias first, as %s."
                            .formatted(taken.get(), ConfigNames.nextAlias(taken.get(), names)));
        }
        return set(text, pairs().item(names.size()), settings);
    }

    /** Where a problem is. @param pair empty: outside of pairs, and the path is that in the whole text */
    public record Place(String pair, String path) {}

    /**
     * Says places in a whole text, as {@code pairs[1].members[0].url}, as those of a pair.
     *
     * @param names published names of the text's pairs, in its order
     */
    public record Places(List<String> names) {
        private static final Pattern OF_A_PAIR = Pattern.compile("pairs\\[([0-9]{1,4})]\\.?(.*)", Pattern.DOTALL);

        public Places {
            names = List.copyOf(names);
        }

        public Place of(String path) {
            Matcher matcher = OF_A_PAIR.matcher(path);
            if (matcher.matches()) {
                int index = Integer.parseInt(matcher.group(1));
                if (index < names.size()) {
                    return new Place(names.get(index), matcher.group(2));
                }
            }
            return new Place("", path);
        }
    }

    /** Of a text that may be no configuration: then no place is one of a pair. */
    public static Places places(String text) {
        try {
            return new Places(published(text));
        } catch (IllegalArgumentException e) {
            return new Places(List.of());
        }
    }
}
