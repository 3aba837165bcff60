package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.FileTrouble;

/**
 * Tandem's own two certificates, renewed while running by replacing their files: new channels use the new one, living
 * channels keep theirs, so the last {@value #RETIRED_MAX} of each side are remembered. What does not fit (key of another
 * certificate, other application URI, key that others may read) is refused with a line, and the present one stays. Any
 * thread; only {@link #look} reads files.
 */
public final class OwnCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(OwnCertificates.class);

    private static final int RETIRED_MAX = 4;

    /** A pair of files is replaced one after the other; this long nobody is told that they do not fit. */
    private static final long HALF_DONE_MS = 2_000;

    private final Side front;
    private final Side back;

    /**
     * Loads or makes them; see {@link ApplicationCertificates#loadOrCreate}.
     *
     * @throws IOException a file cannot be read or written, or does not fit
     */
    public static OwnCertificates loadOrCreate(Path folder, String applicationUri, List<String> hostNames)
            throws IOException {
        return new OwnCertificates(folder, ApplicationCertificates.loadOrCreate(folder, applicationUri, hostNames));
    }

    OwnCertificates(Path folder, ApplicationCertificates present) {
        this.front = new Side(folder, "front", present.front());
        this.back = new Side(folder, "back", present.back());
    }

    /** Takes what was replaced since the last look. */
    public void look() {
        front.look();
        back.look();
    }

    /** What clients are shown. */
    public ApplicationCertificate front() {
        return front.present();
    }

    /** What members are shown. */
    public ApplicationCertificate back() {
        return back.present();
    }

    /** The present one first, then those that living channels may still use. */
    public List<ApplicationCertificate> knownFronts() {
        return front.known();
    }

    /** Whether it is Tandem's, of either side and of any time. A peer must not present it. */
    public boolean contains(X509Certificate certificate) {
        return front.contains(certificate) || back.contains(certificate);
    }

    private static final class Side {
        private final Path folder;
        private final String name;
        private final List<ApplicationCertificate> known = new CopyOnWriteArrayList<>();

        // Guarded by this.
        private String taken;
        private String complained = "";

        Side(Path folder, String name, ApplicationCertificate first) {
            this.folder = folder;
            this.name = name;
            known.add(first);
            taken = stamp();
        }

        ApplicationCertificate present() {
            return known.getFirst();
        }

        List<ApplicationCertificate> known() {
            return List.copyOf(known);
        }

        boolean contains(X509Certificate certificate) {
            return known.stream().anyMatch(one -> one.certificate().equals(certificate));
        }

        /** What was refused is tried at each look: permissions may be put right without the files being written. */
        synchronized void look() {
            String stamp = stamp();
            if (stamp.equals(taken)) {
                return;
            }
            try {
                ApplicationCertificate read = ApplicationCertificates.load(folder, name);
                take(read);
                taken = stamp;
                complained = "";
            } catch (IOException e) {
                String why = FileTrouble.of(e);
                String complaint = stamp + " " + why;
                if (isSettled() && !complaint.equals(complained)) {
                    complained = complaint;
                    LOG.error("the present certificate stays in use, its replacement is refused: {}", why);
                }
            }
        }

        private void take(ApplicationCertificate read) throws IOException {
            ApplicationCertificate before = known.getFirst();
            if (read.chain().equals(before.chain())) {
                return;
            }
            if (!read.applicationUri().equals(before.applicationUri())) {
                throw new IOException(folder.resolve(name + ".crt") + " is for \"" + read.applicationUri()
                        + "\", and every peer knows Tandem as \"" + before.applicationUri() + "\"");
            }
            known.addFirst(read);
            while (known.size() > RETIRED_MAX + 1) {
                known.removeLast();
            }
            LOG.info(
                    "new channels use the certificate {} from {}",
                    CertificateText.name(read.certificate()),
                    folder.resolve(name + ".crt"));
        }

        private String stamp() {
            return stamp(name + ".crt") + " " + stamp(name + ".key");
        }

        private String stamp(String file) {
            try {
                BasicFileAttributes found = Files.readAttributes(folder.resolve(file), BasicFileAttributes.class);
                return found.lastModifiedTime().toMillis() + ":" + found.size();
            } catch (IOException e) {
                return "none";
            }
        }

        private boolean isSettled() {
            try {
                long newest = Math.max(
                        Files.getLastModifiedTime(folder.resolve(name + ".crt")).toMillis(),
                        Files.getLastModifiedTime(folder.resolve(name + ".key")).toMillis());
                return Math.abs(System.currentTimeMillis() - newest) >= HALF_DONE_MS;
            } catch (IOException half) {
                return false;
            }
        }
    }
}
