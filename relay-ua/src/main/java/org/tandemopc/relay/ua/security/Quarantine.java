package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refused certificates, for a person to look at and perhaps to trust. A flood of refused peers must not become a flood of
 * files: at most {@value #PER_SECOND_MAX} are written a second, at most {@value #FILES_MAX} of together
 * {@value #BYTES_MAX} bytes are kept, the oldest go first, and none above {@value #CERTIFICATE_BYTES_MAX} bytes is kept at
 * all. Any thread; time is an argument.
 */
final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    static final int PER_SECOND_MAX = 4;
    static final int FILES_MAX = 128;
    static final long BYTES_MAX = 512 * 1024;
    static final int CERTIFICATE_BYTES_MAX = 16 * 1024;

    private final CertificateFolder folder;
    private long secondBeganNanos = Long.MIN_VALUE;
    private int inThisSecond;

    Quarantine(CertificateFolder folder) {
        this.folder = folder;
    }

    CertificateFolder folder() {
        return folder;
    }

    /**
     * Whether it was written now; false when it was there, is too large, comes within a flood, or is not to be here.
     *
     * @param isTrustedByNow asked before a file is written, at most {@value #PER_SECOND_MAX} times a second: a person who
     *     has just moved the file to the trusted ones does not want it back
     */
    synchronized boolean keep(X509Certificate certificate, long nowNanos, BooleanSupplier isTrustedByNow) {
        try {
            Path file = folder.path().resolve(CertificateText.thumbprint(certificate) + ".der");
            if (certificate.getEncoded().length > CERTIFICATE_BYTES_MAX
                    || Files.exists(file)
                    || !admit(nowNanos)
                    || isTrustedByNow.getAsBoolean()) {
                return false;
            }
            folder.add(certificate);
            prune();
            return true;
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("a refused certificate cannot be kept in {}: {}", folder.path(), e.toString());
            return false;
        }
    }

    private boolean admit(long nowNanos) {
        if (inThisSecond == 0 || nowNanos - secondBeganNanos >= TimeUnit.SECONDS.toNanos(1)) {
            secondBeganNanos = nowNanos;
            inThisSecond = 0;
        }
        return ++inThisSecond <= PER_SECOND_MAX;
    }

    private record Kept(Path file, long modifiedMs, long bytes) {}

    private void prune() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.path())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                kept.add(new Kept(file, Files.getLastModifiedTime(file).toMillis(), Files.size(file)));
            }
        }
        kept.sort(Comparator.comparingLong(Kept::modifiedMs).thenComparing(Kept::file));
        long bytes = kept.stream().mapToLong(Kept::bytes).sum();
        for (int i = 0; i < kept.size() && (kept.size() - i > FILES_MAX || bytes > BYTES_MAX); i++) {
            Files.deleteIfExists(kept.get(i).file());
            bytes -= kept.get(i).bytes();
        }
    }
}
