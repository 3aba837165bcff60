package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.service.users.Role;
import org.tandemopc.service.users.Sessions;
import org.tandemopc.service.users.SetupToken;
import org.tandemopc.testkit.Await;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class LoginTest {
    private static final String SESSION = "/api/v1/session";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(folder);
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private void users() throws Exception {
        service.accounts.add("anna", Role.ENGINEER, Browser.PASSWORD);
        service.accounts.add("ben", Role.OPERATOR, Browser.PASSWORD);
    }

    private Browser browser() {
        return new Browser(service);
    }

    private List<JsonNode> audit() throws IOException {
        return new ArrayList<>(
                service.get("/api/v1/audit").json().path("entries").values());
    }

    @Nested
    class Setup {
        private Answer setUp(Browser browser, String token, String user) throws IOException {
            return browser.post("/api/v1/setup", Map.of("token", token, "user", user, "password", Browser.PASSWORD));
        }

        private String token() throws IOException {
            return Files.readString(folder.resolve(SetupToken.FILE)).strip();
        }

        @Test
        void firstUserIsMadeWithTheTokenOfTheDataFolderOnce() throws Exception {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(SetupToken.FILE))))
                    .isEqualTo("rw-------");
            assertThat(browser().get(SESSION).json().path("setupNeeded").asBoolean())
                    .isTrue();
            assertThat(browser()
                            .get("/api/v1/status")
                            .json()
                            .path("setupNeeded")
                            .asBoolean())
                    .isTrue();
            String token = token();
            Browser browser = browser();

            Answer answer = setUp(browser, token, "anna");

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().path("role").asString()).isEqualTo("engineer");
            assertThat(browser.get("/api/v1/users").status()).as("logged in").isEqualTo(200);
            assertThat(folder.resolve(SetupToken.FILE)).doesNotExist();
            assertThat(setUp(browser(), token, "mallory").status()).isEqualTo(409);
            assertThat(browser().get(SESSION).json().has("setupNeeded")).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "0", "00000000000000000000000000000000"})
        void withAnotherTokenNothingIsMade(String token) throws Exception {
            assertThat(setUp(browser(), token, "mallory").status()).isEqualTo(401);

            assertThat(service.accounts.users().isEmpty()).isTrue();
            assertThat(setUp(browser(), token(), "anna").status()).as("control").isEqualTo(200);
        }

        @Test
        void tokenIsNotGuessed() throws Exception {
            Answer last = setUp(browser(), "0", "mallory");
            for (int i = 0; i < 10; i++) {
                last = setUp(browser(), "0", "mallory");
            }

            assertThat(last.status()).isEqualTo(429);
        }

        @Test
        void tokenOfAnEarlierStartIsWorthNothingOnceThereAreUsers() throws Exception {
            users();

            assertThat(folder.resolve(SetupToken.FILE)).doesNotExist();
            assertThat(setUp(browser(), "x", "mallory").status()).isEqualTo(409);
        }
    }

    @Nested
    class Session {
        @Test
        void cookieIsForThisSiteAloneAndForNoScript() throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");

            assertThat(browser.setCookie).contains("; HttpOnly", "; SameSite=Strict", "; Path=/");
            assertThat(browser.setCookie).doesNotContain("Secure").doesNotContain("Domain");
            Answer who = browser.get(SESSION);
            assertThat(who.json().path("user").asString()).isEqualTo("anna");
            assertThat(who.json().path("csrf").asString()).isEqualTo(browser.csrf);
        }

        @Test
        void whoHasTheTokenIsAnEngineerOfThisMachine() throws Exception {
            users();
            JsonNode who = service.get(SESSION).json();

            assertThat(who.path("user").asString()).isEqualTo("local");
            assertThat(who.path("role").asString()).isEqualTo("engineer");
        }

        /** Session fixation: an id that somebody put into the browser is never that of a login. */
        @Test
        void loginMakesANewIdAndEndsTheOneBefore() throws Exception {
            users();
            Browser browser = browser();
            browser.cookie = "f".repeat(64);
            browser.login("anna", Browser.PASSWORD);
            String first = browser.cookie;
            assertThat(first).isNotEqualTo("f".repeat(64));

            browser.login("ben", Browser.PASSWORD);

            Browser old = browser();
            old.cookie = first;
            assertThat(old.get(SESSION).status()).isEqualTo(401);
            assertThat(browser.get(SESSION).json().path("user").asString()).isEqualTo("ben");
        }

        @Test
        void logoutEndsItOnTheServer() throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");
            String cookie = browser.cookie;

            assertThat(browser.delete(SESSION).status()).isEqualTo(200);

            assertThat(browser.setCookie).contains("Max-Age=0");
            browser.cookie = cookie;
            assertThat(browser.get("/api/v1/status").status()).isEqualTo(401);
        }

        @Test
        void itEndsWhenNobodyUsesIt() throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");
            service.later.addAndGet(Sessions.IDLE_MAX.toNanos());

            assertThat(browser.get("/api/v1/status").status()).isEqualTo(401);
        }

        @Test
        void rightsChangeAtOnceWithTheUser() throws Exception {
            users();
            Browser ben = Browser.loggedIn(service, "ben");
            Browser anna = Browser.loggedIn(service, "anna");

            assertThat(anna.post("/api/v1/users/ben", Map.of("role", "viewer")).status())
                    .isEqualTo(200);
            assertThat(ben.get("/api/v1/status").status()).as("logs in anew").isEqualTo(401);
            Browser again = Browser.loggedIn(service, "ben");
            assertThat(again.post("/api/v1/pairs/plant1/enable", Map.of()).status())
                    .isEqualTo(403);
            assertThat(service.pair().snapshot().phase()).isEqualTo("disabled");
            assertThat(anna.delete("/api/v1/users/ben").status()).isEqualTo(200);
            assertThat(again.get("/api/v1/status").status()).isEqualTo(401);
        }

        @Test
        void ownPasswordNeedsTheOldOneAndEndsTheOtherSessions() throws Exception {
            users();
            Browser ben = Browser.loggedIn(service, "ben");
            Browser elsewhere = Browser.loggedIn(service, "ben");
            String fresh = "quite another sentence";

            assertThat(ben.post(SESSION + "/password", Map.of("old", "wrong", "new", fresh))
                            .status())
                    .isEqualTo(403);
            assertThat(elsewhere.get(SESSION).status()).isEqualTo(200);
            assertThat(ben.post(SESSION + "/password", Map.of("old", Browser.PASSWORD, "new", fresh))
                            .status())
                    .isEqualTo(200);

            assertThat(ben.get(SESSION).status()).isEqualTo(200);
            assertThat(elsewhere.get(SESSION).status()).isEqualTo(401);
            assertThat(browser().login("ben", Browser.PASSWORD).status()).isEqualTo(401);
            assertThat(browser().login("ben", fresh).status()).isEqualTo(200);
        }

        @Test
        void streamEndsWithTheLogin() throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");
            try (Socket socket = service.connect()) {
                socket.getOutputStream()
                        .write(("GET /api/v1/records?follow=true HTTP/1.1\r\n"
                                        + RunningService.header("Host", "127.0.0.1:" + service.port())
                                        + RunningService.header("Cookie", browser.cookieName() + "=" + browser.cookie)
                                        + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                assertThat(lines.readLine()).contains("200");

                browser.delete(SESSION);

                long count = 0;
                try {
                    count = lines.lines().count();
                } catch (java.io.UncheckedIOException e) {
                    count++; // cut off
                }
                assertThat(count).as("it ends").isPositive();
            }
        }

        /** A browser sends the cookies of a host to each of its ports. */
        @Test
        void twoTandemsOfOneHostKeepTheirLoginsApart() throws Exception {
            users();
            try (RunningService second = new RunningService(folder.resolve("second"))) {
                second.accounts.add("anna", Role.ENGINEER, Browser.PASSWORD);
                Browser here = Browser.loggedIn(service, "anna");
                Browser there = Browser.loggedIn(second, "anna");
                assertThat(here.cookieName()).isNotEqualTo(there.cookieName());

                String both = RunningService.header(
                        "Cookie",
                        here.cookieName() + "=" + here.cookie + "; " + there.cookieName() + "=" + there.cookie);
                here.cookie = "";
                there.cookie = "";
                assertThat(here.send("GET", SESSION, "", both)
                                .json()
                                .path("csrf")
                                .asString())
                        .isEqualTo(here.csrf);
                assertThat(there.send("GET", SESSION, "", both)
                                .json()
                                .path("csrf")
                                .asString())
                        .isEqualTo(there.csrf);

                assertThat(there.send("DELETE", SESSION, "", both + there.own()).status())
                        .isEqualTo(200);
                assertThat(there.setCookie).startsWith(there.cookieName() + "=").contains("Max-Age=0");
                assertThat(here.send("GET", SESSION, "", both).status()).isEqualTo(200);
            }
        }

        /** Something forwards another port: what the browser knows is what tells one from another. */
        @Test
        void cookieHasThePortThatTheBrowserKnows() {
            Headers headers = new Headers();
            headers.set("Host", "tandem.plant.example:9443");
            assertThat(Gate.cookieName(headers, true)).isEqualTo("tandem-9443");
            headers.set("Host", "tandem.plant.example");
            assertThat(Gate.cookieName(headers, true)).isEqualTo("tandem-443");
            assertThat(Gate.cookieName(headers, false)).isEqualTo("tandem-80");
            headers.set("Host", "[::1]:8080");
            assertThat(Gate.cookieName(headers, false)).isEqualTo("tandem-8080");
            headers.set("Host", "[::1]");
            assertThat(Gate.cookieName(headers, false)).isEqualTo("tandem-80");
            headers.set("Host", "x:1; Domain=evil:2");
            assertThat(Gate.cookieName(headers, false)).matches("tandem-[0-9]{1,5}");
        }

        /** A name that is there twice may be from another place on this host: then none counts. */
        @Test
        void twoCookiesOfTheNameAreNone() throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");
            String good = browser.cookie;
            browser.cookie = "0; " + browser.cookieName() + "=" + good;

            assertThat(browser.get("/api/v1/status").status()).isEqualTo(401);
        }

        @Test
        void nameInRecordsIsTheUsersWhateverTheBodySays() throws Exception {
            users();
            service.serve();
            Browser ben = Browser.loggedIn(service, "ben");

            assertThat(ben.post("/api/v1/pairs/plant1/reset-damping", Map.of("by", "anna"))
                            .status())
                    .isEqualTo(202);

            Await.until(
                    "recorded",
                    Duration.ofSeconds(20),
                    () -> service.pair().records().stream()
                            .anyMatch(each -> each.record().text().contains("forgotten by 'ben'")));
            assertThat(service.pair().records())
                    .noneMatch(each -> each.record().text().contains("anna"));
        }
    }

    @Nested
    class Guessing {
        @Test
        void unknownNameAndWrongPasswordHaveOneAnswer() throws Exception {
            users();
            Answer wrong = browser().login("anna", "not her password");
            Answer unknown = browser().login("nobody", "not her password");

            assertThat(wrong.status()).isEqualTo(401);
            assertThat(unknown.body()).isEqualTo(wrong.body());
            assertThat(unknown.head().replaceAll("Date: .*", ""))
                    .isEqualTo(wrong.head().replaceAll("Date: .*", ""));
        }

        @ParameterizedTest
        @CsvSource({"anna", "nobody"})
        void guessingIsThrottledWhetherThereIsSuchAUserOrNot(String name) throws Exception {
            users();
            List<Integer> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(browser().login(name, "guess number " + i).status());
            }

            assertThat(answers).startsWith(401, 401, 401, 401, 401).endsWith(429);
            assertThat(browser().login("ben", Browser.PASSWORD).status())
                    .as("others log in")
                    .isEqualTo(200);
            assertThat(browser().login(name, Browser.PASSWORD).status())
                    .as("a right password is not found out meanwhile")
                    .isEqualTo(429);
        }

        @Test
        void refusedLoginsAreAuditedButCannotFloodTheLog() throws Exception {
            users();
            for (int i = 0; i < 100; i++) {
                browser().login("anna", "guess number " + i);
            }

            long refused = audit().stream()
                    .filter(e -> e.path("action").asString().equals("login"))
                    .filter(e -> !e.path("outcome").asString().equals("done"))
                    .count();
            assertThat(refused).isBetween(5L, 35L);
            assertThat(audit()).anySatisfy(e -> {
                assertThat(e.path("user").asString()).isEqualTo("anna");
                assertThat(e.path("address").asString()).isEqualTo("127.0.0.1");
                assertThat(e.path("outcome").asString()).isEqualTo("wrong");
            });
        }
    }

    @Nested
    class Elsewhere {
        /** A form of another page sends no header of ours, and its origin; what is at a site beside may send the cookie. */
        @ParameterizedTest
        @ValueSource(strings = {"http://evil.example", "null", "http://127.0.0.1:1", "http://localhost:PORT"})
        void pageOfAnotherOriginCanDoNothingAlsoWithTheCookie(String origin) throws Exception {
            users();
            Browser browser = Browser.loggedIn(service, "anna");
            String headers = RunningService.header("Origin", origin.replace("PORT", String.valueOf(service.port())))
                    + RunningService.header("X-Tandem-Csrf", browser.csrf);

            assertThat(browser.send("POST", "/api/v1/pairs/plant1/enable", "", headers)
                            .json()
                            .path("code")
                            .asString())
                    .isEqualTo("cross-origin");
            assertThat(browser.send("POST", SESSION, "{}", headers).status()).isEqualTo(403);
            assertThat(browser.send("POST", "/api/v1/pairs/plant1/enable", "", browser.own())
                            .status())
                    .as("control")
                    .isEqualTo(202);
        }

        @Test
        void answersCannotBeFramedSniffedKeptOrScripted() throws Exception {
            for (String path : List.of("/", "/api/v1/status", "/api/v1/nothing", "/health/live")) {
                String head = browser().get(path).head().toLowerCase(java.util.Locale.ROOT);

                assertThat(head)
                        .contains(
                                "frame-ancestors 'none'", "x-frame-options: deny", "nosniff", "no-store", "no-referrer")
                        .doesNotContain("access-control", "unsafe-inline", "strict-transport");
            }
        }
    }

    @Nested
    class Audited {
        @Test
        void everyOrderIsThereWithWhoFromWhereWhenWhatAndWhatCameOfIt() throws Exception {
            users();
            service.serve();
            Browser ben = Browser.loggedIn(service, "ben");
            ben.post("/api/v1/pairs/plant1/switch", Map.of("member", 0));
            ben.post("/api/v1/pairs/plant1/reset-damping", Map.of());
            ben.post("/api/v1/configuration/apply", Map.of("text", "version: 1"));
            service.post("/api/v1/pairs/plant1/unpin", "{\"by\":\"root\"}");

            List<String> lines = audit().stream()
                    .map(e -> String.join(
                            "|",
                            e.path("user").asString(),
                            e.path("address").asString(),
                            e.path("action").asString(),
                            e.path("target").asString(),
                            e.path("detail").asString(),
                            e.path("outcome").asString()))
                    .toList();
            assertThat(lines)
                    .contains(
                            "ben|127.0.0.1|login|||done",
                            "ben|127.0.0.1|switch|plant1|member 0|refused",
                            "ben|127.0.0.1|reset-damping|plant1||done",
                            "ben|127.0.0.1|configuration apply|||forbidden")
                    .anySatisfy(l -> assertThat(l).startsWith("local|127.0.0.1|unpin|plant1|by root|"));
            assertThat(audit().getFirst().path("at").asString()).matches("\\d{4}-.*T.*Z");
            assertThat(audit().getFirst().path("number").asLong()).isEqualTo(audit().size());
        }

        /** A word in the body is no way past the log: what was done is there, whatever else was sent. */
        @Test
        void whatIsDoneIsThereAlsoIfTheBodyCallsItADryRun() throws Exception {
            users();
            Browser anna = Browser.loggedIn(service, "anna");
            Map<String, Object> carl =
                    Map.of("name", "carl", "role", "engineer", "password", Browser.PASSWORD, "dryRun", true);
            assertThat(anna.post("/api/v1/users", carl).status()).isEqualTo(200);
            anna.post("/api/v1/pairs/plant1/enable", Map.of("dryRun", true));
            anna.post("/api/v1/configuration/apply", Map.of("text", "version: 1", "dryRun", true));
            anna.post("/api/v1/configuration/rollback", Map.of("dryRun", true));

            assertThat(audit().stream().map(e -> e.path("action").asString()))
                    .contains("add user", "enable", "configuration apply")
                    .doesNotContain("configuration rollback");
        }

        @Test
        void changesOfUsersAreThereWithoutPasswords() throws Exception {
            users();
            Browser anna = Browser.loggedIn(service, "anna");
            String secret = "a sentence of secrets";
            assertThat(anna.post("/api/v1/users", Map.of("name", "carl", "role", "viewer", "password", secret))
                            .status())
                    .isEqualTo(200);
            anna.post("/api/v1/users/carl", Map.of("password", secret + "!"));
            anna.delete("/api/v1/users/carl");

            String all = audit().toString();
            assertThat(all)
                    .contains("add user", "change user", "new password", "remove user")
                    .doesNotContain(secret);
            try (var files = Files.walk(folder)) {
                assertThat(files.filter(Files::isRegularFile).map(LoginTest::text))
                        .noneMatch(t -> t.contains(secret));
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Nested
    class Users {
        /** A full or read-only disk: whoever asks must not be left without an answer. */
        @Test
        void whatCannotBeSavedIsRefusedWithTheReason() throws Exception {
            users();
            Browser anna = Browser.loggedIn(service, "anna");
            // What a file is written to before it takes its place cannot be made.
            Files.createDirectories(folder.resolve("users.json.new").resolve("in-the-way"));

            Answer answer =
                    anna.post("/api/v1/users", Map.of("name", "carl", "role", "viewer", "password", Browser.PASSWORD));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.json().path("code").asString()).isEqualTo("files");
            assertThat(answer.json().path("detail").asString()).contains("The users cannot be saved");
            assertThat(answer.json().path("remedy").asString()).isNotEmpty();
            assertThat(service.accounts.users().find("carl")).isEmpty();
            assertThat(audit().getFirst().path("outcome").asString()).isEqualTo("files");
        }

        @Test
        void engineerMakesListsChangesAndRemovesThem() throws Exception {
            users();
            Browser anna = Browser.loggedIn(service, "anna");

            JsonNode list = anna.get("/api/v1/users").json().path("users");

            assertThat(list.path(0).path("name").asString()).isEqualTo("anna");
            assertThat(list.path(0).path("lastSeen").isString()).isTrue();
            assertThat(list.path(1).path("lastSeen").isNull()).isTrue();
            assertThat(list.toString()).doesNotContain("pbkdf2");
            assertThat(anna.delete("/api/v1/users/anna").status())
                    .as("the last engineer")
                    .isEqualTo(409);
            assertThat(anna.post("/api/v1/users/anna", Map.of("role", "viewer"))
                            .json()
                            .path("code")
                            .asString())
                    .isEqualTo("last-engineer");
            assertThat(anna.post("/api/v1/users/nobody", Map.of("role", "viewer"))
                            .status())
                    .isEqualTo(404);
            assertThat(anna.post("/api/v1/users/ben", Map.of("role", "king")).status())
                    .isEqualTo(400);
            assertThat(anna.post("/api/v1/users/ben", Map.of()).status()).isEqualTo(400);
            assertThat(anna.post("/api/v1/users/ben", Map.of("password", "short"))
                            .status())
                    .isEqualTo(422);
        }
    }

    @Nested
    class ConsoleOnTheClassPath {
        @Test
        void pageAndItsFilesNeedNoLoginAndItsPolicyAllowsNothingInline() throws Exception {
            Answer page = browser().get("/");
            Answer script = browser().get("/assets/main-1a2b.js");

            assertThat(page.status()).isEqualTo(200);
            assertThat(page.head())
                    .contains("text/html", "default-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(script.body()).contains("console.log");
            assertThat(script.head()).contains("text/javascript", "immutable");
        }

        @Test
        void numberForStylesIsNewInEachAnswer() throws Exception {
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Answer page = browser().get("/");
                String number = page.body().replaceAll("(?s).*name=\"nonce\" content=\"([^\"]*)\".*", "$1");
                assertThat(page.head()).contains("style-src 'self' 'nonce-" + number + "'");
                numbers.add(number);
            }

            assertThat(numbers).doesNotHaveDuplicates().allMatch(n -> n.length() >= 22);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/pairs/plant1", "/login", "/a%20b"})
        void pagesOfTheConsoleAreTheSamePage(String path) throws Exception {
            assertThat(browser().get(path).body()).contains("<!doctype html>");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/assets/nothing.js",
                    "/../RestServer.class",
                    "/assets/../../RestServer.class",
                    "/%2e%2e/RestServer.class",
                    "/assets/..%2f..%2fopenapi.yaml",
                    "/RestServer.class",
                    "/index.html.bak",
                    "/.git",
                    "/assets/.x.js",
                    "/api/v1/nothing",
                    "/health/nothing"
                })
        void nothingElseIsThere(String path) throws Exception {
            assertThat(browser().get(path).status()).isEqualTo(401);
            assertThat(service.get(path).status()).isEqualTo(404);
        }

        @Test
        void onlyReadingIsForEverybody() throws Exception {
            assertThat(browser().post("/", Map.of()).status()).isEqualTo(401);
        }
    }
}
