package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Period;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.OwnerOnly;

/**
 * The two application instance certificates of Tandem. Two, because with one key a peer could make Tandem's client side
 * sign what Tandem's server side is asked to prove, and the other way round: {@code front} is what clients see,
 * {@code back} is what members see, and neither is accepted from a peer.
 *
 * <p>Kept in one folder: {@code front.crt} (PEM or DER, issuers may follow), {@code front.key} (PEM of PKCS #8, readable by
 * the owner only), {@code back.crt}, {@code back.key}.
 */
public record ApplicationCertificates(ApplicationCertificate front, ApplicationCertificate back) {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationCertificates.class);

    private static final int KEY_BITS = 2048;

    /** Long, because a certificate that ends stops every client at once; members and clients trust it by hand. */
    private static final Period VALIDITY = Period.ofYears(10);

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /**
     * Loads the certificates of the folder, making those that are missing. Blocks for files and, the first time, for
     * the making of two RSA keys.
     *
     * @param applicationUri of the front certificate; the back one gets {@code :client} appended. Used for making only:
     *     a certificate that is there keeps its own
     * @param hostNames host names and IP addresses for the subject alternative name, used for making only
     * @throws IOException a file cannot be read or written, is readable by others, or key and certificate do not belong
     *     together; nothing is overwritten
     */
    public static ApplicationCertificates loadOrCreate(Path folder, String applicationUri, List<String> hostNames)
            throws IOException {
        Files.createDirectories(folder);
        return new ApplicationCertificates(
                loadOrCreate(folder, "front", "Tandem", applicationUri, hostNames),
                loadOrCreate(folder, "back", "Tandem client", applicationUri + ":client", hostNames));
    }

    /** Makes a self-signed RSA 2048 certificate in memory. */
    public static ApplicationCertificate selfSigned(String commonName, String applicationUri, List<String> hostNames)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(KEY_BITS);
        KeyPair keyPair = generator.generateKeyPair();
        SelfSignedCertificateBuilder builder = new SelfSignedCertificateBuilder(keyPair)
                .setCommonName(commonName)
                .setOrganization("Tandem")
                .setApplicationUri(applicationUri)
                .setValidityPeriod(VALIDITY);
        for (String host : hostNames) {
            if (IPV4.matcher(host).matches() || host.indexOf(':') >= 0) {
                builder.addIpAddress(host);
            } else {
                builder.addDnsName(host);
            }
        }
        try {
            return new ApplicationCertificate(keyPair, builder.build());
        } catch (GeneralSecurityException e) {
            throw e;
        } catch (Exception e) {
            // Milo's builder declares Exception
            throw new GeneralSecurityException("certificate for " + applicationUri + " cannot be made", e);
        }
    }

    /** Whether it is one of the two. */
    public boolean contains(X509Certificate certificate) {
        return front.certificate().equals(certificate) || back.certificate().equals(certificate);
    }

    /** One of the two from its files, which must be there: {@code front} or {@code back}. */
    static ApplicationCertificate load(Path folder, String name) throws IOException {
        Path certificateFile = folder.resolve(name + ".crt");
        try {
            return load(certificateFile, folder.resolve(name + ".key"));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(certificateFile + ": " + e.getMessage(), e);
        }
    }

    private static ApplicationCertificate loadOrCreate(
            Path folder, String name, String commonName, String applicationUri, List<String> hostNames)
            throws IOException {
        Path certificateFile = folder.resolve(name + ".crt");
        Path keyFile = folder.resolve(name + ".key");
        finish(certificateFile, keyFile);
        boolean hasCertificate = Files.exists(certificateFile);
        boolean hasKey = Files.exists(keyFile);
        if (hasCertificate != hasKey) {
            throw new IOException((hasKey ? certificateFile : keyFile) + " is missing beside "
                    + (hasKey ? keyFile : certificateFile) + ": restore it or remove both");
        }
        try {
            if (hasKey) {
                return load(certificateFile, keyFile);
            }
            ApplicationCertificate made = selfSigned(commonName, applicationUri, hostNames);
            Files.deleteIfExists(unfinished(keyFile));
            OwnerOnly.create(unfinished(keyFile));
            write(unfinished(keyFile), Pem.privateKey(made.keyPair().getPrivate()));
            write(unfinished(certificateFile), Pem.certificate(made.certificate()));
            Files.move(unfinished(keyFile), keyFile, StandardCopyOption.ATOMIC_MOVE);
            Files.move(unfinished(certificateFile), certificateFile, StandardCopyOption.ATOMIC_MOVE);
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(certificateFile + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whole or nothing: both files are complete under their other names before the key gets its own. Who was killed between
     * the two names left the key and, under its other name, the certificate that belongs to it.
     */
    private static void finish(Path certificateFile, Path keyFile) throws IOException {
        Path left = unfinished(certificateFile);
        if (Files.notExists(keyFile) || Files.exists(certificateFile) || Files.notExists(left)) {
            return;
        }
        try {
            var unused = load(left, keyFile);
            Files.move(left, certificateFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            LOG.warn("{} is left as it is: {}", left, e.getMessage());
        }
    }

    private static Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    private static ApplicationCertificate load(Path certificateFile, Path keyFile)
            throws IOException, GeneralSecurityException {
        refuseReadableByOthers(keyFile);
        PrivateKey key = privateKey(keyFile);
        List<X509Certificate> chain;
        try {
            chain = CertificateChain.of(CertificateChain.read(certificateFile), key);
        } catch (CertificateChain.OfAnotherKey e) {
            throw new IOException(keyFile + " is not the key of " + certificateFile, e);
        }
        return new ApplicationCertificate(new KeyPair(chain.getFirst().getPublicKey(), key), chain);
    }

    /** Its own sentence, for whoever hears of it would look into the certificate's file. */
    private static PrivateKey privateKey(Path keyFile) throws IOException {
        try {
            return Pem.rsaPrivateKey(Files.readString(keyFile));
        } catch (CharacterCodingException | GeneralSecurityException e) {
            throw new IOException(
                    keyFile
                            + " holds no RSA key in PEM form of PKCS #8 without a password; 'openssl pkcs8 -topk8"
                            + " -nocrypt -in KEY -out " + keyFile.getFileName() + "' makes one of most keys",
                    e);
        }
    }

    private static void refuseReadableByOthers(Path keyFile) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(keyFile, PosixFileAttributeView.class);
        if (view == null) {
            return; // no such permissions on this file system
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (!OwnerOnly.PERMISSIONS.containsAll(permissions)) {
            throw new IOException(keyFile + " is open to others ("
                    + PosixFilePermissions.toString(permissions) + "): chmod 600 it, or remove both files of a pair of"
                    + " key and certificate that may be known to others");
        }
    }

    /** Complete on the disk when this returns. */
    private static void write(Path unfinished, String pem) throws IOException {
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
