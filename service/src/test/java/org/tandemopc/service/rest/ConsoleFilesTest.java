package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the files of the console are sent: small to whoever takes them so, and once. */
@Timeout(60)
class ConsoleFilesTest {
    private static final String LARGE = "/assets/large-3c4d.js";
    private static final String SMALL = "/assets/main-1a2b.js";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @SuppressWarnings("NullAway.Init")
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(folder);
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        service.close();
    }

    private HttpResponse<byte[]> ask(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static String unpacked(byte[] body) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whoTakesGzipGetsItWithTheSameContentAndTheSameHeaders() throws Exception {
        HttpResponse<byte[]> plain = ask("GET", LARGE);
        HttpResponse<byte[]> packed = ask("GET", LARGE, "Accept-Encoding", "gzip, deflate, br, zstd");

        assertThat(header(plain, "Content-Encoding")).isEmpty();
        assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(packed.body()).hasSizeLessThan(plain.body().length);
        assertThat(unpacked(packed.body())).isEqualTo(new String(plain.body(), StandardCharsets.UTF_8));
        for (HttpResponse<byte[]> answer : List.of(plain, packed)) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "Vary")).isEqualTo("Accept-Encoding");
            assertThat(header(answer, "Content-Type")).startsWith("text/javascript");
            assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(answer.body().length));
            assertThat(header(answer, "Cache-Control")).contains("immutable");
            assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(answer, "Content-Security-Policy")).contains("default-src 'self'");
        }
        assertThat(header(plain, "ETag")).matches("\"[A-Za-z0-9_-]{22}\"").isNotEqualTo(header(packed, "ETag"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | true",
                "GZIP;q=0.5 | true",
                "br, gzip ; q=1.000 | true",
                "* | true",
                "*;q=0, gzip | true",
                "identity | false",
                "br | false",
                "gzip;q=0 | false",
                "gzip;q=0.000, * | false",
                "*;q=0 | false",
                "gzipped | false",
                "gzip;q=nothing | false",
                "'' | false"
            })
    void gzipIsSentOnlyToWhoTakesIt(String taken, boolean isPacked) throws Exception {
        HttpResponse<byte[]> answer = ask("GET", LARGE, "Accept-Encoding", taken);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Encoding")).isEqualTo(isPacked ? "gzip" : "");
    }

    @Test
    void fileThatWasNotCompressedIsSentAsItIs() throws Exception {
        HttpResponse<byte[]> answer = ask("GET", SMALL, "Accept-Encoding", "gzip");

        assertThat(header(answer, "Content-Encoding")).isEmpty();
        assertThat(header(answer, "Vary")).isEmpty();
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("console.log");
    }

    @Test
    void compressedFileHasNoAddressOfItsOwn() throws Exception {
        assertThat(ask("GET", LARGE + ".gz").statusCode()).isEqualTo(401);
    }

    @Test
    void whoHasTheContentIsToldSoAndSentNothing() throws Exception {
        String plain = header(ask("GET", LARGE), "ETag");
        String packed = header(ask("GET", LARGE, "Accept-Encoding", "gzip"), "ETag");

        HttpResponse<byte[]> known = ask("GET", LARGE, "If-None-Match", "\"other\", W/" + plain);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(header(known, "ETag")).isEqualTo(plain);
        assertThat(header(known, "Vary")).isEqualTo("Accept-Encoding");
        assertThat(header(known, "Content-Encoding")).isEmpty();
        assertThat(ask("GET", LARGE, "If-None-Match", packed, "Accept-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(304);
        assertThat(ask("GET", LARGE, "If-None-Match", packed).statusCode())
                .as("it has the other form")
                .isEqualTo(200);
    }

    @Test
    void headIsTheSameWithoutTheContent() throws Exception {
        for (String path : List.of("/", LARGE, SMALL)) {
            HttpResponse<byte[]> whole = ask("GET", path, "Accept-Encoding", "gzip");
            HttpResponse<byte[]> head = ask("HEAD", path, "Accept-Encoding", "gzip");

            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            for (String name : List.of("Content-Length", "Content-Type", "Content-Encoding", "ETag", "Vary")) {
                assertThat(header(head, name)).as(name).isEqualTo(header(whole, name));
            }
        }
    }

    @Test
    void whoAsksForARangeGetsTheWhole() throws Exception {
        HttpResponse<byte[]> answer = ask("GET", LARGE, "Range", "bytes=0-9");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(ask("GET", LARGE).body());
    }
}
