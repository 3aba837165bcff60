package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.RestTls;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.service.users.Role;
import org.tandemopc.testkit.Await;

/** The door for other machines: all addresses of this one, as no other machine is at hand. */
@Timeout(90)
class TlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(
                folder,
                new RestConfig(
                        "0.0.0.0",
                        0,
                        List.of("tandem.plant.example", "console.plant.example:443"),
                        Optional.of(new RestTls.Own())));
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private int tlsPort() {
        return URI.create(service.rest.consoleUrl()).getPort();
    }

    private SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(folder.resolve("tls").resolve("console.crt"))) {
            store.setCertificateEntry(
                    "console", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private SSLSocket connect() throws Exception {
        SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", tlsPort());
        socket.setSoTimeout(30_000);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate is for this address
        socket.setSSLParameters(parameters);
        return socket;
    }

    private Answer send(String request) throws Exception {
        try (SSLSocket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return RunningService.answer(socket);
        }
    }

    private String headers(String host) {
        return RunningService.header("Host", host) + "Connection: close\r\n";
    }

    private String here() {
        return headers("127.0.0.1:" + tlsPort());
    }

    private void user() throws Exception {
        service.accounts.add("anna", Role.ENGINEER, Browser.PASSWORD);
    }

    private Answer login(String more) throws Exception {
        String body = "{\"user\":\"anna\",\"password\":\"" + Browser.PASSWORD + "\"}";
        return send("POST /api/v1/session HTTP/1.1\r\n" + here() + more + "Content-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    @Test
    void withoutAUserNobodyIsServedThereAndTheFirstOneOpensIt() throws Exception {
        Answer refused = send("GET / HTTP/1.1\r\n" + here() + "\r\n");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().path("remedy").asString()).contains("tandem user add");
        assertThat(service.get("/api/v1/status").status()).as("commands").isEqualTo(200);
        user();
        assertThat(send("GET / HTTP/1.1\r\n" + here() + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void loginIsOverTlsWithASecureCookieAndBrowsersAreToldToStayWithTls() throws Exception {
        user();
        Answer answer = login(RunningService.header("Origin", "https://127.0.0.1:" + tlsPort()));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.head()).contains("; Secure", "; HttpOnly", "; SameSite=Strict");
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).contains("strict-transport-security: max-age=");
        assertThat(login(RunningService.header("Origin", "http://127.0.0.1:" + tlsPort()))
                        .status())
                .as("a plain page is another origin")
                .isEqualTo(403);
    }

    /** End to end, as a browser does it: login, cookie and header, an order, logout. */
    @Test
    void whoIsLoggedInOverTlsIsServedUntilTheLogout() throws Exception {
        user();
        Answer in = login(RunningService.header("Origin", "https://127.0.0.1:" + tlsPort()));
        Matcher set = Pattern.compile("(?im)^Set-Cookie: (tandem-" + tlsPort() + "=[^;]+); .*; Secure\r?$")
                .matcher(in.head());
        assertThat(set.find()).as(in.head()).isTrue();
        String own = RunningService.header("Cookie", set.group(1))
                + RunningService.header("Origin", "https://127.0.0.1:" + tlsPort())
                + RunningService.header("X-Tandem-Csrf", in.json().path("csrf").asString());

        Answer status = send("GET /api/v1/status HTTP/1.1\r\n" + here() + own + "\r\n");
        assertThat(status.json().path("pairs").path(0).path("name").asString()).isEqualTo("plant1");
        Answer ordered = send(
                "POST /api/v1/pairs/plant1/reset-damping HTTP/1.1\r\n" + here() + own + "Content-Length: 0\r\n\r\n");
        assertThat(ordered.status()).as(ordered.body()).isEqualTo(202);
        assertThat(send("GET / HTTP/1.1\r\n" + here() + own + "\r\n").body()).contains("<html");

        assertThat(send("DELETE /api/v1/session HTTP/1.1\r\n" + here() + own + "\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(send("GET /api/v1/status HTTP/1.1\r\n" + here() + own + "\r\n")
                        .status())
                .isEqualTo(401);
    }

    /** As certbot does it: other files in the place of these, one after the other. */
    @Test
    void renewedCertificateCountsWithoutARestartAndConnectionsGoOn() throws Exception {
        user();
        Path files = folder.resolve("tls");
        Path renewed = anotherPair();
        X509Certificate before = shown();
        try (SSLSocket open = connect()) {
            open.startHandshake();

            replace(renewed, files, "console.crt");
            replace(renewed, files, "console.key");
            X509Certificate wanted = certificate(files.resolve("console.crt"));
            assertThat(wanted).isNotEqualTo(before);
            Await.until("the new one is shown", RunningService.SOON, () -> shown().equals(wanted));

            open.getOutputStream()
                    .write(("GET /health/live HTTP/1.1\r\n" + here() + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(RunningService.answer(open).status()).isEqualTo(200);
        }
        assertThat(send("GET /health/live HTTP/1.1\r\n" + here() + "\r\n").status())
                .as("by whoever trusts the new one")
                .isEqualTo(200);
    }

    /** What another Tandem made for itself. */
    private Path anotherPair() throws IOException {
        Path other = folder.resolve("other");
        try (RunningService second =
                new RunningService(other, new RestConfig("0.0.0.0", 0, List.of(), Optional.of(new RestTls.Own())))) {
            assertThat(second.rest.consoleUrl()).startsWith("https://");
        }
        return other.resolve("tls");
    }

    private static void replace(Path from, Path to, String name) throws IOException {
        Files.move(from.resolve(name), to.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** What a handshake shows, whoever made it. */
    private X509Certificate shown() {
        try {
            AtomicReference<X509Certificate> seen = new AtomicReference<>();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Looking(seen)}, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", tlsPort())) {
                socket.setSoTimeout(20_000);
                socket.startHandshake();
            }
            return Objects.requireNonNull(seen.get());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Looking extends X509ExtendedTrustManager {
        private final AtomicReference<X509Certificate> seen;

        Looking(AtomicReference<X509Certificate> seen) {
            this.seen = seen;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            seen.set(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            seen.set(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            seen.set(chain[0]);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new IllegalStateException("a client looks");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new IllegalStateException("a client looks");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("a client looks");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The token lies on this machine: it is worth nothing where others come in. */
    @Test
    void tokenOfTheDataFolderCountsOnLoopbackAlone() throws Exception {
        user();
        String bearer = RunningService.header("Authorization", "Bearer " + service.token);

        assertThat(send("GET /api/v1/status HTTP/1.1\r\n" + here() + bearer + "\r\n")
                        .status())
                .isEqualTo(401);
        assertThat(service.get("/api/v1/status").status()).isEqualTo(200);
        assertThat(service.rest.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(Files.readString(folder.resolve(RestFiles.PORT))).startsWith("127.0.0.1:");
    }

    @ParameterizedTest
    @CsvSource({
        "tandem.plant.example:PORT, true",
        "TANDEM.plant.example:PORT, true",
        "tandem.plant.example, false",
        "console.plant.example, true",
        "console.plant.example:443, true",
        "localhost:PORT, true",
        "evil.example:PORT, false",
        "tandem.plant.example.evil.example:PORT, false",
        "10.99.99.99:PORT, false"
    })
    void onlyTheNamesOfTheConfigurationAndTheOwnAddressAreServed(String host, boolean served) throws Exception {
        user();
        Answer answer = send(
                "GET /health/live HTTP/1.1\r\n" + headers(host.replace("PORT", String.valueOf(tlsPort()))) + "\r\n");

        assertThat(answer.status()).isEqualTo(served ? 200 : 403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void newTlsIsSpoken(String protocol) throws Exception {
        try (SSLSocket socket = connect()) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();

            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(socket.getSession().getCipherSuite()).containsAnyOf("GCM", "CHACHA20");
        }
    }

    /** The client side of the JDK refuses to offer it unless told: the first bytes are written here. */
    @ParameterizedTest
    @ValueSource(ints = {0x0300, 0x0301, 0x0302})
    void oldTlsIsNot(int version) throws Exception {
        assertThat(firstAnswer(0x0303))
                .as("control: a hello of TLS 1.2 is answered")
                .isEqualTo(22);

        assertThat(firstAnswer(version)).as("an alert, or the end").isIn(21, -1);
    }

    /** @return the type of the first record that comes: 22 is a handshake, 21 an alert; -1: the end */
    private int firstAnswer(int version) throws IOException {
        byte[] suites = {(byte) 0xc0, 0x2b, (byte) 0xc0, 0x09, 0, 0x2f}; // ECDHE with GCM and CBC, RSA
        byte[] extensions = {
            0, 10, 0, 4, 0, 2, 0, 23, // P-256
            0, 13, 0, 4, 0, 2, 4, 3 // ECDSA with SHA-256
        };
        java.io.ByteArrayOutputStream hello = new java.io.ByteArrayOutputStream();
        hello.write(version >> 8);
        hello.write(version);
        hello.writeBytes(new byte[32]);
        hello.write(0); // no session
        hello.write(0);
        hello.write(suites.length);
        hello.writeBytes(suites);
        hello.write(1);
        hello.write(0); // no compression
        hello.write(0);
        hello.write(extensions.length);
        hello.writeBytes(extensions);
        byte[] body = hello.toByteArray();
        try (Socket socket = new Socket("127.0.0.1", tlsPort())) {
            socket.setSoTimeout(20_000);
            var out = socket.getOutputStream();
            out.write(new byte[] {22, 3, 1, 0, (byte) (body.length + 4), 1, 0, 0, (byte) body.length});
            out.write(body);
            out.flush();
            return socket.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        }
    }

    @Test
    void plainTextIsNotAnswered() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", tlsPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\n" + here() + "\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer;
            try {
                answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException e) {
                answer = "";
            }

            assertThat(answer).doesNotContain("200 OK", "doctype");
        }
    }

    /** Slowloris, in the handshake and in the headers behind it: all are cut off, and others are served meanwhile. */
    @Test
    void whoDripsIsCutOffAlsoUnderTls() throws Exception {
        user();
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Socket hello = new Socket("127.0.0.1", tlsPort());
            hello.getOutputStream().write(new byte[] {22, 3, 1, 0x20, 0});
            slow.add(hello);
            SSLSocket headers = connect();
            headers.startHandshake();
            headers.getOutputStream().write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            slow.add(headers);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RestLimits.REQUEST_SECONDS_MAX + 10L);
        int open = slow.size();
        while (open > 0 && System.nanoTime() - end < 0) {
            open = 0;
            for (Socket socket : slow) {
                open += drip(socket) ? 1 : 0;
            }
            assertThat(send("GET /health/live HTTP/1.1\r\n" + here() + "\r\n").status())
                    .isEqualTo(200);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }

        assertThat(open).isZero();
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

    @Test
    void bodyIsBoundedAlsoUnderTls() throws Exception {
        user();
        Answer answer;
        try {
            answer = send("POST /api/v1/session HTTP/1.1\r\n" + here() + "Content-Length: 1048577\r\n\r\n");
        } catch (SSLException e) {
            throw new AssertionError("cut off before the answer", e);
        }

        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void otherAddressWithoutTlsIsRefusedInASentence() {
        assertThatThrownBy(() -> RestServer.start(
                        new RestConfig("0.0.0.0", 0),
                        new ServiceFacade(service.runtime, null, null, null, "", null, Instant.now()),
                        Files.createDirectory(folder.resolve("other"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls: own");
    }
}
