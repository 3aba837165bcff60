package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class RestServerTest {
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

    @Nested
    class Door {
        @Test
        void tokenFileIsForItsOwnerOnlyAndBothFilesGoWithTheService() throws IOException {
            Path token = folder.resolve(RestFiles.TOKEN);

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(token)).matches("[0-9a-f]{64}\n");
            assertThat(Files.readString(folder.resolve(RestFiles.PORT)))
                    .isEqualTo("127.0.0.1:" + service.port() + "\n");

            service.rest.close();

            assertThat(token).doesNotExist();
            assertThat(folder.resolve(RestFiles.PORT)).doesNotExist();
        }

        /** Any address of loopback will do, and commands go where the port file says. */
        @Test
        void addressOfLoopbackThatIsNotTheUsualOneIsServed() throws Exception {
            Path other = Files.createDirectory(folder.resolve("other"));
            try (RestServer server = RestServer.start(
                    new InetSocketAddress("127.1.2.3", 0),
                    new ServiceFacade(service.runtime, null, null, null, "", null, Instant.now()),
                    other)) {
                URI health = URI.create("http://"
                        + Files.readString(other.resolve(RestFiles.PORT)).strip() + "/health/live");
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString());

                assertThat(server.hostAndPort()).startsWith("127.1.2.3:");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }

        @Test
        void addressThatOtherMachinesReachIsRefused() {
            assertThatThrownBy(() -> RestServer.start(
                            new InetSocketAddress("0.0.0.0", 0),
                            new ServiceFacade(service.runtime, null, null, null, "", null, Instant.now()),
                            folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("loopback")
                    .hasMessageContaining("rest.tls");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000\r\n",
                    "Authorization: Bearer \r\n",
                    "Authorization: Basic TOKEN\r\n",
                    "Authorization: TOKEN\r\n",
                    "Authorization: Bearer TOKENx\r\n",
                    "Authorization: Bearer TOKEN\r\nAuthorization: Bearer TOKEN\r\n"
                })
        void withoutTheTokenNothingIsToldNotEvenWhatThereIs(String authorization) throws IOException {
            String headers = RunningService.header("Host", "127.0.0.1:" + service.port())
                    + authorization.replace("TOKEN", service.token) + "Connection: close\r\n\r\n";
            assertThat(service.get("/api/v1/status").status()).as("control").isEqualTo(200);

            for (String path : List.of("/api/v1/status", "/api/v1/pairs/plant1", "/api/v1/nothing")) {
                Answer answer = service.send("GET " + path + " HTTP/1.1\r\n" + headers);

                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.json().path("code").asString()).isEqualTo("unauthorized");
                assertThat(answer.body()).doesNotContain(service.token, "plant1");
            }
        }

        /** A web page that has rebound its own name to 127.0.0.1 sends that name (DNS rebinding). */
        @ParameterizedTest
        @CsvSource({
            "evil.example, false",
            "127.0.0.1, false",
            "127.0.0.1:1, false",
            "localhost:PORT.evil.example, false",
            "127.0.0.1:PORT, true",
            "LOCALHOST:PORT, true",
            "[::1]:PORT, true"
        })
        void onlyANameOfLoopbackIsServed(String host, boolean served) throws IOException {
            Answer answer = service.send("GET /health/live HTTP/1.1\r\n"
                    + RunningService.header("Host", host.replace("PORT", String.valueOf(service.port())))
                    + "Connection: close\r\n\r\n");

            assertThat(answer.status()).isEqualTo(served ? 200 : 403);
        }

        @Test
        void pageOfAnotherOriginIsRefusedAndNothingIsEverAllowedToOne() throws IOException {
            for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1")) {
                Answer answer = service.send("POST /api/v1/pairs/plant1/enable HTTP/1.1\r\n"
                        + RunningService.header("Origin", origin) + service.usual());

                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control");
            }
            Answer preflight = service.send("OPTIONS /api/v1/status HTTP/1.1\r\n"
                    + RunningService.header("Access-Control-Request-Method", "POST") + service.usual());
            assertThat(preflight.status()).isEqualTo(405);
            assertThat(preflight.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control");
            assertThat(service.pair().snapshot().phase()).isEqualTo("disabled");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/api/v1/pairs/../status",
                    "/api/v1/pairs/%2e%2e/status",
                    "/api/v1/pairs/plant1/",
                    "/api/v1/pairs//plant1",
                    "//api/v1/status",
                    "/api/v1/pairs/plant1%2fsessions",
                    "/api/v1/pairs/plant1%5csessions",
                    "/api/v1/pairs/plant1%00",
                    "/api/v1/pairs/plant1%0d%0aX: y",
                    "http://evil.example/api/v1/status",
                    "/etc/passwd.txt",
                    "/API/v1/status"
                })
        void pathThatIsNotExactlyARouteIsNotFound(String path) throws IOException {
            Answer answer = service.get(path.replace(" ", "%20"));

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("evil", "passwd");
        }

        @Test
        void brokenEscapeIsABadRequest() throws IOException {
            assertThat(service.get("/api/v1/pairs/%zz").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?text=%").status()).isEqualTo(400);
        }

        @Test
        void unknownOrDoubleParameterIsABadRequest() throws IOException {
            assertThat(service.get("/api/v1/records?kin=NOTE").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?kind=NOTE&kind=NOTE").status())
                    .isEqualTo(400);
            assertThat(service.get("/api/v1/records?kind=NONE").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?kind=NOTE,NONE").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?kind=NOTE,").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?limit=1001").status()).isEqualTo(400);
            assertThat(service.get("/api/v1/records?since=today").status()).isEqualTo(400);
        }
    }

    @Nested
    class Bounds {
        @Test
        void bodyOverAMegabyteIsRefusedWhetherItSaysSoOrNot() throws IOException {
            String plan = "/api/v1/configuration/plan";
            Answer told = service.send("POST " + plan + " HTTP/1.1\r\n"
                    + RunningService.header("Content-Length", "1048577") + service.usual());
            Answer monstrous = service.send("POST " + plan + " HTTP/1.1\r\n"
                    + RunningService.header("Content-Length", "999999999999") + service.usual());
            StringBuilder chunks = new StringBuilder();
            for (int i = 0; i < 16; i++) {
                chunks.append("10000\r\n").repeat('x', 0x10000).append("\r\n");
            }
            Answer untold = service.send("POST " + plan + " HTTP/1.1\r\n"
                    + RunningService.header("Transfer-Encoding", "chunked") + service.usual() + chunks + "1\r\nx\r\n");

            assertThat(told.status()).isEqualTo(413);
            assertThat(monstrous.status()).isEqualTo(413);
            assertThat(untold.status()).isEqualTo(413);
        }

        @Test
        void manyOrLongHeadersEndTheConnectionAndOthersAreServed() throws IOException {
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                many.append("X-").append(i).append(": y\r\n");
            }
            StringBuilder longOne =
                    new StringBuilder("X-Long: ").repeat('y', 64 << 10).append("\r\n");

            assertThat(refused("GET /health/live HTTP/1.1\r\n" + many + service.usual()))
                    .isTrue();
            assertThat(refused("GET /health/live HTTP/1.1\r\n" + longOne + service.usual()))
                    .isTrue();
            assertThat(service.get("/health/live").status()).as("control").isEqualTo(200);
        }

        private boolean refused(String request) throws IOException {
            try {
                return service.send(request).status() != 200;
            } catch (SocketException e) {
                return true; // reset before an answer
            }
        }

        @Test
        void deepJsonIsABadRequest() throws IOException {
            String deep = "{\"text\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";

            Answer answer = service.post("/api/v1/pairs/plant1/enable", deep);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(service.post("/api/v1/pairs/plant1/enable", "[1]").status())
                    .isEqualTo(400);
            assertThat(service.post("/api/v1/pairs/plant1/enable", "{").status())
                    .isEqualTo(400);
        }

        /** Each byte comes well within any pause that a server may allow; all together take too long (slowloris). */
        @Test
        void headersThatDripAreCutOffAndOthersAreServedMeanwhile() throws IOException {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket socket = service.connect();
                socket.getOutputStream().write("GET /health/live HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RestLimits.REQUEST_SECONDS_MAX + 8L);
            int open = slow.size();
            while (open > 0 && System.nanoTime() - end < 0) {
                open = 0;
                for (Socket socket : slow) {
                    open += drip(socket) ? 1 : 0;
                }
                assertThat(service.get("/health/live").status()).isEqualTo(200);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }

            assertThat(open).isZero();
            for (Socket socket : slow) {
                socket.close();
            }
        }

        private static boolean drip(Socket socket) {
            try {
                socket.getOutputStream().write('x');
                socket.getOutputStream().flush();
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        /** More people ask, and slower, than are served at once: they are turned away, and the pair leaves who was lost. */
        @Test
        @Requirement("S30")
        void requestsBeyondTheBoundAreTurnedAwayAndNoPairWaitsForThem() throws IOException {
            service.serve();
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < RestLimits.REQUESTS_MAX; i++) {
                Socket socket = service.connect();
                socket.getOutputStream()
                        .write(("POST /api/v1/configuration/plan HTTP/1.1\r\n"
                                        + RunningService.header("Content-Length", "1000") + service.usual())
                                .getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            Await.until("nobody else is served", RunningService.SOON, () -> status() == 503);

            service.protocol
                    .planes
                    .getFirst()
                    .links
                    .getFirst()
                    .lost(LossCause.CONNECTION_CLOSED, 0, "the server has ended");
            Await.until(
                    "the pair has left it",
                    RunningService.SOON,
                    () -> !service.pair().snapshot().phase().equals("serving"));

            assertThat(status()).as("people still wait").isEqualTo(503);
            for (Socket socket : slow) {
                socket.close();
            }
            Await.until("people are served again", RunningService.SOON, () -> status() == 200);
        }

        private int status() {
            try {
                return service.get("/api/v1/status").status();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Test
        void followersAreBoundedAndAPlaceIsFreeAgainWhenOneGoes() throws IOException {
            List<Socket> followers = new ArrayList<>();
            for (int i = 0; i < RestLimits.STREAMS_MAX; i++) {
                followers.add(following());
            }

            assertThat(service.get("/api/v1/records?follow=true").status()).isEqualTo(503);
            assertThat(service.get("/api/v1/status").status())
                    .as("the rest goes on")
                    .isEqualTo(200);

            followers.removeLast().close();
            Await.until("a place is free", RunningService.SOON.multipliedBy(3), () -> {
                try (Socket again = service.connect()) {
                    request(again);
                    return new BufferedReader(new InputStreamReader(again.getInputStream(), StandardCharsets.UTF_8))
                            .readLine()
                            .contains("200");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (Socket follower : followers) {
                follower.close();
            }
        }

        private Socket following() throws IOException {
            Socket socket = service.connect();
            request(socket);
            // The answer's first line: it has its place.
            assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine())
                    .contains("200");
            return socket;
        }

        private void request(Socket socket) throws IOException {
            socket.getOutputStream()
                    .write(("GET /api/v1/records?follow=true HTTP/1.1\r\n" + service.usual())
                            .getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Nested
    class Answers {
        @Test
        @Requirement("ENA-4")
        void pairIsEnabledAtOnceAndItsStateIsTold() throws IOException {
            assertThat(service.get("/api/v1/pairs/plant1").json().path("phase").asString())
                    .isEqualTo("disabled");

            service.serve();

            JsonNode pair = service.get("/api/v1/pairs/plant1").json();
            assertThat(pair.path("phase").asString()).isEqualTo("serving");
            assertThat(pair.path("active").asInt()).isZero();
            assertThat(pair.path("since").isString()).isTrue();
            assertThat(pair.path("why").isNull()).as("no switch yet").isTrue();
            assertThat(pair.path("explained").asString()).isEqualTo("first-ready");
            JsonNode primary = pair.path("members").path(0);
            assertThat(primary.path("connected").asBoolean()).isTrue();
            assertThat(primary.path("state").asString()).isEqualTo("RUNNING");
            assertThat(primary.path("serviceLevel").asInt()).isEqualTo(255);
            assertThat(primary.path("roundTripMs").asDouble()).isEqualTo(1.0);
            assertThat(pair.path("members").path(1).path("state").isNull()).isTrue();
        }

        /** MON-15: at which rate the server really delivers a value, and twice that. */
        @Test
        @Requirement({"MON-1", "MON-15"})
        void monitorItemsAreToldWithTheirMeasuredRateAndAFittingTime() throws IOException {
            service.serve();
            ControlLink.Listener primary =
                    service.protocol.planes.getFirst().links.getFirst();
            assertThat(monitored().path("slowestMs").isNull())
                    .as("nothing is measured yet")
                    .isTrue();

            primary.monitored(0, List.of(new MonitorReport.Added(0, Duration.ofMillis(1_500))));
            for (int i = 0; i < 10; i++) {
                primary.monitored(
                        0, List.of(new MonitorReport.Value(0, MonitorValue.of(MonitorValue.Quality.GOOD, i))));
            }
            Await.until(
                    "it is measured",
                    RunningService.SOON,
                    () -> monitored().path("slowestMs").isNumber());

            JsonNode item = monitored();
            assertThat(item.path("item").asString()).isEqualTo("ns=2;s=watchdog");
            assertThat(item.path("rateMs").asLong()).isEqualTo(1_500);
            assertThat(item.path("proposedTimeMs").asLong())
                    .isEqualTo(2 * Math.max(1_500, item.path("slowestMs").asLong()));
            JsonNode monitor = member(0).path("monitor");
            assertThat(monitor.path("test").asString()).isEqualTo("passed");
            assertThat(monitor.path("failureCount").asInt()).isEqualTo(1);
            assertThat(member(1).path("monitor").path("test").asString()).isEqualTo("untested");
        }

        private JsonNode monitored() {
            return member(0).path("monitor").path("items").path(0);
        }

        private JsonNode member(int index) {
            try {
                return service.get("/api/v1/pairs/plant1")
                        .json()
                        .path("members")
                        .path(index);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Test
        void orderThatThePairRefusesIsAConflictWithThePairsOwnWords() throws IOException {
            service.serve();

            Answer answer = service.post("/api/v1/pairs/plant1/switch", "{\"member\":0,\"by\":\"ann\"}");

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.json().path("detail").asString())
                    .contains("ordered by 'ann', was refused: it is the active machine already");
        }

        @Test
        void healthNeedsNoTokenAndSaysNoNames() throws IOException {
            String plain = RunningService.header("Host", "127.0.0.1:" + service.port()) + "Connection: close\r\n\r\n";

            assertThat(service.send("GET /health/ready HTTP/1.1\r\n" + plain).status())
                    .isEqualTo(200);
            var unused = service.pair().enable("test");
            Await.until(
                    "it starts",
                    RunningService.SOON,
                    () -> !service.pair().snapshot().phase().equals("disabled"));
            Answer starting = service.send("GET /health/ready HTTP/1.1\r\n" + plain);
            assertThat(starting.status()).isEqualTo(503);
            assertThat(starting.body()).doesNotContain("plant1");
            service.serve();
            assertThat(service.send("GET /health/ready HTTP/1.1\r\n" + plain).status())
                    .isEqualTo(200);
        }

        @Test
        void orderForADisabledPairIsAConflictWithAReason() throws IOException {
            Answer answer = service.post("/api/v1/pairs/plant1/switch", "{\"member\":1}");

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.head()).contains("application/problem+json");
            assertThat(answer.json().path("code").asString()).isEqualTo("refused");
            assertThat(answer.json().path("detail").asString()).contains("disabled");
            assertThat(answer.json().path("remedy").asString()).isNotEmpty();
        }

        @Test
        void pairThatDoesNotExistIsSaidWithoutRepeatingWhatWasSent() throws IOException {
            Answer answer = service.get("/api/v1/pairs/%1b%5b31mx");
            Answer other = service.get("/api/v1/pairs/plant9");

            assertThat(answer.status()).isEqualTo(404);
            assertThat(other.json().path("code").asString()).isEqualTo("no-such-pair");
            assertThat(other.body()).doesNotContain("plant9");
        }

        /** Names go into records, and records onto terminals. */
        @Test
        void nameOfWhoAsksIsCutAndFreedOfControlCharacters() throws IOException {
            service.serve();

            var unused = service.post(
                    "/api/v1/pairs/plant1/reset-damping",
                    "{\"by\":\"ann\\u001b[31m\\n\\u202e" + "x".repeat(200) + "\"}");

            Await.until(
                    "the record is there",
                    RunningService.SOON,
                    () -> service.pair().records().stream()
                            .anyMatch(r -> r.record().text().contains("forgotten by 'ann[31mx")));
            assertThat(service.pair().records().getLast().record().text()).hasSizeLessThan(200);
        }

        @Test
        void recordsAreFilteredAndReadPageByPage() throws IOException {
            service.serve();
            JsonNode all = service.get("/api/v1/pairs/plant1/records").json();
            List<Long> numbers = new ArrayList<>();
            long after = 0;
            while (true) {
                JsonNode page = service.get("/api/v1/pairs/plant1/records?limit=1&after=" + after)
                        .json();
                if (page.path("records").isEmpty()) {
                    break;
                }
                after = page.path("last").asLong();
                numbers.add(after);
            }

            assertThat(numbers).hasSize(all.path("records").size()).isSorted().hasSizeGreaterThan(1);
            assertThat(service.get("/api/v1/records?kind=ENABLED")
                            .json()
                            .path("records")
                            .values())
                    .singleElement()
                    .satisfies(r -> assertThat(r.path("kind").asString()).isEqualTo("ENABLED"));
            assertThat(service.get("/api/v1/pairs/plant1/records?kind=ENABLED,%20promoted,ENABLED")
                            .json()
                            .path("records")
                            .values())
                    .extracting(r -> r.path("kind").asString())
                    .hasSizeLessThan(numbers.size())
                    .contains("ENABLED")
                    .isSubsetOf("ENABLED", "PROMOTED");
            assertThat(service.get("/api/v1/records?severity=error")
                            .json()
                            .path("records")
                            .size())
                    .isZero();
            assertThat(service.get("/api/v1/records?text=ENABLED%20by")
                            .json()
                            .path("records")
                            .size())
                    .isEqualTo(1);
            assertThat(service.get("/api/v1/records?until=2020-01-01T00:00:00Z")
                            .json()
                            .path("records")
                            .size())
                    .isZero();
        }

        @Test
        @Requirement({"DIA-1", "DIA-2", "DIA-6"})
        void recordHasItsTimeInMillisecondsAndItsClientAndThePairItsFolder() throws IOException {
            RelayListener relay = service.protocol.planes.getFirst().listener;
            relay.record(new PairRecord(RecordKind.GAP, "missed", "HMI 3 (10.0.0.7)", Map.of()));

            JsonNode record = service.get("/api/v1/pairs/plant1/records?kind=GAP")
                    .json()
                    .path("records")
                    .path(0);
            assertThat(record.path("client").asString()).isEqualTo("HMI 3 (10.0.0.7)");
            assertThat(record.path("at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(Views.time(Instant.parse("2026-01-02T10:10:25Z"))).isEqualTo("2026-01-02T10:10:25.000Z");
            Path told = Path.of(service.get("/api/v1/pairs/plant1")
                    .json()
                    .path("recordsFolder")
                    .asString());
            assertThat(told).isAbsolute();
            Await.until(
                    "the record is on the disk there",
                    RunningService.SOON,
                    () -> lines(told).contains("\"text\":\"missed\""));
        }

        private static String lines(Path records) {
            Path file = records.resolve("records-000001.jsonl");
            try {
                return Files.exists(file) ? Files.readString(file) : "";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Test
        void followerGetsWhatIsThereAndThenEachRecordOnce() throws IOException {
            service.serve();
            int there = service.pair().records().size();
            try (Socket socket = service.connect()) {
                socket.getOutputStream()
                        .write(("GET /api/v1/records?follow=true HTTP/1.1\r\n" + service.usual())
                                .getBytes(StandardCharsets.US_ASCII));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                List<String> got = new ArrayList<>();
                readUntil(lines, got, there);
                var unused = service.pair().resetDamping("ann");
                readUntil(lines, got, there + 1);

                assertThat(got.getLast()).contains("forgotten by 'ann'");
                assertThat(got).doesNotHaveDuplicates();
            }
        }

        private static void readUntil(BufferedReader lines, List<String> got, int count) throws IOException {
            while (got.size() < count) {
                String line = lines.readLine();
                if (line == null) {
                    throw new AssertionError("the stream ended after " + got);
                }
                if (line.startsWith("{")) {
                    got.add(line);
                }
            }
        }

        @Test
        void checkTellsEachLegOfEachMember() throws IOException {
            Answer answer = service.post("/api/v1/pairs/plant1/check", "");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"leg\":\"port\",\"passed\":true", "\"remedy\":\"Start the server.\"");
            Answer one = service.post("/api/v1/pairs/plant1/check?member=0", "");
            assertThat(one.body()).doesNotContain("\"member\":1");
            assertThat(service.post("/api/v1/pairs/plant1/check?member=2", "").status())
                    .isEqualTo(400);
        }

        @Test
        void whatThisServiceCannotReachIsSaidSo() throws IOException {
            assertThat(service.get("/api/v1/configuration").json().path("code").asString())
                    .isEqualTo("not-available");
            assertThat(service.get("/api/v1/certificates").status()).isEqualTo(501);
        }
    }
}
