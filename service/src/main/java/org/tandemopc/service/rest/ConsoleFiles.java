package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the console, from the class path: those of a build without a console are not there. They need no login, for the
 * page where one logs in is among them. {@code index.html} is also the answer for pages of the console, that is for paths
 * without a dot. Any thread.
 *
 * <p>Where a build has put {@code X.gz} beside a file {@code X}, whoever takes gzip gets that (RFC 9110, 12.5.3); it is made once,
 * while the console is built, so that an answer costs no more than reading it. Parts of files are not served: whoever asks for a
 * range gets the whole, as RFC 9110, 14.2 lets a server.
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
    private static final String COMPRESSED = ".gz";
    private static final int TAG_LETTERS = 22;
    private static final Pattern CODING =
            Pattern.compile("\\s*(gzip|x-gzip|\\*)\\s*(?:;\\s*q=([0-9.]{1,5})\\s*)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NOTHING = Pattern.compile("0(?:\\.0*)?");
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

    /**
     * @param method files are for GET and HEAD
     * @param asked the headers of the request
     * @return empty: this is no matter of the console's, or there is none in this build, or no such file
     */
    Optional<Reply> answer(String method, URI uri, Headers asked) throws IOException {
        String path = uri.getRawPath();
        if (index.isEmpty()
                || !(method.equals("GET") || method.equals("HEAD"))
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
        return asset(file, type, asked);
    }

    private Optional<Reply> asset(String file, String type, Headers asked) throws IOException {
        byte[] plain = read(file);
        if (plain == null) {
            return Optional.empty();
        }
        byte[] small = read(file + COMPRESSED);
        boolean isSmall = small != null && takesGzip(all(asked, "Accept-Encoding"));
        byte[] body = small != null && isSmall ? small : plain;
        String tag = tag(body);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Security-Policy", policy(""));
        // What a build puts under assets has the hash of its content in its name, and never changes.
        headers.put("Cache-Control", file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("ETag", tag);
        if (small != null) {
            headers.put("Vary", "Accept-Encoding");
        }
        if (isKnown(all(asked, "If-None-Match"), tag)) {
            return Optional.of(new Reply.Asset(304, type, new byte[0], headers));
        }
        if (isSmall) {
            headers.put("Content-Encoding", "gzip");
        }
        return Optional.of(new Reply.Asset(200, type, body, headers));
    }

    /** What a list is made of that may be told in parts; the server bounds how much of it there is. */
    private static List<String> all(Headers asked, String name) {
        List<String> values = asked.get(name);
        return values == null ? List.of() : List.of(String.join(",", values).split(","));
    }

    /** Whether this list of codings lets us send gzip: by its name, or as any other, and with a weight (RFC 9110, 12.5.3). */
    static boolean takesGzip(List<String> codings) {
        boolean any = false;
        for (String each : codings) {
            Matcher coding = CODING.matcher(each);
            if (coding.matches()) {
                boolean isWanted = coding.group(2) == null
                        || !NOTHING.matcher(coding.group(2)).matches();
                if (coding.group(1).equals("*")) {
                    any = isWanted;
                } else {
                    return isWanted;
                }
            }
        }
        return any;
    }

    /** Whether the peer has this content (RFC 9110, 13.1.2); tags are compared weakly there. */
    static boolean isKnown(List<String> tags, String tag) {
        return tags.stream()
                .map(String::strip)
                .anyMatch(each -> each.equals("*") || each.equals(tag) || each.equals("W/" + tag));
    }

    /** Another one for the same file compressed, as a strong tag has to be. */
    private static String tag(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return '"'
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(hash)
                            .substring(0, TAG_LETTERS)
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
                200,
                TYPES.getOrDefault("html", ""),
                text.replace(NONCE, nonce).getBytes(StandardCharsets.UTF_8),
                headers);
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
