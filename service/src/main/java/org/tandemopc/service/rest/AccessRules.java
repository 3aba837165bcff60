package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may ask. Listening on loopback keeps other machines out; it does not keep out a web page in a browser on this
 * machine, which can send requests to loopback and, by rebinding a name of its own, even read the answers. So the Host
 * header must name loopback, a page of another origin is refused, nothing is ever allowed to other origins (no CORS), and
 * everything but health needs the token. Pure; any thread.
 */
final class AccessRules {
    private static final String BEARER = "Bearer ";

    private final Set<String> hosts;
    private final Set<String> origins;
    private final byte[] token;

    /** @param listening the address that commands are told, which is one of loopback, too */
    AccessRules(String listening, int port, String token) {
        this.hosts = Stream.of(listening, "127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port)
                .collect(Collectors.toUnmodifiableSet());
        this.origins = hosts.stream().map(host -> "http://" + host).collect(Collectors.toUnmodifiableSet());
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    void check(Headers headers, boolean needsToken) throws Problem {
        List<String> host = headers.getOrDefault("Host", List.of());
        if (host.size() != 1 || !hosts.contains(host.getFirst().toLowerCase(Locale.ROOT))) {
            throw new Problem(
                    403, "wrong-host", "The Host header does not name this service.", "Use the address 127.0.0.1.");
        }
        List<String> origin = headers.getOrDefault("Origin", List.of());
        if (!origin.isEmpty() && !(origin.size() == 1 && origins.contains(origin.getFirst()))) {
            throw new Problem(403, "cross-origin", "A page of another origin asks.", "Ask from no web page.");
        }
        if (needsToken && !hasToken(headers.getOrDefault("Authorization", List.of()))) {
            throw new Problem(
                    401,
                    "unauthorized",
                    "The token is missing or wrong.",
                    "Send 'Authorization: Bearer ' and the content of rest.token in the data folder.");
        }
    }

    private boolean hasToken(List<String> authorization) {
        if (authorization.size() != 1 || !authorization.getFirst().startsWith(BEARER)) {
            return false;
        }
        byte[] given = authorization.getFirst().substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        // In constant time: how long a refusal takes must not say how much of a guess was right.
        return MessageDigest.isEqual(token, given);
    }
}
