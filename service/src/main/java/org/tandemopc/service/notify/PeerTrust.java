package org.tandemopc.service.notify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whose certificates are trusted: those of the Java runtime, and those that somebody has put into a folder ({@code *.pem},
 * {@code *.crt}, {@code *.cer}), for a plant with an authority of its own. The folder is looked at for each connection, so
 * that what is put there counts at once. Any thread.
 */
final class PeerTrust {
    static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private static final int FILES_MAX = 100;
    private static final long BYTES_MAX = 1 << 16;

    private final Path folder;

    PeerTrust(Path folder) {
        this.folder = folder;
    }

    SSLContext context() throws DeliveryException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate known : ofRuntime()) {
                store.setCertificateEntry("runtime-" + count++, known);
            }
            addFolder(store);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new DeliveryException("the trusted certificates in %s cannot be read (%s)"
                    .formatted(folder.toAbsolutePath(), e.getClass().getSimpleName()));
        }
    }

    private static X509Certificate[] ofRuntime() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .map(X509TrustManager::getAcceptedIssuers)
                .orElse(new X509Certificate[0]);
    }

    private void addFolder(KeyStore store) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{pem,crt,cer}")) {
            int count = 0;
            for (Path file : files) {
                if (++count > FILES_MAX || Files.size(file) > BYTES_MAX) {
                    throw new IOException("too much in " + folder);
                }
                try (InputStream in = Files.newInputStream(file)) {
                    int part = 0;
                    for (Certificate certificate : factory.generateCertificates(in)) {
                        store.setCertificateEntry(file.getFileName() + "-" + part++, certificate);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nobody has put anything there.
            return;
        }
    }
}
