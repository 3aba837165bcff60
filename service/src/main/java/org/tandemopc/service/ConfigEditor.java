package org.tandemopc.service;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small changes to the text of a configuration that leave everything else byte for byte as a person wrote it: comments,
 * order, blank lines, quotes. It works with the lines that the tree knows, and compares the tree of the result with the
 * one that was meant; a text whose layout it does not understand is refused, never damaged. Pure; whether the result is
 * a good configuration is for {@link ConfigStore#check} to say.
 */
public final class ConfigEditor {
    private static final String PAIRS = "pairs";
    private static final String NAME = "name";
    private static final String ALIAS = "alias";
    private static final Pattern LINES = Pattern.compile("[^\\n]*\\n|[^\\n]+");
    private static final Pattern DASH = Pattern.compile("( *)-(?: +.*|)");
    private static final Pattern PAIRS_LINE = Pattern.compile("pairs *:( *\\[ *])?( *| +#.*)");
    private static final Pattern ALIAS_LINE = Pattern.compile("( *(?:- +)?alias *:)(.*?)( *| +#.*)");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.:/~%-]*[A-Za-z0-9_/~-]|[A-Za-z]");
    /** Read as what it is written as. */
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private static final Set<String> RESERVED = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<String> lines = new ArrayList<>();
    private final String lineEnd;
    private final ConfigNode.Mapping root;
    private final @Nullable ConfigNode pairs;

    private ConfigEditor(String text) throws Refused {
        Matcher each = LINES.matcher(text);
        while (each.find()) {
            lines.add(each.group());
        }
        lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
        if (!(tree(text) instanceof ConfigNode.Mapping mapping)) {
            throw new Refused("The configuration is not a list of settings. Correct it by hand first.");
        }
        root = mapping;
        pairs = value(root, PAIRS);
    }

    /** The text was left alone. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param message sentences for people: why, and what to do */
        Refused(String message) {
            super(message);
        }
    }

    /**
     * A pair to be added; what is not given is left to the defaults.
     *
     * @param mode as spelled in the file
     */
    public record NewPair(
            String name, @Nullable String alias, @Nullable String mode, List<? extends NewMemberSettings> members) {
        public NewPair {
            members = List.copyOf(members);
        }
    }

    /**
     * @param security a policy as spelled in the file
     * @param trust as spelled in the file
     */
    public record NewMember(
            String url, @Nullable String security, @Nullable String trust) implements NewMemberSettings {
        @Override
        public Map<String, Optional<String>> settings() {
            Map<String, Optional<String>> all = new LinkedHashMap<>();
            all.put("url", Optional.of(url));
            all.put("security", Optional.ofNullable(security));
            all.put("trust", Optional.ofNullable(trust));
            return all;
        }
    }

    /** With the pair behind the last one. */
    public static String addPair(String text, NewPair pair) throws Refused {
        return new ConfigEditor(text).add(pair);
    }

    /** Without the pair and the comments within it; comments above it stay. @param published its name or alias */
    public static String removePair(String text, String published) throws Refused {
        return new ConfigEditor(text).remove(published);
    }

    /** With the pair published under another name. @param published its name or present alias */
    public static String setAlias(String text, String published, String alias) throws Refused {
        return new ConfigEditor(text).alias(published, alias);
    }

    /** With the pair published under its original name. @param published its alias */
    public static String removeAlias(String text, String published) throws Refused {
        return new ConfigEditor(text).unalias(published);
    }

    /**
     * How a pair of the text is called.
     *
     * @param published the alias where there is one, else the original name
     */
    public record PairNames(String original, String published) {}

    /** All pairs of the text, in its order. */
    public static List<PairNames> names(String text) throws Refused {
        List<PairNames> names = new ArrayList<>();
        for (Item item : new ConfigEditor(text).items()) {
            names.add(new PairNames(String.valueOf(text(item.node(), NAME)), published(item.node())));
        }
        return names;
    }

    // ---- the edits

    /** The lines of one pair, counted from 0, both included. */
    private record Item(int first, int last, int dashColumn, ConfigNode.Mapping node) {}

    private String add(NewPair pair) throws Refused {
        List<Item> items = items();
        int column = items.isEmpty() ? 2 : items.getLast().dashColumn();
        int at = items.isEmpty() ? openList() : items.getLast().last() + 1;
        endLine(at - 1);
        List<String> added = new ArrayList<>();
        if (items.size() > 1 && isBlank(lines.get(items.getLast().first() - 1))) {
            added.add("");
        }
        added.addAll(yaml(pair, " ".repeat(column)));
        for (int i = 0; i < added.size(); i++) {
            lines.add(at + i, added.get(i) + lineEnd);
        }
        List<String> expected = shapes(items);
        expected.add(shape(
                tree(String.join("\n", yaml(pair, ""))) instanceof ConfigNode.Sequence one
                        ? one.items().getFirst()
                        : root));
        return verified(expected);
    }

    /** @return where the first item goes */
    private int openList() throws Refused {
        Optional<ConfigNode.Entry> entry = entry(root, PAIRS);
        if (entry.isEmpty()) {
            endLine(lines.size() - 1);
            lines.add(PAIRS + ":" + lineEnd);
            return lines.size();
        }
        int line = entry.get().line() - 1;
        Matcher matcher = PAIRS_LINE.matcher(content(line));
        if (!matcher.matches()) {
            throw unknownLayout(line);
        }
        replace(line, PAIRS + ":" + matcher.group(2));
        return line + 1;
    }

    private String remove(String published) throws Refused {
        List<Item> items = items();
        Item item = find(items, published);
        List<String> expected = shapes(items);
        expected.remove(items.indexOf(item));
        lines.subList(item.first(), item.last() + 1).clear();
        if (items.size() == 1) {
            int line = entry(root, PAIRS).orElseThrow().line() - 1;
            Matcher matcher = PAIRS_LINE.matcher(content(line));
            if (!matcher.matches()) {
                throw unknownLayout(line);
            }
            replace(line, PAIRS + ": []" + matcher.group(2));
        }
        return verified(expected);
    }

    private String alias(String published, String alias) throws Refused {
        List<Item> items = items();
        Item item = find(items, published);
        Optional<ConfigNode.Entry> present = entry(item.node(), ALIAS);
        List<String> expected = shapes(items);
        expected.set(items.indexOf(item), shape(withAlias(item.node(), alias)));
        if (present.isPresent()) {
            int line = present.get().line() - 1;
            Matcher matcher = ALIAS_LINE.matcher(content(line));
            if (!matcher.matches()) {
                throw unknownLayout(line);
            }
            replace(line, matcher.group(1) + " " + scalar(alias) + matcher.group(3));
        } else {
            int line = entry(item.node(), NAME)
                            .orElseThrow(() -> new Refused("The pair has no name. Correct it by hand first."))
                            .line()
                    - 1;
            endLine(line);
            lines.add(line + 1, " ".repeat(keyColumn(line)) + ALIAS + ": " + scalar(alias) + lineEnd);
        }
        return verified(expected);
    }

    private String unalias(String published) throws Refused {
        List<Item> items = items();
        Item item = find(items, published);
        ConfigNode.Entry present =
                entry(item.node(), ALIAS).orElseThrow(() -> new Refused("'%s' has no alias.".formatted(published)));
        List<String> expected = shapes(items);
        expected.set(items.indexOf(item), shape(withAlias(item.node(), null)));
        int line = present.line() - 1;
        if (line == item.first()) {
            int next = item.node().entries().stream()
                    .mapToInt(e -> e.line() - 1)
                    .filter(l -> l > line)
                    .min()
                    .orElseThrow(() -> unknownLayout(line));
            StringBuilder moved = new StringBuilder(lines.get(next));
            moved.setCharAt(item.dashColumn(), '-');
            lines.set(next, moved.toString());
        }
        lines.remove(line);
        return verified(expected);
    }

    // ---- the layout

    /** The pairs of the file with their lines. */
    private List<Item> items() throws Refused {
        if (pairs == null || (pairs instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
            return List.of();
        }
        if (!(pairs instanceof ConfigNode.Sequence sequence)) {
            throw unknownLayout(pairs.line() - 1);
        }
        List<ConfigNode> nodes = sequence.items();
        List<Integer> firsts = new ArrayList<>();
        for (ConfigNode node : nodes) {
            firsts.add(dashLine(node.line() - 1));
        }
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            int first = firsts.get(i);
            int column = content(first).indexOf('-');
            if (!(nodes.get(i) instanceof ConfigNode.Mapping mapping)) {
                throw unknownLayout(first);
            }
            int end = i + 1 < nodes.size() ? firsts.get(i + 1) : endOfBlock(first, column);
            items.add(new Item(first, lastLine(first, end, column), column, mapping));
        }
        return items;
    }

    /** The line with the dash of an item whose first setting is on this line. */
    private int dashLine(int line) throws Refused {
        for (int i = line; i >= 0; i--) {
            Matcher matcher = DASH.matcher(content(i));
            if (matcher.matches()
                    && !content(i).substring(matcher.end(1) + 1).strip().startsWith("{")) {
                return i;
            }
            if (i < line && !isBlank(lines.get(i)) && !isComment(i)) {
                break;
            }
        }
        throw unknownLayout(line);
    }

    private int endOfBlock(int first, int column) {
        for (int i = first + 1; i < lines.size(); i++) {
            if (!isBlank(lines.get(i)) && !isComment(i) && indent(i) <= column) {
                return i;
            }
        }
        return lines.size();
    }

    /** Blank lines, and comments that are not further in than the dash, belong to what follows. */
    private int lastLine(int first, int end, int column) {
        int last = end - 1;
        while (last > first && (isBlank(lines.get(last)) || (isComment(last) && indent(last) <= column))) {
            last--;
        }
        return last;
    }

    private int keyColumn(int line) {
        Matcher matcher = DASH.matcher(content(line));
        int from = matcher.matches() ? matcher.end(1) + 1 : 0;
        String content = content(line);
        int column = from;
        while (column < content.length() && content.charAt(column) == ' ') {
            column++;
        }
        return column;
    }

    private Refused unknownLayout(int line) {
        return new Refused(("Line %d is laid out in a way that only a person should change. Edit the file by hand, and"
                        + " apply it with: tandem apply")
                .formatted(line + 1));
    }

    private Item find(List<Item> items, String published) throws Refused {
        return items.stream()
                .filter(i -> published(i.node()).equalsIgnoreCase(published))
                .findFirst()
                .orElseThrow(() -> new Refused("There is no pair '%s'. There are: %s."
                        .formatted(
                                published,
                                items.stream().map(i -> published(i.node())).collect(Collectors.joining(", ")))));
    }

    private static String published(ConfigNode.Mapping pair) {
        String alias = text(pair, ALIAS);
        return alias == null ? String.valueOf(text(pair, NAME)) : alias;
    }

    // ---- lines

    private String content(int line) {
        return lines.get(line).stripTrailing().isEmpty() ? "" : lines.get(line).replaceFirst("\\r?\\n$", "");
    }

    private void replace(int line, String content) {
        lines.set(line, content + lines.get(line).substring(lineLength(line)));
    }

    private int lineLength(int line) {
        return lines.get(line).replaceFirst("\\r?\\n$", "").length();
    }

    /** The last line of a file may lack its end. */
    private void endLine(int line) {
        if (line >= 0 && !lines.get(line).endsWith("\n")) {
            lines.set(line, lines.get(line) + lineEnd);
        }
    }

    private boolean isComment(int line) {
        return content(line).stripLeading().startsWith("#");
    }

    private static boolean isBlank(String line) {
        return line.isBlank();
    }

    private int indent(int line) {
        String content = content(line);
        return content.length() - content.stripLeading().length();
    }

    // ---- trees

    private static ConfigNode tree(String text) throws Refused {
        try {
            return YamlTree.read(text);
        } catch (YamlTree.NotReadable e) {
            throw new Refused("Line %d: %s Correct the file by hand first."
                    .formatted(e.problem().line(), e.problem().message()));
        }
    }

    /** The new text, if it means what was to be changed and nothing else. */
    private String verified(List<String> expectedPairs) throws Refused {
        String text = String.join("", lines);
        if (!(tree(text) instanceof ConfigNode.Mapping result)) {
            throw new Refused("The change would damage the file. Edit it by hand.");
        }
        ConfigNode found = value(result, PAIRS);
        List<String> pairsNow = found instanceof ConfigNode.Sequence sequence
                ? sequence.items().stream().map(ConfigEditor::shape).toList()
                : List.of();
        if (!pairsNow.equals(expectedPairs) || !rest(result).equals(rest(root))) {
            throw new Refused(
                    "The file is laid out in a way that only a person should change. Edit it by hand, and apply it"
                            + " with: tandem apply");
        }
        return text;
    }

    private static List<String> shapes(List<Item> items) {
        return new ArrayList<>(items.stream().map(i -> shape(i.node())).toList());
    }

    private static List<String> rest(ConfigNode.Mapping root) {
        return root.entries().stream()
                .filter(e -> !e.key().equals(PAIRS))
                .map(e -> e.key() + "=" + shape(e.value()))
                .toList();
    }

    /** A tree as text without its lines; the order of settings does not matter. */
    private static String shape(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> scalar.text() == null ? "null" : "'" + scalar.text() + "'";
            case ConfigNode.Sequence sequence ->
                sequence.items().stream().map(ConfigEditor::shape).collect(Collectors.joining(",", "[", "]"));
            case ConfigNode.Mapping mapping ->
                mapping.entries().stream()
                        .map(e -> e.key() + "=" + shape(e.value()))
                        .sorted()
                        .collect(Collectors.joining(",", "{", "}"));
        };
    }

    private static ConfigNode.Mapping withAlias(ConfigNode.Mapping pair, @Nullable String alias) {
        List<ConfigNode.Entry> entries = new ArrayList<>(
                pair.entries().stream().filter(e -> !e.key().equals(ALIAS)).toList());
        if (alias != null) {
            entries.add(new ConfigNode.Entry(ALIAS, pair.line(), new ConfigNode.Scalar(pair.line(), alias)));
        }
        return new ConfigNode.Mapping(pair.line(), entries);
    }

    private static Optional<ConfigNode.Entry> entry(ConfigNode.Mapping mapping, String key) {
        return mapping.entries().stream().filter(e -> e.key().equals(key)).findFirst();
    }

    private static @Nullable ConfigNode value(ConfigNode.Mapping mapping, String key) {
        return entry(mapping, key).map(ConfigNode.Entry::value).orElse(null);
    }

    private static @Nullable String text(ConfigNode.Mapping mapping, String key) {
        return value(mapping, key) instanceof ConfigNode.Scalar scalar ? scalar.text() : null;
    }

    // ---- writing

    private static List<String> yaml(NewPair pair, String indent) {
        List<String> out = new ArrayList<>();
        out.add(indent + "- name: " + scalar(pair.name()));
        setting(out, indent + "  ", ALIAS, pair.alias());
        setting(out, indent + "  ", "mode", pair.mode());
        out.add(indent + "  members:");
        for (NewMemberSettings member : pair.members()) {
            List<String> settings = new ArrayList<>();
            member.settings().forEach((key, value) -> setting(settings, "      ", key, value.orElse(null)));
            settings.set(0, "    - " + settings.getFirst().stripLeading());
            settings.forEach(line -> out.add(indent + line));
        }
        return out;
    }

    private static void setting(List<String> out, String indent, String key, @Nullable String value) {
        if (value != null) {
            boolean isNumber = key.equals("port") && NUMBER.matcher(value).matches();
            out.add(indent + key + ": " + (isNumber ? value : scalar(value)));
        }
    }

    /** Plain where that is surely a text, else in double quotes, which JSON and YAML write alike. */
    private static String scalar(String text) {
        boolean isPlain = PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
        return isPlain ? text : JSON.writeValueAsString(text);
    }
}
