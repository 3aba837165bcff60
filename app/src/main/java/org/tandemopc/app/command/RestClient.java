package org.tandemopc.app.command;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import org.tandemopc.service.rest.RestFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The running service, found by the files in its data folder. The token goes into a header, never into a command line. */
final class RestClient implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);
    /** Applying a configuration closes sessions and opens links. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    private static final int FILE_BYTES_MAX = 200;

    private final Path data;
    private final URI base;
    private final String token;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    private RestClient(Path data, URI base, String token, Duration patience) {
        this.data = data;
        this.base = base;
        this.token = token;
        this.patience = patience;
    }

    /** @throws CommandFailure no service runs with this folder, as far as its files say, or they cannot be read */
    static RestClient find(Path data) throws CommandFailure {
        return find(data, ANSWER_MAX);
    }

    /** @param patience for an answer, and for each next line of one that goes on */
    static RestClient find(Path data, Duration patience) throws CommandFailure {
        try {
            String place = line(data.resolve(RestFiles.PORT));
            String token = line(data.resolve(RestFiles.TOKEN));
            if (!place.matches("(127\\.[0-9.]{5,11}|\\[[0:]*1]):[0-9]{1,5}") || !token.matches("[0-9a-f]{64}")) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "The files " + RestFiles.PORT + " and " + RestFiles.TOKEN + " in " + data
                                + " are not those of a Tandem.");
            }
            return new RestClient(data, URI.create("http://" + place), token, patience);
        } catch (NoSuchFileException e) {
            throw noService(data);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "Cannot read " + data + " (" + e + "). Run the command as the user that runs Tandem.");
        }
    }

    /** Where the service is, as {@code http://127.0.0.1:41723}. */
    URI base() {
        return base;
    }

    private static String line(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " is too long");
        }
        return Files.readString(file).strip();
    }

    private static CommandFailure noService(Path data) {
        return new CommandFailure(
                ExitCode.NO_SERVICE,
                "No Tandem runs with the data folder " + data
                        + ". Start it with 'tandem run', or name its folder with --data.");
    }

    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) throws CommandFailure, InterruptedException {
        return answer(request(path).GET().timeout(patience).build());
    }

    JsonNode post(String path, Map<String, ?> body) throws CommandFailure, InterruptedException {
        return answer(request(path)
                .timeout(patience)
                .POST(HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(body)))
                .build());
    }

    JsonNode delete(String path) throws CommandFailure, InterruptedException {
        return answer(request(path).DELETE().timeout(patience).build());
    }

    /**
     * Takes the lines of a stream as they come. One that says nothing for as long as any answer may take ends with a failure:
     * a leg of a check takes some seconds, and who follows records hears every few seconds that the service is there.
     *
     * @param each false: enough
     */
    void stream(String method, String path, Predicate<JsonNode> each) throws CommandFailure, InterruptedException {
        HttpRequest request = request(path)
                .timeout(patience)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (Silence silence = new Silence()) {
            HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() >= 400) {
                    throw failure(object(String.join("\n", lines.toList())));
                }
                Iterator<String> iterator = lines.iterator();
                while (hasNext(iterator, silence)) {
                    String line = iterator.next();
                    if (!line.isEmpty() && !each.test(object(line))) {
                        return;
                    }
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw failure(e);
        }
    }

    private boolean hasNext(Iterator<String> lines, Silence silence) throws CommandFailure {
        silence.begins();
        try {
            return lines.hasNext();
        } catch (java.io.UncheckedIOException e) {
            if (silence.isTooLong()) {
                throw silent();
            }
            throw e;
        } finally {
            silence.ends();
        }
    }

    /** While it is open, a next line that does not come in time breaks off what is under way. Of one thread. */
    private final class Silence implements AutoCloseable {
        private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("silence").factory());
        private volatile boolean isTooLong;
        private @Nullable Future<?> end;

        void begins() {
            end = watch.schedule(
                    () -> {
                        isTooLong = true;
                        http.shutdownNow();
                    },
                    patience.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        void ends() {
            Future<?> scheduled = end;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }

        boolean isTooLong() {
            return isTooLong;
        }

        @Override
        public void close() {
            watch.shutdownNow();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode answer(HttpRequest request) throws CommandFailure, InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode json = object(response.body());
            if (response.statusCode() >= 400) {
                throw failure(json);
            }
            return json;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Everything that a Tandem says is one: another program may have the port of a service that was killed. */
    private JsonNode object(String text) throws CommandFailure {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            // The same answer as to any other value.
        }
        // With a problem: whoever follows a stream tells this from the end of the service.
        throw new CommandFailure(
                ExitCode.FAILED,
                "What answers at " + base + " is no Tandem.",
                MAPPER.createObjectNode().put("code", "failed"));
    }

    private CommandFailure failure(Exception e) {
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return noService(data);
        }
        if (e instanceof HttpTimeoutException) {
            return silent();
        }
        return new CommandFailure(ExitCode.FAILED, "The connection to the service ended: " + e.getMessage());
    }

    /** With a problem: whoever follows a stream tells this from the end of the service. */
    private CommandFailure silent() {
        return new CommandFailure(
                ExitCode.FAILED,
                "The service did not answer within " + patience.toSeconds() + " s.",
                MAPPER.createObjectNode().put("code", "failed"));
    }

    private static CommandFailure failure(JsonNode problem) {
        int exit = switch (problem.path("code").asString("")) {
            case "refused", "conflict", "last-engineer", "name-taken", "users-exist" -> ExitCode.REFUSED;
            case "invalid-configuration", "hidden-password" -> ExitCode.CONFIGURATION;
            case "bad-request" -> ExitCode.USAGE;
            default -> ExitCode.FAILED;
        };
        // What is to be done about a request that is wrong in itself is for those who write programs.
        String remedy = exit == ExitCode.USAGE ? "" : problem.path("remedy").asString("");
        String text = problem.path("detail").asString("The service refused.") + " " + remedy;
        return new CommandFailure(exit, Printable.of(text.strip()), problem);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
