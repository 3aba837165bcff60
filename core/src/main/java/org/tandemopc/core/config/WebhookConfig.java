package org.tandemopc.core.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Notifications by HTTP.
 *
 * @param url http or https, with a host. Some services put what lets in into it: it is never shown, but for its host
 * @param secret by which the receiver can tell that a request is Tandem's
 */
public record WebhookConfig(Secret url, Optional<Secret> secret) {
    public static final int URL_MAX = 2_000;

    private static final Pattern URL = Pattern.compile(
            "(?i:https?)://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(?::([0-9]{1,5}))?"
                    + "(?:[/?][A-Za-z0-9._~:/?\\[\\]@!$&'()*+,;=%-]*)?");

    /** No user, which would be sent in clear, and no fragment, which would not be sent. */
    static boolean isUrl(String text) {
        Matcher matcher = URL.matcher(text);
        return text.length() <= URL_MAX
                && matcher.matches()
                && (matcher.group(2) == null || Integer.parseInt(matcher.group(2)) <= Address.PORT_MAX);
    }

    /** Where to, for people. */
    public String host() {
        Matcher matcher = URL.matcher(url.reveal());
        return matcher.matches() ? matcher.group(1) : "?";
    }
}
