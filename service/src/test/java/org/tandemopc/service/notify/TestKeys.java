package org.tandemopc.service.notify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key of a server with a certificate of its own, made by the JDK's keytool. */
final class TestKeys {
    static final String PASSWORD = "changeit";

    final Path store;
    private final Path certificate;

    private TestKeys(Path store, Path certificate) {
        this.store = store;
        this.certificate = certificate;
    }

    /** @param name that the certificate is for, as {@code ip:127.0.0.1} or {@code dns:other.example} */
    static TestKeys make(Path folder, String name) throws IOException, InterruptedException {
        Path store = folder.resolve("server.p12");
        Path certificate = folder.resolve("server.pem");
        List<String> common = List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-alias", "server");
        keytool(
                folder,
                common,
                List.of(
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-dname",
                        "CN=server",
                        "-ext",
                        "san=" + name));
        keytool(folder, common, List.of("-exportcert", "-rfc", "-file", certificate.toString()));
        return new TestKeys(store, certificate);
    }

    private static void keytool(Path folder, List<String> common, List<String> more)
            throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(more);
        command.addAll(common);
        Path output = folder.resolve("keytool.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(Files.readString(output));
        }
    }

    SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    /** A folder in which this certificate is trusted. */
    Path trusted(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(certificate, folder.resolve("server.pem"));
        return folder;
    }
}
