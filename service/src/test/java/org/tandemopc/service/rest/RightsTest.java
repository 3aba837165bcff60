package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.service.users.Role;

/** Every route for everybody, made of the router itself, so that no route is forgotten. */
@Timeout(120)
class RightsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What is for less than engineers; whatever is not here must be for engineers alone. */
    private static final Map<String, Role> LESS_THAN_ENGINEER = new TreeMap<>(Map.ofEntries(
            Map.entry("GET /api/v1/status", Role.VIEWER),
            Map.entry("GET /api/v1/pairs", Role.VIEWER),
            Map.entry("GET /api/v1/pairs/{pair}", Role.VIEWER),
            Map.entry("GET /api/v1/pairs/{pair}/sessions", Role.VIEWER),
            Map.entry("GET /api/v1/pairs/{pair}/records", Role.VIEWER),
            Map.entry("GET /api/v1/records", Role.VIEWER),
            Map.entry("GET /api/v1/configuration", Role.VIEWER),
            Map.entry("GET /api/v1/configuration/saved", Role.VIEWER),
            Map.entry("GET /api/v1/certificates", Role.VIEWER),
            Map.entry("DELETE /api/v1/session", Role.VIEWER),
            Map.entry("POST /api/v1/session/password", Role.VIEWER),
            Map.entry("POST /api/v1/pairs/{pair}/switch", Role.OPERATOR),
            Map.entry("POST /api/v1/pairs/{pair}/pin", Role.OPERATOR),
            Map.entry("POST /api/v1/pairs/{pair}/unpin", Role.OPERATOR),
            Map.entry("POST /api/v1/pairs/{pair}/enable", Role.OPERATOR),
            Map.entry("POST /api/v1/pairs/{pair}/disable", Role.OPERATOR),
            Map.entry("POST /api/v1/pairs/{pair}/reset-damping", Role.OPERATOR),
            Map.entry("GET /api/v1/pairs/{pair}/records/export", Role.VIEWER),
            Map.entry("POST /api/v1/pairs/{pair}/records/reset", Role.OPERATOR),
            Map.entry("GET /api/v1/configuration/settings", Role.VIEWER),
            Map.entry("GET /api/v1/notifications/events", Role.VIEWER),
            Map.entry("GET /api/v1/live", Role.VIEWER),
            Map.entry("GET /api/v1/metrics", Role.VIEWER),
            Map.entry("GET /api/v1/about", Role.VIEWER)));

    private static final List<String> OPEN = List.of(
            "GET /health/live",
            "GET /health/ready",
            "GET /api/v1/openapi.yaml",
            "GET /api/v1/session",
            "POST /api/v1/session",
            "POST /api/v1/setup");

    @Test
    void everyRouteIsForTheRoleThatItIsMeantForAndForMore() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            Map<String, Role> told = new TreeMap<>();
            List<String> open = new ArrayList<>();
            for (Route route : service.rest.router().routes()) {
                Role least = route.least();
                String name = route.method() + " " + route.path();
                if (least == null) {
                    open.add(name);
                } else if (least != Role.ENGINEER) {
                    told.put(name, least);
                }
            }

            assertThat(told).isEqualTo(LESS_THAN_ENGINEER);
            assertThat(open).containsExactlyInAnyOrderElementsOf(OPEN);
        }
    }

    /** On the wire: 401 for who is not known, 403 for whose role is too low, anything else for who may. */
    @Test
    void everyRouteIsAskedByEverybody() throws Exception {
        try (RunningService service = new RunningService(folder)) {
            service.accounts.add("engineer", Role.ENGINEER, Browser.PASSWORD);
            service.accounts.add("operator", Role.OPERATOR, Browser.PASSWORD);
            service.accounts.add("viewer", Role.VIEWER, Browser.PASSWORD);
            int asked = 0;
            for (Route route : service.rest.router().routes()) {
                Role least = route.least();
                String path = route.path().replace("{pair}", "plant9").replace("{name}", "nobody");
                if (least != null) {
                    Browser nobody = new Browser(service);
                    assertAnswer(route, "nobody", asked(nobody, route, path, nobody.own()), 401);
                    Browser forged = new Browser(service);
                    forged.cookie = "0".repeat(64);
                    assertAnswer(route, "forged", asked(forged, route, path, forged.own()), 401);
                }
                for (Role role : Role.values()) {
                    Browser browser = Browser.loggedIn(service, role.label());
                    boolean may = least == null || role.covers(least);
                    assertAnswer(route, role.label(), asked(browser, route, path, browser.own()), may ? 0 : 403);
                    asked++;
                    if (least != null && !route.method().equals("GET")) {
                        Browser again = Browser.loggedIn(service, role.label());
                        assertAnswer(route, "no csrf", asked(again, route, path, ""), 403);
                        assertAnswer(
                                route,
                                "other csrf",
                                asked(again, route, path, RunningService.header("X-Tandem-Csrf", "0")),
                                403);
                    }
                }
                assertAnswer(route, "bearer", bearer(service, route.method(), path), 0);
            }

            assertThat(asked).isGreaterThan(3 * 25);
        }
    }

    /** Of a stream, which has no end, what it begins with. */
    private static Answer asked(Browser browser, Route route, String path, String headers) throws IOException {
        return isStream(path)
                ? browser.begin(route.method(), path, headers)
                : browser.send(route.method(), path, "", headers);
    }

    private static boolean isStream(String path) {
        return path.endsWith("/live");
    }

    private static Answer bearer(RunningService service, String method, String path) throws IOException {
        String request = method + " " + path + " HTTP/1.1\r\n" + service.usual();
        return isStream(path) ? service.begin(request) : service.send(request);
    }

    /** @param expected 0: not refused for who asks */
    private static void assertAnswer(Route route, String who, Answer answer, int expected) {
        String what = who + ": " + route.method() + " " + route.path() + ": " + answer.body();
        if (expected != 0) {
            assertThat(answer.status()).as(what).isEqualTo(expected);
            return;
        }
        assertThat(answer.status()).as(what).isNotZero();
        boolean isOfALogin =
                route.path().equals("/api/v1/session") && route.method().equals("GET");
        assertThat(answer.status()).as(what).isNotIn(isOfALogin ? List.of(403) : List.of(401, 403));
    }
}
