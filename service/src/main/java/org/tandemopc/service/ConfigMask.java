package org.tandemopc.service;

import java.util.Optional;
import java.util.regex.Pattern;
import org.tandemopc.core.config.ConfigNode;

/**
 * Shows the text of a configuration without its passwords. What it cannot be sure of it does not show at all. Pure; any
 * thread.
 */
public final class ConfigMask {
    /** Stands in the place of a password. A text with it is no configuration to apply. */
    public static final String HIDDEN = "(hidden)";

    private static final Pattern PASSWORD = Pattern.compile(
            "(\\b(?:password|secret)[\"']?[ \\t]*:[ \\t]+)(?:\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\n]|'')*'|[^\\s,}#\"'|>&*!][^,}\\n]*)");

    private ConfigMask() {}

    /** The text with each password that is written in it replaced; empty if one may be left. */
    public static Optional<String> hide(String text) {
        String masked = PASSWORD.matcher(text).replaceAll(match -> {
            String whole = match.group();
            String value = whole.substring(match.group(1).length());
            return java.util.regex.Matcher.quoteReplacement(
                    isReference(value) ? whole : match.group(1) + '"' + HIDDEN + '"');
        });
        try {
            return isClean(YamlTree.read(masked)) ? Optional.of(masked) : Optional.empty();
        } catch (YamlTree.NotReadable e) {
            return Optional.empty();
        }
    }

    private static boolean isReference(String value) {
        String bare = value.startsWith("\"") || value.startsWith("'") ? value.substring(1) : value;
        return bare.startsWith("file:") || bare.startsWith("env:");
    }

    /** The reader's own view decides: whatever way a password was written, it is one here. */
    private static boolean isClean(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Mapping mapping ->
                mapping.entries().stream()
                        .allMatch(entry -> HiddenSecrets.isSecret(entry.key())
                                ? entry.value() instanceof ConfigNode.Scalar scalar && isHarmless(scalar.text())
                                : isClean(entry.value()));
            case ConfigNode.Sequence sequence -> sequence.items().stream().allMatch(ConfigMask::isClean);
            case ConfigNode.Scalar _ -> true;
        };
    }

    private static boolean isHarmless(@org.jspecify.annotations.Nullable String value) {
        return value == null || value.equals(HIDDEN) || isReference(value);
    }
}
