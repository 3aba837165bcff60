package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tandemopc.core.config.ConfigNode;
import org.tandemopc.core.config.ConfigProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads YAML into a plain tree with line numbers. Refused is what would make of a value something else than what is
 * written there (aliases, with the anchors of lists and mappings, and tags: the parser gives the name of an alias as if it
 * were the value, and nobody follows a tag), several documents in one file, and deep nesting.
 */
final class YamlTree {
    private static final int DEPTH_MAX = 20;
    private static final YAMLFactory FACTORY = new YAMLFactory();
    private static final Pattern PLACE = Pattern.compile("(?m)^ in [^\\n]*, line ([0-9]{1,9}), column");
    private static final Pattern UNENDED = Pattern.compile("^while scanning|end of stream|stream end");

    private final YAMLParser parser;

    private YamlTree(YAMLParser parser) {
        this.parser = parser;
    }

    /** The text is not YAML, or not of the kind that is allowed here. */
    static final class NotReadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ConfigProblem problem;

        NotReadable(int line, String message) {
            this(line, message, "Compare with the example in docs/reference/configuration.md; mind the indentation.");
        }

        NotReadable(int line, String message, String remedy) {
            super(message);
            this.problem = new ConfigProblem(ConfigProblem.Severity.ERROR, "", line, message, remedy);
        }

        ConfigProblem problem() {
            return problem;
        }
    }

    static ConfigNode read(String text) throws NotReadable {
        try (YAMLParser parser = (YAMLParser) FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new ConfigNode.Mapping(1, List.of());
            }
            YamlTree tree = new YamlTree(parser);
            ConfigNode root = tree.node(first, 0);
            if (parser.nextToken() != null) {
                throw new NotReadable(tree.line(), "There is more than one document in this file.");
            }
            return root;
        } catch (JacksonException e) {
            throw new NotReadable(lineOf(e), "This is not YAML: " + words(e.getOriginalMessage()) + ".");
        }
    }

    private ConfigNode node(JsonToken token, int depth) throws NotReadable {
        int line = line();
        if (depth > DEPTH_MAX) {
            throw new NotReadable(line, "This is nested too deeply.");
        }
        refuseReference(token, line);
        return switch (token) {
            case START_OBJECT -> mapping(line, depth);
            case START_ARRAY -> sequence(line, depth);
            case VALUE_NULL -> new ConfigNode.Scalar(line, null);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                new ConfigNode.Scalar(line, parser.getString());
            default -> throw new NotReadable(line, "Unexpected " + token + ".");
        };
    }

    private void refuseReference(JsonToken token, int line) throws NotReadable {
        if (token.isScalarValue() && parser.isCurrentAlias()) {
            throw new NotReadable(
                    line, "An alias (*%s) is not followed here: write the value itself.".formatted(parser.getString()));
        }
        if (token.isStructStart() && parser.getObjectId() != null) {
            throw new NotReadable(line, "An anchor (&%s) has no meaning here.".formatted(parser.getObjectId()));
        }
        if (parser.getRawTag() != null) {
            throw new NotReadable(
                    line, "A tag (%s) is not followed here: write the value itself.".formatted(parser.getRawTag()));
        }
    }

    private ConfigNode mapping(int line, int depth) throws NotReadable {
        List<ConfigNode.Entry> entries = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_OBJECT; t = parser.nextToken()) {
            if (t == null) {
                throw new NotReadable(line, "The file ends in the middle.");
            }
            String key = parser.currentName();
            int keyLine = line();
            entries.add(new ConfigNode.Entry(key, keyLine, node(parser.nextToken(), depth + 1)));
        }
        return new ConfigNode.Mapping(line, entries);
    }

    private ConfigNode sequence(int line, int depth) throws NotReadable {
        List<ConfigNode> items = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (t == null) {
                throw new NotReadable(line, "The file ends in the middle.");
            }
            items.add(node(t, depth + 1));
        }
        return new ConfigNode.Sequence(line, items);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /**
     * Where the parser says that it is in its message: its location is that of the last good token, which may be lines before.
     * Of two places, that of the problem; but of a piece that was begun and never ended, that of the beginning.
     */
    private static int lineOf(JacksonException e) {
        String message = e.getOriginalMessage();
        List<Integer> lines = PLACE.matcher(message)
                .results()
                .map(place -> Integer.parseInt(place.group(1)))
                .toList();
        if (lines.isEmpty()) {
            TokenStreamLocation where = e.getLocation();
            return where == null ? 0 : where.getLineNr();
        }
        return UNENDED.matcher(message).find() ? lines.getFirst() : lines.getLast();
    }

    /** What the parser was about, and what it met; without its drawing of the place, whose lines begin with a blank. */
    private static String words(String message) {
        return message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .distinct()
                .map(line -> line.endsWith(".") ? line.substring(0, line.length() - 1) : line)
                .collect(Collectors.joining(": "));
    }
}
