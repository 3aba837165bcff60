package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
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

    private final YAMLParser parser;

    private YamlTree(YAMLParser parser) {
        this.parser = parser;
    }

    /** The text is not YAML, or not of the kind that is allowed here. */
    static final class NotReadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ConfigProblem problem;

        NotReadable(int line, String message) {
            super(message);
            this.problem = new ConfigProblem(
                    ConfigProblem.Severity.ERROR,
                    "",
                    line,
                    message,
                    "Compare with the example in docs/reference/configuration.md; mind the indentation.");
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
            TokenStreamLocation where = e.getLocation();
            throw new NotReadable(
                    where == null ? 0 : where.getLineNr(), "This is not YAML: " + firstLine(e.getOriginalMessage()));
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

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("") + ".";
    }
}
