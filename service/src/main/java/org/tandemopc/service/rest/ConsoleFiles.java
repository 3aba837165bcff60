package org.tandemopc.service.rest;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the console, from the class path: those of a build without a console are not there. They need no login, for the
 * page where one logs in is among them. {@code index.html} is also the answer for pages of the console, that is for paths
 * without a dot. Any thread.
 *
 * <p>Nothing inline runs: scripts and styles come from files of ours. A style that a library makes while it runs must show a
 * number that is new in each answer: where {@code index.html} has {@link #NONCE}, it stands.
 */
final class ConsoleFiles {
    static final String NONCE = "{{nonce}}";

    static final String FOLDER = "/org/tandemopc/console/";
    private static final String INDEX = "index.html";
    private static final Pattern PATH =
            Pattern.compile("/(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}/){0,8}" + "(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99})?");
    private static final Pattern PAGE = Pattern.compile("/[^.]{0,500}");
    private static final Pattern OURS = Pattern.compile("/(?:api|health)(?:/.*)?");
    private static final int NONCE_BYTES = 16;
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "webmanifest", "application/manifest+json",
            "txt", "text/plain; charset=utf-8");

    private final SecureRandom random = new SecureRandom();
    private final String folder;
    private final Optional<byte[]> index;

    /** @param folder of the class path, with a slash at both ends */
    ConsoleFiles(String folder) {
        this.folder = folder;
        try {
            index = Optional.ofNullable(read(INDEX));
        } catch (IOException e) {
            throw new IllegalStateException("the console's page cannot be read from the class path", e);
        }
    }

    /** @return empty: this is no matter of the console's, or there is none in this build, or no such file */
    Optional<Reply> answer(String method, URI uri) throws IOException {
        String path = uri.getRawPath();
        if (index.isEmpty()
                || !method.equals("GET")
                || path == null
                || uri.getHost() != null
                || OURS.matcher(path.toLowerCase(Locale.ROOT)).matches()) {
            return Optional.empty();
        }
        String file = path.length() > 1 && PATH.matcher(path).matches() ? path.substring(1) : "";
        if (PAGE.matcher(path).matches() || file.equals(INDEX)) {
            return Optional.of(page(index.get()));
        }
        String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (file.isEmpty() || type == null) {
            return Optional.empty();
        }
        byte[] body = read(file);
        return body == null ? Optional.empty() : Optional.of(new Reply.Asset(type, body, asset(file)));
    }

    private Reply page(byte[] html) {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        String nonce = Base64.getEncoder().encodeToString(bytes);
        String text = new String(html, StandardCharsets.UTF_8);
        boolean wantsNonce = text.contains(NONCE);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Security-Policy", policy(wantsNonce ? " 'nonce-" + nonce + "'" : ""));
        return new Reply.Asset(
                TYPES.getOrDefault("html", ""), text.replace(NONCE, nonce).getBytes(StandardCharsets.UTF_8), headers);
    }

    /** What a build puts under {@code assets} has the hash of its content in its name, and never changes. */
    private static Map<String, String> asset(String file) {
        return Map.of(
                "Content-Security-Policy",
                policy(""),
                "Cache-Control",
                file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    }

    private static String policy(String styles) {
        return "default-src 'self'; style-src 'self'" + styles
                + "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }

    private byte @Nullable [] read(String file) throws IOException {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(folder + file)) {
            return in == null ? null : in.readAllBytes();
        }
    }
}
