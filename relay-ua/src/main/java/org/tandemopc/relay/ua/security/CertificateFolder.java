package org.tandemopc.relay.ua.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.FileTrouble;

/**
 * A folder of certificates and revocation lists, one in each file, DER or PEM, whatever the file is called. People put
 * files in and take them out while Tandem runs: each look compares names, sizes and times, and only what is new is read.
 * At most {@value #FILES_MAX} files of at most {@value #FILE_BYTES_MAX} bytes count. Any thread; reads files.
 */
final class CertificateFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateFolder.class);

    static final int FILES_MAX = 1_000;
    static final int FILE_BYTES_MAX = 64 * 1024;

    private final Path path;
    private final Bytes bytes;

    // Guarded by this.
    private final Map<Path, Read> known = new LinkedHashMap<>();
    /** What cannot be read was said once; a look comes each second. */
    private final Set<Path> complained = new HashSet<>();

    /** Reads a file; a plug, for no permission keeps a test of root's from reading. */
    @FunctionalInterface
    interface Bytes {
        byte[] of(Path file) throws IOException;
    }

    /** A file as it was when it was read; empty lists where it holds nothing usable. */
    private record Read(long bytes, long modifiedMs, List<X509Certificate> certificates, List<X509CRL> crls) {}

    /** What is in the folder now, ordered by file name. */
    record Content(Map<Path, X509Certificate> certificates, Map<Path, X509CRL> crls) {}

    /** @throws CertificateFolderException it is not there and cannot be made */
    CertificateFolder(Path path) throws CertificateFolderException {
        this(path, Files::readAllBytes);
    }

    CertificateFolder(Path path, Bytes bytes) throws CertificateFolderException {
        this.bytes = bytes;
        try {
            this.path = Files.createDirectories(path);
        } catch (IOException e) {
            throw new CertificateFolderException(path, e);
        }
    }

    Path path() {
        return path;
    }

    /** @throws UncheckedIOException the folder itself cannot be read; a file that cannot is left out with a line */
    synchronized Content content() {
        Set<Path> unreadable = new HashSet<>();
        TreeMap<Path, BasicFileAttributes> files = files(unreadable);
        known.keySet().retainAll(files.keySet());
        files.forEach((file, attributes) -> {
            long modifiedMs = attributes.lastModifiedTime().toMillis();
            Read before = known.get(file);
            if (before == null || before.bytes() != attributes.size() || before.modifiedMs() != modifiedMs) {
                try {
                    known.put(file, read(file, attributes.size(), modifiedMs));
                } catch (NoSuchFileException gone) {
                    known.remove(file);
                } catch (IOException e) {
                    // Not remembered: a permission that is put right changes neither size nor time.
                    known.remove(file);
                    unreadable.add(file);
                    complain(file, e);
                }
            }
        });
        complained.retainAll(unreadable);
        Map<Path, X509Certificate> certificates = new LinkedHashMap<>();
        Map<Path, X509CRL> crls = new LinkedHashMap<>();
        for (Path file : files.keySet()) {
            Read read = known.get(file);
            if (read != null) {
                read.certificates().forEach(certificate -> certificates.put(file, certificate));
                read.crls().forEach(crl -> crls.put(file, crl));
            }
        }
        return new Content(certificates, crls);
    }

    /** Writes it under its thumbprint; a certificate that is there already is left as it is. */
    synchronized void add(X509Certificate certificate) throws IOException, GeneralSecurityException {
        Path file = path.resolve(CertificateText.thumbprint(certificate) + ".der");
        if (Files.notExists(file)) {
            Path unfinished = path.resolve(file.getFileName() + ".new");
            Files.write(unfinished, certificate.getEncoded());
            Files.move(unfinished, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Deletes every file that holds it; whether there was one. */
    synchronized boolean remove(String thumbprint) throws IOException {
        boolean removed = false;
        for (Map.Entry<Path, X509Certificate> entry : content().certificates().entrySet()) {
            if (CertificateText.thumbprint(entry.getValue()).equals(thumbprint)) {
                removed |= Files.deleteIfExists(entry.getKey());
            }
        }
        return removed;
    }

    private TreeMap<Path, BasicFileAttributes> files(Set<Path> unreadable) {
        TreeMap<Path, BasicFileAttributes> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(path)) {
            list.filter(file -> !file.getFileName().toString().endsWith(".new"))
                    .limit(FILES_MAX)
                    .forEach(file -> attributes(file, files, unreadable));
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(CertificateFolderException.causeOf(e));
        }
        return files;
    }

    private UncheckedIOException unreadable(IOException why) {
        return new UncheckedIOException(path + " cannot be read", new CertificateFolderException(path, why));
    }

    private void attributes(Path file, Map<Path, BasicFileAttributes> into, Set<Path> unreadable) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile() && attributes.size() <= FILE_BYTES_MAX) {
                into.put(file, attributes);
            }
        } catch (NoSuchFileException gone) {
            // Taken away between the listing and the look.
        } catch (IOException e) {
            unreadable.add(file);
            complain(file, e);
        }
    }

    private void complain(Path file, IOException why) {
        if (complained.add(file)) {
            LOG.warn("{} cannot be read and does not count until it can: {}", file, FileTrouble.why(why));
        }
    }

    private Read read(Path file, long size, long modifiedMs) throws IOException {
        byte[] content = bytes.of(file);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return isRevocationList(file, content)
                    ? new Read(size, modifiedMs, List.of(), List.of((X509CRL)
                            factory.generateCRL(new ByteArrayInputStream(content))))
                    : new Read(
                            size,
                            modifiedMs,
                            List.of((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content))),
                            List.of());
        } catch (GeneralSecurityException | ClassCastException e) {
            LOG.warn("{} holds no certificate and does not count: {}", file, e.toString());
            return new Read(size, modifiedMs, List.of(), List.of());
        }
    }

    private static boolean isRevocationList(Path file, byte[] content) {
        return file.getFileName().toString().endsWith(".crl")
                || new String(content, 0, Math.min(content.length, 200), StandardCharsets.ISO_8859_1)
                        .contains("BEGIN X509 CRL");
    }
}
