package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a side of Tandem knows of its peers' certificates, in three folders: {@code trusted}, {@code issuers} (whose
 * certificates are trusted) and {@code refused}; revocation lists lie beside the certificates of their issuers. What
 * counts is kept in memory; {@link #look} reads what people changed by hand, changes made here count at once. Any thread;
 * everything but {@link #lists} blocks on files.
 */
public final class PeerCertificates {
    private final CertificateFolder trusted;
    private final CertificateFolder issuers;
    private final Quarantine refused;
    private volatile Lists lists;

    /** What counts now; which revocation lists do is for {@link Revocations} to say. */
    record Lists(List<X509Certificate> trusted, List<X509Certificate> issuers, Map<Path, X509CRL> crls) {}

    /**
     * Makes the folders that are missing.
     *
     * @throws CertificateFolderException one of them can be neither read nor made
     */
    public PeerCertificates(Path folder) throws IOException {
        this.trusted = new CertificateFolder(folder.resolve("trusted"));
        this.issuers = new CertificateFolder(folder.resolve("issuers"));
        this.refused = new Quarantine(new CertificateFolder(folder.resolve("refused")));
        try {
            this.lists = read();
        } catch (UncheckedIOException e) {
            throw CertificateFolderException.causeOf(e);
        }
    }

    public void look() {
        lists = read();
    }

    private Lists read() {
        CertificateFolder.Content good = trusted.content();
        CertificateFolder.Content above = issuers.content();
        Map<Path, X509CRL> crls = new LinkedHashMap<>(good.crls());
        crls.putAll(above.crls());
        return new Lists(
                List.copyOf(good.certificates().values()),
                List.copyOf(above.certificates().values()),
                Collections.unmodifiableMap(crls));
    }

    /** As of the latest look; reads nothing. */
    Lists lists() {
        return lists;
    }

    public Collection<X509Certificate> trusted() {
        return trusted.content().certificates().values();
    }

    public Collection<X509Certificate> issuers() {
        return issuers.content().certificates().values();
    }

    public Collection<X509Certificate> refused() {
        return refused.folder().content().certificates().values();
    }

    Path trustedFolder() {
        return trusted.path();
    }

    Path refusedFolder() {
        return refused.folder().path();
    }

    /** Whether a file was written for it now. */
    boolean refuse(X509Certificate certificate) {
        return refused.keep(certificate, System.nanoTime(), () -> isTrustedByNow(certificate));
    }

    /** Refused as of the latest look, which may be older than what a person did. */
    private boolean isTrustedByNow(X509Certificate certificate) {
        try {
            look();
        } catch (UncheckedIOException e) {
            // Whoever looks regularly says so; what counts is what was read last.
            return false;
        }
        return lists.trusted().contains(certificate);
    }

    /** Whether there was such a refused certificate; it is trusted now. */
    public boolean trust(String thumbprint) throws IOException {
        for (X509Certificate certificate : refused()) {
            if (CertificateText.thumbprint(certificate).equals(thumbprint)) {
                try {
                    trusted.add(certificate);
                } catch (GeneralSecurityException e) {
                    throw new IOException("certificate cannot be encoded", e);
                }
                var unused = refused.folder().remove(thumbprint);
                look();
                return true;
            }
        }
        return false;
    }

    /** Whether there was such a trusted, issuing or refused certificate; it is gone now. */
    public boolean remove(String thumbprint) throws IOException {
        boolean removed = trusted.remove(thumbprint);
        removed |= issuers.remove(thumbprint);
        removed |= refused.folder().remove(thumbprint);
        look();
        return removed;
    }
}
