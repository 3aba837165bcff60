package org.tandemopc.relay.ua.front;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint URL as a client wrote it, taken apart. Clients write anything there, and its host comes back to them in
 * the URLs of our endpoints: only what can be a host is taken for one.
 *
 * @param host or null when the text is not such a URL
 * @param port -1: none given
 * @param path with a leading slash and without a trailing one; empty: none given
 */
record EndpointUrl(@Nullable String host, int port, String path) {
    private static final int LENGTH_MAX = 4096;
    private static final Pattern FORM =
            Pattern.compile("(?i)opc\\.tcp://([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}])(?::(\\d{1,5}))?(/[^?#]*)?");
    private static final EndpointUrl NONE = new EndpointUrl(null, -1, "");

    static EndpointUrl parse(@Nullable String text) {
        if (text == null || text.length() > LENGTH_MAX) {
            return NONE;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return NONE;
        }
        int port = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        if (port > 65_535) {
            return NONE;
        }
        return new EndpointUrl(matcher.group(1), port, path(matcher.group(3)));
    }

    boolean hasPath() {
        return !path.isEmpty();
    }

    private static String path(@Nullable String text) {
        String path = text == null ? "" : text;
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path;
    }
}
