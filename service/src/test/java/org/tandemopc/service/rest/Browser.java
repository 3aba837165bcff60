package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.service.rest.RunningService.Answer;
import tools.jackson.databind.json.JsonMapper;

/** What a browser does for a page of the console: it keeps the cookie, and sends origin and the page's own header. */
final class Browser {
    static final String PASSWORD = "four words in a row";

    private static final Pattern COOKIE =
            Pattern.compile("(?m)^Set-Cookie: (tandem-[0-9]+=([^;]*)(?:; .*)?)\r?$", Pattern.CASE_INSENSITIVE);

    private final RunningService service;
    String cookie = "";
    String csrf = "";
    String setCookie = "";

    Browser(RunningService service) {
        this.service = service;
    }

    /** Of this service: others may be at this host. */
    String cookieName() {
        return "tandem-" + service.port();
    }

    Answer get(String path) throws IOException {
        return send("GET", path, "", "");
    }

    Answer post(String path, Map<String, ?> body) throws IOException {
        return send("POST", path, new JsonMapper().writeValueAsString(body), own());
    }

    Answer delete(String path) throws IOException {
        return send("DELETE", path, "", own());
    }

    /** What a page of ours sends beside what the browser sends by itself. */
    String own() {
        return RunningService.header("Origin", "http://127.0.0.1:" + service.port())
                + (csrf.isEmpty() ? "" : RunningService.header("X-Tandem-Csrf", csrf));
    }

    /** What an answer begins with, of one that does not end. */
    Answer begin(String method, String path, String headers) throws IOException {
        return service.begin(request(method, path, "", headers));
    }

    private String request(String method, String path, String body, String headers) {
        return method + " " + path + " HTTP/1.1\r\n"
                + RunningService.header("Host", "127.0.0.1:" + service.port())
                + (cookie.isEmpty()
                        ? ""
                        : RunningService.header("Cookie", "theme=dark; " + cookieName() + "=" + cookie))
                + (body.isEmpty() ? "" : RunningService.header("Content-Length", String.valueOf(body.length())))
                + headers
                + RunningService.header("Connection", "close")
                + "\r\n"
                + body;
    }

    Answer send(String method, String path, String body, String headers) throws IOException {
        Answer answer = service.send(request(method, path, body, headers));
        Matcher set = COOKIE.matcher(answer.head());
        if (set.find()) {
            setCookie = set.group(1);
            cookie = set.group(2);
        }
        return answer;
    }

    Answer login(String user, String password) throws IOException {
        Answer answer = post("/api/v1/session", Map.of("user", user, "password", password));
        if (answer.status() == 200) {
            csrf = answer.json().path("csrf").asString();
        }
        return answer;
    }

    static Browser loggedIn(RunningService service, String user) throws IOException {
        Browser browser = new Browser(service);
        Answer answer = browser.login(user, PASSWORD);
        if (answer.status() != 200) {
            throw new AssertionError(answer.body());
        }
        return browser;
    }
}
