package org.tandemopc.service;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.tandemopc.service.SettingPath.Step;

/**
 * A YAML text with the places of its parts, in characters of the text, for changes that touch nothing else. The text must
 * have passed {@link YamlTree}: no aliases, no tags, one document. Pure; any thread.
 */
final class YamlText {
    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setUseMarks(true).setParseComments(false).build();

    private final String text;
    private final @Nullable Node root;
    /** Marks count code points; null where that is the same. */
    private final int @Nullable [] offsets;

    final String lineEnd;

    private YamlText(String text, @Nullable Node root) {
        this.text = text;
        this.root = root;
        this.lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
        this.offsets = text.codePointCount(0, text.length()) == text.length() ? null : offsets(text);
    }

    private static int[] offsets(String text) {
        int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
        int at = 0;
        for (int i = 0; i < offsets.length - 1; i++) {
            offsets[i] = at;
            at += Character.charCount(text.codePointAt(at));
        }
        offsets[offsets.length - 1] = at;
        return offsets;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static YamlText of(String text) {
        try {
            return new YamlText(text, new Compose(SETTINGS).composeString(text).orElse(null));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("The file is not YAML. Correct it by hand first.", e);
        }
    }

    String text() {
        return text;
    }

    Optional<Node> root() {
        return Optional.ofNullable(root);
    }

    /** The node at the place, or null. */
    @Nullable
    Node find(SettingPath path) {
        Node node = root;
        for (Step step : path.steps()) {
            node = node == null ? null : child(node, step);
        }
        return node;
    }

    static @Nullable Node child(Node node, Step step) {
        return switch (step) {
            case Step.Key(String name) -> {
                NodeTuple tuple = node instanceof MappingNode mapping ? tuple(mapping, name) : null;
                yield tuple == null ? null : tuple.getValueNode();
            }
            case Step.Item(int index) ->
                node instanceof SequenceNode sequence
                                && index < sequence.getValue().size()
                        ? sequence.getValue().get(index)
                        : null;
        };
    }

    static @Nullable NodeTuple tuple(MappingNode mapping, String name) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
                return tuple;
            }
        }
        return null;
    }

    int start(Node node) {
        return offset(node.getStartMark());
    }

    int end(Node node) {
        return offset(node.getEndMark());
    }

    private int offset(Optional<Mark> mark) {
        int index = mark.orElseThrow().getIndex();
        return offsets == null ? index : offsets[index];
    }

    /** Counted from 0, in characters of the line. */
    int column(int offset) {
        return offset - lineStart(offset);
    }

    int lineStart(int offset) {
        return text.lastIndexOf('\n', offset - 1) + 1;
    }

    /** Where the line's end begins, or the end of the text. */
    int lineEnd(int offset) {
        int end = text.indexOf('\n', offset);
        if (end < 0) {
            return text.length();
        }
        return end > 0 && text.charAt(end - 1) == '\r' ? Math.max(offset, end - 1) : end;
    }

    /** Where the next line begins, or the end of the text. */
    int nextLine(int offset) {
        int end = text.indexOf('\n', offset);
        return end < 0 ? text.length() : end + 1;
    }

    static boolean isFlow(Node node) {
        return node instanceof CollectionNode<?> collection && collection.getFlowStyle() == FlowStyle.FLOW;
    }

    static boolean isBlock(Node node) {
        return node instanceof CollectionNode<?> && !isFlow(node);
    }

    /** A section or list with nothing in it. */
    static boolean hasNothing(Node node) {
        return node instanceof CollectionNode<?> collection
                && collection.getValue().isEmpty();
    }

    /** A value that is not written at all. */
    boolean isEmpty(Node node) {
        return node instanceof ScalarNode && start(node) == end(node);
    }

    /** Where what is written of the node ends, without comments and blank lines behind it. */
    int contentEnd(Node node) {
        return switch (node) {
            case MappingNode mapping
            when isBlock(node) && !mapping.getValue().isEmpty() ->
                contentEnd(mapping.getValue().getLast().getValueNode());
            case SequenceNode sequence
            when isBlock(node) && !sequence.getValue().isEmpty() ->
                contentEnd(sequence.getValue().getLast());
            case ScalarNode scalar
            when scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED -> {
                int end = end(node);
                while (end > start(node) && Character.isWhitespace(text.charAt(end - 1))) {
                    end--;
                }
                yield end;
            }
            default -> end(node);
        };
    }

    /** Where the colon behind a key is. */
    int colon(NodeTuple tuple) {
        int at = end(tuple.getKeyNode());
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length() || text.charAt(at) != ':') {
            throw layout(at);
        }
        return at;
    }

    /** Where the dash of an item of a block list is. */
    int dash(SequenceNode sequence, int index) {
        int column = column(start(sequence));
        List<Node> items = sequence.getValue();
        int least = index == 0 ? start(sequence) : contentEnd(items.get(index - 1));
        for (int at = start(items.get(index));
                at >= least || lineStart(at) == lineStart(least);
                at = lineStart(at) - 1) {
            int dash = lineStart(at) + column;
            if (dash < text.length()
                    && dash >= least
                    && text.charAt(dash) == '-'
                    && (index == 0 || isBlankBefore(dash))) {
                return dash;
            }
            if (lineStart(at) == 0) {
                break;
            }
        }
        throw layout(start(items.get(index)));
    }

    /** Whether nothing but spaces is before it on its line. */
    boolean isBlankBefore(int offset) {
        return text.substring(lineStart(offset), offset).isBlank();
    }

    IllegalArgumentException layout(int offset) {
        long line = text.substring(0, offset).chars().filter(c -> c == '\n').count() + 1;
        return new IllegalArgumentException(
                "Line %d is laid out in a way that only a person should change. Edit the file by hand, and apply it with: tandem apply"
                        .formatted(line));
    }
}
