package org.tandemopc.service.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.RestTls;

/** Which certificate real handshakes show while files change, look by look. */
@Timeout(60)
class RenewedKeysTest {
    private static final RestConfig OWN = new RestConfig("127.0.0.1", 0, List.of(), Optional.of(new RestTls.Own()));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(RenewedKeys.class);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    private Path made(String name) throws IOException {
        Path made = folder.resolve(name);
        TlsFiles.own(OWN, made, Instant.now());
        return made;
    }

    private void put(Path from, String name) throws IOException {
        Path files = Files.createDirectories(folder.resolve("files"));
        Path fresh = files.resolve(name + ".new");
        Files.copy(from.resolve(name), fresh, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(fresh, files.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private RenewedKeys ofFiles(Path first) throws IOException {
        put(first, TlsFiles.OWN_CERTIFICATE);
        put(first, TlsFiles.OWN_KEY);
        Path files = folder.resolve("files");
        return RenewedKeys.open(
                new RestTls.Files(
                        files.resolve(TlsFiles.OWN_CERTIFICATE).toString(),
                        files.resolve(TlsFiles.OWN_KEY).toString()),
                OWN,
                folder,
                now::get);
    }

    private static X509Certificate certificate(Path made) throws IOException {
        return TlsFiles.read(made.resolve(TlsFiles.OWN_CERTIFICATE), made.resolve(TlsFiles.OWN_KEY))
                .certificate();
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel() == ch.qos.logback.classic.Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void newFilesCountOnceTheyHaveComeToRest() throws Exception {
        Path first = made("first");
        Path second = made("second");
        RenewedKeys keys = ofFiles(first);
        assertThat(shown(keys)).isEqualTo(certificate(first));

        put(second, TlsFiles.OWN_CERTIFICATE);
        keys.look();
        put(second, TlsFiles.OWN_KEY);
        keys.look();
        assertThat(shown(keys)).isEqualTo(certificate(first));
        keys.look();

        assertThat(shown(keys)).isEqualTo(certificate(second));
        assertThat(warnings()).as("half of a renewal is no reason to complain").isEmpty();
    }

    @Test
    void brokenFilesLeaveTheOldOneAndAreSaidOnce() throws Exception {
        Path first = made("first");
        Path second = made("second");
        RenewedKeys keys = ofFiles(first);
        Path files = folder.resolve("files");

        Files.writeString(files.resolve(TlsFiles.OWN_CERTIFICATE), "-----BEGIN CERTIFICATE-----\nAAAA");
        for (int i = 0; i < 5; i++) {
            keys.look();
        }
        assertThat(shown(keys)).isEqualTo(certificate(first));
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("console.crt", "stays the one from before", "is no certificate");

        put(second, TlsFiles.OWN_CERTIFICATE);
        keys.look();
        keys.look();
        assertThat(shown(keys)).as("the key is of the old one").isEqualTo(certificate(first));
        assertThat(warnings()).hasSize(2).last().asString().contains("does not belong");

        Files.delete(files.resolve(TlsFiles.OWN_KEY));
        keys.look();
        keys.look();
        assertThat(shown(keys)).isEqualTo(certificate(first));
        put(second, TlsFiles.OWN_KEY);
        keys.look();
        keys.look();
        assertThat(shown(keys)).isEqualTo(certificate(second));
    }

    /** What keeps a file from being used may be no change of the file: it is tried again. */
    @Test
    void fileThatWasOpenToOthersCountsOnceItIsClosed() throws Exception {
        Path second = made("second");
        RenewedKeys keys = ofFiles(made("first"));
        Path key = folder.resolve("files").resolve(TlsFiles.OWN_KEY);
        var closed = Files.getPosixFilePermissions(key);
        put(second, TlsFiles.OWN_CERTIFICATE);
        put(second, TlsFiles.OWN_KEY);
        Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        keys.look();
        keys.look();
        assertThat(warnings()).singleElement().asString().contains("chmod 600");

        Files.setPosixFilePermissions(key, closed);
        keys.look();

        assertThat(shown(keys)).isEqualTo(certificate(second));
    }

    @Test
    void ownCertificateIsMadeAnewBeforeItsEndWithoutARestart() throws Exception {
        RenewedKeys keys = RenewedKeys.open(new RestTls.Own(), OWN, folder, now::get);
        X509Certificate first = shown(keys);
        keys.look();
        assertThat(shown(keys)).isEqualTo(first);

        now.set(now.get().plus(SelfSigned.VALID).minus(Duration.ofDays(20)));
        keys.look();

        X509Certificate second = shown(keys);
        assertThat(second).isNotEqualTo(first).isEqualTo(certificate(folder.resolve(TlsFiles.FOLDER)));
        keys.look();
        assertThat(shown(keys)).isEqualTo(second);
    }

    /** What a client gets of it. */
    private static X509Certificate shown(RenewedKeys keys) throws Exception {
        AtomicReference<X509Certificate> seen = new AtomicReference<>();
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, new TrustManager[] {new Looking(seen)}, null);
        try (SSLServerSocket server = (SSLServerSocket)
                keys.context().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Thread answering = Thread.ofVirtual().start(() -> answer(server));
            try (SSLSocket socket =
                    (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", server.getLocalPort())) {
                socket.setSoTimeout(20_000);
                socket.startHandshake();
            }
            answering.join();
        }
        X509Certificate shown = seen.get();
        if (shown == null) {
            throw new AssertionError("no certificate was shown");
        }
        return shown;
    }

    private static void answer(SSLServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.setSoTimeout(20_000);
            while (socket.getInputStream().read() >= 0) {
                socket.getSoTimeout(); // to its end
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Looking(AtomicReference<X509Certificate> seen) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("a client looks");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            seen.set(chain[0]);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
