package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.service.rest.RestFiles;
import org.tandemopc.service.rest.RestServer;
import org.tandemopc.service.rest.ServiceFacade;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

/** Who follows records goes on following while configurations are applied. */
@Timeout(60)
class FollowedRecordsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String HEAD = """
            version: 1
            opcua:
              listen: 127.0.0.1:4840
            pairs:
            """;
    private static final String ONE = HEAD + pair("one", "a");
    private static final String TWO = pair("two", "a");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private DataFolder data;

    @SuppressWarnings("NullAway.Init")
    private TandemRuntime runtime;

    @SuppressWarnings("NullAway.Init")
    private LiveConfigurations live;

    @SuppressWarnings("NullAway.Init")
    private RestServer rest;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        Path file = Files.writeString(folder.resolve("tandem.yaml"), ONE + TWO);
        data = DataFolder.hold(folder.resolve("data"));
        ConfigStore store = new ConfigStore(file, data.path(), Map.of());
        runtime = new TandemRuntime(store.load().config().orElseThrow(), door -> new FakeProtocol(), data, false);
        runtime.start();
        live = new LiveConfigurations(store, runtime);
        rest = RestServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ServiceFacade(runtime, live, null, null, "1.2.3", null, Instant.now()),
                data.path());
    }

    @AfterEach
    void stop() throws IOException {
        client.shutdownNow();
        rest.close();
        runtime.close();
        data.close();
    }

    @Test
    @Requirement("S22")
    void pairThatIsMadeAnewIsFollowedOn() throws IOException {
        Follow one = follow("/api/v1/pairs/one/records");
        Follow all = follow("/api/v1/records");

        apply(HEAD + pair("one", "c") + TWO);
        awaitChanged(one, "one");
        awaitChanged(all, "one");
        note("one", "later");
        note("two", "of another");

        one.await("later");
        all.await("later");
        all.await("of another");
        assertThat(one.lines).doesNotHaveDuplicates().noneMatch(line -> line.contains("of another"));
    }

    @Test
    void pairThatIsAddedIsHeardByWhoFollowsAll() throws IOException {
        Follow all = follow("/api/v1/records");

        apply(ONE + TWO + pair("three", "a"));

        awaitChanged(all, "three");
        note("three", "later");
        all.await("later");
    }

    @Test
    void pairThatIsRemovedEndsItsFollowersWithAWordAndNoOthers() throws IOException {
        Follow two = follow("/api/v1/pairs/two/records");
        Follow all = follow("/api/v1/records");

        apply(ONE);

        Await.until("the stream has ended", SOON, () -> two.hasEnded);
        assertThat(two.lines).last().isEqualTo("{\"removed\":\"two\"}");
        all.await("{\"removed\":\"two\"}");
        note("one", "later");
        all.await("later");
    }

    /** After it the pair of that name is another, or nobody's. */
    @Test
    void pairThatGetsAnotherNameEndsWhoFollowsTheOldOne() throws IOException {
        Follow two = follow("/api/v1/pairs/two/records");

        apply(ONE + TWO.replace("name: two", "name: second"));

        Await.until("the stream has ended", SOON, () -> two.hasEnded);
        assertThat(two.lines).last().isEqualTo("{\"removed\":\"two\"}");
    }

    private void apply(String text) {
        assertThat(live.apply(text, live.version(), "ann")).isInstanceOf(Configurations.Outcome.Applied.class);
    }

    private static void awaitChanged(Follow follow, String pair) {
        follow.await("Configuration of server '" + pair + "' was changed by 'ann'");
    }

    private void note(String pair, String text) {
        runtime.pair(pair).orElseThrow().note(Fixtures.note(text));
    }

    private static String pair(String name, String machine) {
        return """
                  - name: %s
                    members:
                      - url: opc.tcp://%s-%s:4840
                      - url: opc.tcp://%s-b:4840
                """.formatted(name, name, machine, name);
    }

    /** Returns when the service listens: its first line, though it be empty, has come. */
    private Follow follow(String path) throws IOException {
        String token = Files.readString(data.path().resolve(RestFiles.TOKEN)).strip();
        Follow follow = new Follow();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + rest.address().getPort() + path + "?follow=true&limit=0"))
                .header("Authorization", "Bearer " + token)
                .build();
        var unused = Thread.ofVirtual().start(() -> follow.read(client, request));
        Await.until("it follows", SOON, () -> follow.isOpen);
        return follow;
    }

    private static final class Follow {
        final List<String> lines = new CopyOnWriteArrayList<>();
        volatile boolean isOpen;
        volatile boolean hasEnded;

        void read(HttpClient client, HttpRequest request) {
            try (Stream<String> all =
                    client.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
                all.forEach(line -> {
                    isOpen = true;
                    if (!line.isEmpty()) {
                        lines.add(line);
                    }
                });
                hasEnded = true;
            } catch (IOException | RuntimeException e) {
                hasEnded = false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void await(String text) {
            Await.until(text + " in " + lines, SOON, () -> lines.stream().anyMatch(line -> line.contains(text)));
        }
    }
}
