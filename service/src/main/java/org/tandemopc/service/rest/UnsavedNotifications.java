package org.tandemopc.service.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigNode;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.NotificationReading;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SecretSource;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.core.config.WebhookConfig;
import tools.jackson.databind.JsonNode;

/**
 * Settings of notifications that are in a form and not in the file. A hidden password is the saved one, and goes only where
 * the saved one goes: else a test would tell it to any server that somebody names.
 */
final class UnsavedNotifications {
    private static final int NODES_MAX = 2_000;
    /** No variable of the environment has a NUL in its name. */
    private static final String HIDDEN = "env:\0";

    private final NotificationConfig saved;
    private final SecretSource elsewhere;
    private final Map<String, Secret> hidden = new HashMap<>();
    private int nodes;

    /** @param elsewhere passwords in files and in the environment */
    UnsavedNotifications(NotificationConfig saved, SecretSource elsewhere) {
        this.saved = saved;
        this.elsewhere = elsewhere;
    }

    NotificationReading read(JsonNode settings, String pair) throws Problem {
        ConfigNode tree = tree(settings, "", settings);
        return ConfigReader.readNotifications(tree, pair, this::find);
    }

    private Secret find(String reference) throws SecretSource.SecretMissing {
        if (!reference.startsWith(HIDDEN)) {
            return elsewhere.find(reference);
        }
        Secret known = hidden.get(reference);
        if (known == null) {
            throw new SecretSource.SecretMissing(
                    "The password that was saved is for another server, or there is none; write it again.");
        }
        return known;
    }

    private ConfigNode tree(JsonNode node, String path, JsonNode parent) throws Problem {
        if (++nodes > NODES_MAX) {
            throw Problem.tooLarge();
        }
        if (node.path("hidden").asBoolean(false)) {
            return hiddenAt(path, parent);
        }
        if (node.isObject()) {
            List<ConfigNode.Entry> entries = new ArrayList<>();
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                String below = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
                // What is null is not set.
                if (!entry.getValue().isNull()) {
                    entries.add(new ConfigNode.Entry(entry.getKey(), 0, tree(entry.getValue(), below, node)));
                }
            }
            return new ConfigNode.Mapping(0, entries);
        }
        if (node.isArray()) {
            List<ConfigNode> items = new ArrayList<>();
            for (JsonNode item : node.values()) {
                items.add(tree(item, path + "[]", node));
            }
            return new ConfigNode.Sequence(0, items);
        }
        return new ConfigNode.Scalar(0, node.isNull() ? null : node.asString());
    }

    private ConfigNode hiddenAt(String path, JsonNode parent) {
        String reference = HIDDEN + path;
        Optional<Secret> known = switch (path) {
            case "smtp.primary.password" ->
                saved.mail().map(MailConfig::primary).flatMap(s -> password(s, parent));
            case "smtp.secondary.password" ->
                saved.mail().flatMap(MailConfig::secondary).flatMap(s -> password(s, parent));
            // The URL has it in itself where it goes; the secret is told to nobody.
            case "webhook.url" -> saved.webhook().map(WebhookConfig::url);
            case "webhook.secret" -> saved.webhook().flatMap(WebhookConfig::secret);
            default -> Optional.empty();
        };
        known.ifPresent(secret -> hidden.put(reference, secret));
        return new ConfigNode.Scalar(0, reference);
    }

    /** To the same server, the same way, by the same user. */
    private static Optional<Secret> password(SmtpServer server, JsonNode given) {
        Account account = server.account();
        if (account == null) {
            return Optional.empty();
        }
        boolean isSame = is(given.path("host"), server.host())
                && is(given.path("security"), server.security().label(), "starttls")
                && is(
                        given.path("port"),
                        String.valueOf(server.port()),
                        String.valueOf(server.security().port()))
                && is(given.path("user"), account.user());
        return isSame ? Optional.of(account.password()) : Optional.empty();
    }

    private static boolean is(JsonNode given, String wanted) {
        return is(given, wanted, null);
    }

    /** @param whenMissing what counts where nothing is given */
    private static boolean is(JsonNode given, String wanted, @Nullable String whenMissing) {
        return wanted.equals(given.isMissingNode() || given.isNull() ? whenMissing : given.asString());
    }
}
