package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that was killed leaves the files that lead to it, and by now another program may have its port. */
@Timeout(60)
class ForeignServiceTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @SuppressWarnings("NullAway.Init")
    private HttpServer other;

    private int status = 200;
    private String says = "";

    @BeforeEach
    void start() throws IOException {
        other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            byte[] body = says.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            try (OutputStream answer = exchange.getResponseBody()) {
                answer.write(body);
            }
        });
        other.start();
        Files.writeString(
                folder.resolve("rest.port"), "127.0.0.1:" + other.getAddress().getPort() + "\n");
        Files.writeString(folder.resolve("rest.token"), "0".repeat(64) + "\n");
    }

    @AfterEach
    void stop() {
        other.stop(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "status           | 200 | ``",
                "status           | 200 | []",
                "status           | 404 | <html>not here</html>",
                "pairs            | 200 | null",
                "switch plant1    | 200 | 17",
                "events --follow  | 404 | <html>not here</html>",
                "events --follow  | 200 | hello",
                "events           | 500 | \"no\"",
                "check            | 200 | []",
            })
    void whatIsNoTandemIsCalledThat(String line, int answer, String text) {
        status = answer;
        says = text;
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        words.addAll(List.of("--data", folder.toString()));
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);

        int exit = new Main(printed, printed).run(words);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("What answers at http://127.0.0.1:", "is no Tandem.")
                .doesNotContain("\tat ");
        assertThat(exit).isEqualTo(ExitCode.FAILED);
    }
}
