package org.tandemopc.service;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.tandemopc.service.SettingPath.Step;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Writes one setting into the text of a configuration and leaves every other character as a person wrote it: comments, order,
 * blank lines, quotes. Sections that are given whole are compared with what is there, and only what differs is written. The
 * result is compared with what was meant ({@link SettingTree}); a text whose layout is not understood is refused, never
 * damaged. Pure; whether the result is a good configuration is for {@link ConfigStore#check} to say.
 */
final class SettingEditor {
    private YamlText yaml;

    private SettingEditor(String text) {
        this.yaml = YamlText.of(text);
    }

    /**
     * With the value at the place. Sections on the way are made; an item just behind the last one of a list is added.
     *
     * @param value JSON null takes the setting, or the item of a list, away
     * @throws IllegalArgumentException with a sentence for people; the text is left alone
     */
    static String set(String text, SettingPath path, JsonNode value) {
        JsonNode tree = SettingTree.of(text);
        JsonNode expected = SettingTree.with(tree, path.steps(), value);
        SettingEditor editor = new SettingEditor(text);
        for (SettingDifference difference : SettingDifference.between(tree, path, value)) {
            editor.make(difference);
        }
        String changed = editor.yaml.text();
        if (!SettingTree.of(changed).equals(expected)) {
            throw new IllegalArgumentException(
                    "The file is laid out in a way that only a person should change. Edit it by hand, and apply it with:"
                            + " tandem apply");
        }
        return changed;
    }

    private void make(SettingDifference difference) {
        yaml = YamlText.of(
                switch (difference) {
                    case SettingDifference.Put put -> put(put.path(), put.value());
                    case SettingDifference.Insert insert -> insert(insert.list(), insert.index(), insert.value());
                    case SettingDifference.Remove remove -> remove(remove.path());
                });
    }

    // ---- a value in its place

    private String put(SettingPath path, JsonNode value) {
        Node node = yaml.root().orElseThrow(() -> new IllegalArgumentException("The configuration is empty."));
        Node parent = null;
        NodeTuple tuple = null;
        JsonNode wanted = value;
        for (int i = 0; i < path.steps().size(); i++) {
            Step step = path.steps().get(i);
            if (yaml.isEmpty(node) || YamlText.hasNothing(node)) {
                wanted = SettingTree.wrap(path.steps().subList(i, path.steps().size()), value);
                break;
            }
            Node child = YamlText.child(node, step);
            if (child == null) {
                return added(
                        node,
                        step,
                        SettingTree.wrap(
                                path.steps().subList(i + 1, path.steps().size()), value));
            }
            parent = node;
            tuple = step instanceof Step.Key(String name) && node instanceof MappingNode mapping
                    ? YamlText.tuple(mapping, name)
                    : null;
            node = child;
        }
        return replaced(parent, tuple, node, wanted);
    }

    private String added(Node node, Step step, JsonNode value) {
        return switch (step) {
            case Step.Key(String name) when node instanceof MappingNode mapping -> addedKey(mapping, name, value);
            case Step.Item(int index) when node instanceof SequenceNode sequence -> insert(sequence, index, value);
            default -> throw yaml.layout(yaml.start(node));
        };
    }

    private String addedKey(MappingNode mapping, String name, JsonNode value) {
        if (YamlText.isFlow(mapping)) {
            String entry = YamlValue.scalar(name) + ": " + YamlValue.inline(value);
            return mapping.getValue().isEmpty()
                    ? spliced(yaml.start(mapping) + 1, yaml.end(mapping) - 1, entry)
                    : inserted(yaml.contentEnd(mapping.getValue().getLast().getValueNode()), ", " + entry);
        }
        return inserted(
                yaml.lineEnd(yaml.contentEnd(mapping)),
                onNewLines(YamlValue.entry(name, value), yaml.column(yaml.start(mapping))));
    }

    /** @param tuple null: the node is no value of a key */
    private String replaced(@Nullable Node parent, @Nullable NodeTuple tuple, Node old, JsonNode value) {
        boolean isInline = YamlValue.isShort(value)
                || (YamlText.isFlow(old) && !(tuple != null && YamlText.hasNothing(old)))
                || (parent != null && YamlText.isFlow(parent));
        int start = yaml.start(old);
        int end = yaml.contentEnd(old);
        if (isInline) {
            String inline = YamlValue.inline(value);
            if (yaml.isEmpty(old)) {
                return inserted(tuple == null ? start : yaml.colon(tuple) + 1, " " + inline);
            }
            if (tuple != null && YamlText.isBlock(old)) {
                int colon = yaml.colon(tuple);
                int endOfLine = yaml.lineEnd(colon);
                return spliced(colon + 1, end, " " + inline + yaml.text().substring(colon + 1, endOfLine));
            }
            return spliced(start, end, inline);
        }
        List<String> lines = YamlValue.lines(value);
        if (tuple != null && !YamlText.isBlock(old)) {
            int colon = yaml.colon(tuple);
            String behind = yaml.text().substring(Math.max(end, colon + 1), yaml.lineEnd(end));
            int column = yaml.column(yaml.start(tuple.getKeyNode())) + 2;
            return spliced(colon + 1, yaml.lineEnd(end), behind + onNewLines(lines, column));
        }
        return spliced(start, end, String.join(yaml.lineEnd + " ".repeat(yaml.column(start)), lines));
    }

    // ---- items of lists

    private String insert(SettingPath list, int index, JsonNode value) {
        if (yaml.find(list) instanceof SequenceNode sequence) {
            return insert(sequence, index, value);
        }
        return put(list.item(index), value);
    }

    private String insert(SequenceNode sequence, int index, JsonNode value) {
        List<Node> items = sequence.getValue();
        if (YamlText.isFlow(sequence)) {
            String inline = YamlValue.inline(value);
            if (items.isEmpty()) {
                return spliced(yaml.start(sequence) + 1, yaml.end(sequence) - 1, inline);
            }
            return index < items.size()
                    ? inserted(yaml.start(items.get(index)), inline + ", ")
                    : inserted(yaml.end(items.getLast()), ", " + inline);
        }
        List<String> lines = YamlValue.item(value);
        int column = yaml.column(yaml.start(sequence));
        if (index > 0) {
            String blank = isSpaced(sequence) ? yaml.lineEnd : "";
            return inserted(yaml.lineEnd(yaml.contentEnd(items.get(index - 1))), blank + onNewLines(lines, column));
        }
        String before = " ".repeat(column);
        return inserted(yaml.start(sequence), String.join(yaml.lineEnd + before, lines) + yaml.lineEnd + before);
    }

    /** Whether a blank line is between its items. */
    private boolean isSpaced(SequenceNode sequence) {
        if (sequence.getValue().size() < 2) {
            return false;
        }
        int line = yaml.lineStart(yaml.dash(sequence, sequence.getValue().size() - 1));
        return line > 0 && yaml.text().substring(yaml.lineStart(line - 1), line).isBlank();
    }

    // ---- taking away

    private String remove(SettingPath path) {
        SettingPath outer = path.outer();
        Node parent = yaml.find(outer);
        return switch (path.steps().getLast()) {
            case Step.Key(String name) when parent instanceof MappingNode mapping -> removedKey(outer, mapping, name);
            case Step.Item(int index)
            when parent instanceof SequenceNode sequence -> removedItem(outer, sequence, index);
            default -> throw new IllegalArgumentException("There is no '%s' to take away.".formatted(path));
        };
    }

    private String removedKey(SettingPath outer, MappingNode mapping, String name) {
        List<NodeTuple> tuples = mapping.getValue();
        NodeTuple tuple = YamlText.tuple(mapping, name);
        if (tuple == null) {
            return yaml.text();
        }
        if (tuples.size() == 1) {
            return put(outer, JsonNodeFactory.instance.objectNode());
        }
        int at = tuples.indexOf(tuple);
        int start = yaml.start(tuple.getKeyNode());
        if (YamlText.isFlow(mapping)) {
            return at + 1 < tuples.size()
                    ? spliced(start, yaml.start(tuples.get(at + 1).getKeyNode()), "")
                    : spliced(yaml.end(tuples.get(at - 1).getValueNode()), yaml.end(tuple.getValueNode()), "");
        }
        int next = yaml.nextLine(yaml.contentEnd(tuple.getValueNode()));
        int line = yaml.lineStart(start);
        if (yaml.isBlankBefore(start)) {
            return spliced(line, next, "");
        }
        // The setting is behind the dash of its item: the next one takes that place.
        int following = yaml.start(tuples.get(at + 1).getKeyNode());
        String prefix = yaml.text().substring(line, start);
        String between = yaml.text().substring(next, yaml.lineStart(following));
        return spliced(line, following, between + prefix);
    }

    private String removedItem(SettingPath outer, SequenceNode sequence, int index) {
        List<Node> items = sequence.getValue();
        if (items.size() == 1) {
            return put(outer, JsonNodeFactory.instance.arrayNode());
        }
        Node item = items.get(index);
        if (YamlText.isFlow(sequence)) {
            return index + 1 < items.size()
                    ? spliced(yaml.start(item), yaml.start(items.get(index + 1)), "")
                    : spliced(yaml.end(items.get(index - 1)), yaml.end(item), "");
        }
        int dash = yaml.dash(sequence, index);
        if (!yaml.isBlankBefore(dash)) {
            throw yaml.layout(dash);
        }
        return spliced(yaml.lineStart(dash), yaml.nextLine(yaml.contentEnd(item)), "");
    }

    // ---- the text

    private String onNewLines(List<String> lines, int column) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(yaml.lineEnd).append(" ".repeat(column)).append(line);
        }
        return text.toString();
    }

    private String inserted(int at, String what) {
        return spliced(at, at, what);
    }

    private String spliced(int from, int to, String what) {
        return yaml.text().substring(0, from) + what + yaml.text().substring(to);
    }
}
