package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.app.ExitCode;
import org.tandemopc.service.rest.RestFiles;

/** Against a service whose pair takes its time: "is disabled" is said when it is so. */
@Timeout(60)
class EnableCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private HttpServer service;

    private boolean wasEnabled = true;
    /** The record comes when it is asked for the third time. */
    private BooleanSupplier isThere =
            () -> asked.stream().filter(EnableCommandTest::isForNews).count() == 3;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", this::answer);
        service.start();
        Files.writeString(
                data.resolve(RestFiles.PORT),
                "127.0.0.1:" + service.getAddress().getPort());
        Files.writeString(data.resolve(RestFiles.TOKEN), "0".repeat(64));
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    @Test
    void waitsUntilThePairSaysIt() throws Exception {
        assertThat(disable()).isEqualTo(ExitCode.OK);

        assertThat(asked.stream().filter(EnableCommandTest::isForNews)).hasSize(3);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("'p' is disabled.");
    }

    @Test
    void waitsForNothingWhenItWasSo() throws Exception {
        wasEnabled = false;

        assertThat(disable()).isEqualTo(ExitCode.OK);

        assertThat(asked).noneMatch(EnableCommandTest::isForNews).contains("/api/v1/pairs/p/disable");
    }

    @Test
    void aPersonIsToldThatItWaits() throws Exception {
        isThere = () -> err.toString(StandardCharsets.UTF_8).contains("Waiting for the service");

        assertThat(disable(true)).isEqualTo(ExitCode.OK);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("'p' is disabled.");
    }

    private int disable() throws Exception {
        return disable(false);
    }

    private int disable(boolean isTerminal) throws Exception {
        Command command = new EnableCommand(false);
        return command.run(
                command.parse(List.of("p", "--data", data.toString())),
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        isTerminal,
                        false));
    }

    private static boolean isForNews(String request) {
        return request.contains("after=7") && request.contains("kind=DISABLED");
    }

    private void answer(HttpExchange call) throws IOException {
        String request = call.getRequestURI().toString();
        asked.add(request);
        byte[] body = json(request).getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(call.getRequestMethod().equals("POST") ? 202 : 200, body.length);
        call.getResponseBody().write(body);
        call.close();
    }

    private String json(String request) {
        if (request.contains("/records")) {
            return "{\"records\":[%s],\"last\":7}".formatted(isThere.getAsBoolean() ? "{\"kind\":\"DISABLED\"}" : "");
        }
        return "{\"name\":\"p\",\"enabled\":%b,\"accepted\":true}".formatted(wasEnabled);
    }
}
