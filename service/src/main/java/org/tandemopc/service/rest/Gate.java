package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.service.users.Role;
import org.tandemopc.service.users.Sessions;
import org.tandemopc.service.users.UserStore;

/**
 * Who asks, and whether they may: by the token of the data folder, or by the cookie of a session. Any thread; does not block.
 */
final class Gate {
    static final String CSRF = "X-Tandem-Csrf";

    private static final String BEARER = "Bearer ";
    private static final String COOKIE = "tandem-";
    private static final Pattern PORT = Pattern.compile(".*:([0-9]{1,5})");

    private final Accounts accounts;
    private final String token;

    Gate(Accounts accounts, String token) {
        this.accounts = accounts;
        this.token = token;
    }

    String token() {
        return token;
    }

    /**
     * Of the session's cookie. Browsers send cookies to every port of a host, and several Tandems may be there: so it has the
     * port that the browser knows, which is not that of the door where something forwards it.
     */
    static String cookieName(Headers headers, boolean isTls) {
        Matcher port = PORT.matcher(String.valueOf(headers.getFirst("Host")));
        return COOKIE + (port.matches() ? port.group(1) : isTls ? "443" : "80");
    }

    /**
     * @param isTls whether it came in by TLS
     * @param takesToken whether the token counts where the request came in
     * @return empty: nobody who is known
     */
    Optional<Caller> caller(Headers headers, boolean isTls, boolean takesToken) {
        List<String> authorization = headers.getOrDefault("Authorization", List.of());
        if (!authorization.isEmpty()) {
            return takesToken && hasToken(authorization)
                    ? Optional.of(new Caller(UserStore.LOCAL, Role.ENGINEER, null))
                    : Optional.empty();
        }
        return cookie(headers, cookieName(headers, isTls) + "=")
                .flatMap(accounts::session)
                .flatMap(this::caller);
    }

    private Optional<Caller> caller(Sessions.Session session) {
        return accounts.user(session).map(user -> new Caller(user.name(), user.role(), session));
    }

    private boolean hasToken(List<String> authorization) {
        if (authorization.size() != 1 || !authorization.getFirst().startsWith(BEARER)) {
            return false;
        }
        byte[] given = authorization.getFirst().substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        // In constant time: how long a refusal takes must not say how much of a guess was right.
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), given);
    }

    /** Two of the name are none: one may be from somewhere else on this host. */
    private static Optional<String> cookie(Headers headers, String begin) {
        List<String> found = new ArrayList<>();
        for (String line : headers.getOrDefault("Cookie", List.of())) {
            for (String each : line.split(";")) {
                String cookie = each.strip();
                if (cookie.startsWith(begin)) {
                    found.add(cookie.substring(begin.length()));
                }
            }
        }
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /**
     * Whether this caller may use this route.
     *
     * @param caller null: nobody who is known
     * @throws Problem not logged in, the role is too low, or the page that asks cannot prove that it is ours
     */
    void admit(Route route, @Nullable Caller caller, Headers headers) throws Problem {
        Role least = route.least();
        if (least == null) {
            return;
        }
        if (caller == null) {
            throw unauthorized();
        }
        Sessions.Session session = caller.session();
        if (session != null && !route.method().equals("GET") && !hasCsrf(headers, session)) {
            throw new Problem(
                    403, "csrf", "The header " + CSRF + " is missing or wrong.", "Send what GET /api/v1/session says.");
        }
        if (!caller.role().covers(least)) {
            throw new Problem(
                    403,
                    "forbidden",
                    "This needs the role %s; yours is %s."
                            .formatted(least.label(), caller.role().label()),
                    "Ask somebody who has it.");
        }
    }

    private static boolean hasCsrf(Headers headers, Sessions.Session session) {
        List<String> given = headers.getOrDefault(CSRF, List.of());
        return given.size() == 1
                && MessageDigest.isEqual(
                        session.csrf().getBytes(StandardCharsets.UTF_8),
                        given.getFirst().getBytes(StandardCharsets.UTF_8));
    }

    Problem unauthorized() {
        return new Problem(
                401,
                "unauthorized",
                "You are not logged in, or no longer.",
                "Log in; a program on this machine sends 'Authorization: Bearer ' and the content of rest.token in the data"
                        + " folder.",
                setupNeeded());
    }

    Map<String, Object> setupNeeded() {
        return accounts.users().isEmpty() ? Map.of("setupNeeded", true) : Map.of();
    }
}
