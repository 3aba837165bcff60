package org.tandemopc.service.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.RestTls;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.service.users.OwnFile;

/** Reads key and certificate of the REST interface, or makes them. Blocking. */
final class TlsFiles {
    /** Below the data folder. */
    static final String FOLDER = "tls";

    static final String OWN_CERTIFICATE = "console.crt";
    static final String OWN_KEY = "console.key";

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final long FILE_BYTES_MAX = 256 << 10;
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);
    private static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";
    private static final String END_KEY = "-----END PRIVATE KEY-----";
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "Ed25519");
    private static final int DNS = 2;
    private static final int IP = 7;

    private TlsFiles() {}

    /** A certificate's file and that of its key. */
    record Place(Path certificate, Path key) {}

    /**
     * Both as they were read.
     *
     * @param chain the server's own first
     */
    record Pair(List<X509Certificate> chain, PrivateKey key) {
        Pair {
            chain = List.copyOf(chain);
        }

        X509Certificate certificate() {
            return chain.getFirst();
        }

        /** Never what the key is. */
        @Override
        public String toString() {
            return certificate().getSubjectX500Principal() + " until "
                    + certificate().getNotAfter();
        }
    }

    /** @throws IOException no path */
    static Place place(RestTls tls, Path dataFolder) throws IOException {
        return switch (tls) {
            case RestTls.Own _ -> {
                Path folder = dataFolder.resolve(FOLDER);
                yield new Place(folder.resolve(OWN_CERTIFICATE), folder.resolve(OWN_KEY));
            }
            case RestTls.Files files -> new Place(path(files.certificate()), path(files.key()));
        };
    }

    /** Whether a certificate of our own has to be made anew. */
    static boolean isNearItsEnd(X509Certificate certificate, Instant now) {
        return !certificate.getNotAfter().toInstant().minus(RENEWED_BEFORE_END).isAfter(now);
    }

    private static Path path(String text) throws IOException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IOException("What rest.tls names is no path: " + e.getReason() + ".", e);
        }
    }

    /** Made anew when the names are others or its end is near: who has trusted the old one is then asked again. */
    static Pair own(RestConfig config, Path folder, Instant now) throws IOException {
        Path certificate = folder.resolve(OWN_CERTIFICATE);
        Path key = folder.resolve(OWN_KEY);
        Set<String> wanted = names(config);
        if (Files.notExists(certificate) || Files.notExists(key) || !isGood(certificate, wanted, now)) {
            make(wanted, folder, now);
        }
        return read(certificate, key);
    }

    private static void make(Set<String> names, Path folder, Instant now) throws IOException {
        try {
            SelfSigned made = SelfSigned.make(List.copyOf(names), now);
            Files.createDirectories(folder);
            OwnFile.replace(
                    folder.resolve(OWN_KEY),
                    pem("PRIVATE KEY", made.keys().getPrivate().getEncoded()));
            OwnFile.replace(
                    folder.resolve(OWN_CERTIFICATE),
                    pem("CERTIFICATE", made.certificate().getEncoded()));
            LOG.info(
                    "A certificate for the console was made, for {}, until {}; SHA-256 {}.",
                    String.join(", ", names),
                    made.certificate().getNotAfter().toInstant(),
                    fingerprint(made.certificate()));
        } catch (GeneralSecurityException e) {
            throw new IOException("No certificate for the console can be made (" + e.getMessage() + ").", e);
        } catch (IOException e) {
            throw new IOException(
                    "The certificate for the console cannot be written to " + folder + " (" + FileTrouble.of(e) + ").",
                    e);
        }
    }

    static String fingerprint(Certificate certificate) throws GeneralSecurityException {
        return HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    /** Under which a browser may ask: the names of the configuration, and the address. */
    static Set<String> names(RestConfig config) {
        Set<String> names = new TreeSet<>(List.of("localhost", "127.0.0.1"));
        for (String name : config.names()) {
            names.add(name.replaceFirst(":[0-9]{1,5}$", ""));
        }
        if (!config.host().equals("0.0.0.0") && !config.host().equals("::")) {
            names.add(config.host());
        }
        return names;
    }

    private static boolean isGood(Path file, Set<String> wanted, Instant now) throws IOException {
        X509Certificate certificate = certificates(file).getFirst();
        try {
            Set<String> there = new TreeSet<>();
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.get(0).equals(DNS) || name.get(0).equals(IP)) {
                    there.add(canonical(String.valueOf(name.get(1))));
                }
            }
            boolean isForAll =
                    there.containsAll(wanted.stream().map(TlsFiles::canonical).collect(Collectors.toSet()));
            return isForAll && !isNearItsEnd(certificate, now);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String canonical(String name) {
        try {
            return InetAddress.ofLiteral(name).getHostAddress();
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    /** Key and certificate as files say. */
    static Pair read(Path certificate, Path key) throws IOException {
        List<X509Certificate> chain = certificates(certificate);
        PrivateKey secret = key(key);
        try {
            if (!isPair(secret, chain.getFirst())) {
                throw new IOException("The key in " + key + " does not belong to the certificate in " + certificate
                        + ": put the server's own certificate first, its issuers after it.");
            }
            return new Pair(chain, secret);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "Key and certificate for the console (" + certificate + ") cannot be used: " + e.getMessage() + ".",
                    e);
        }
    }

    private static boolean isPair(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] something = {1, 2, 3};
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(something);
            byte[] signature = signing.sign();
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(certificate.getPublicKey());
            check.update(something);
            return check.verify(signature);
        } catch (java.security.InvalidKeyException | java.security.SignatureException e) {
            return false; // not of one kind
        }
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate each : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes(file)))) {
                chain.add((X509Certificate) each);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is no certificate: PEM or DER is expected.", e);
        }
        if (chain.isEmpty()) {
            throw new IOException(file + " is no certificate: PEM or DER is expected.");
        }
        return chain;
    }

    private static PrivateKey key(Path file) throws IOException {
        String text = new String(bytes(file), StandardCharsets.ISO_8859_1);
        OwnFile.refuseOpenToOthers(file);
        int begin = text.indexOf(BEGIN_KEY);
        int end = text.indexOf(END_KEY);
        if (begin < 0 || end < begin) {
            throw new IOException(file + " is no key: PEM of PKCS #8 without a password is expected ('" + BEGIN_KEY
                    + "'; 'openssl pkcs8 -topk8 -nocrypt' makes one of other forms).");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_KEY.length(), end));
            for (String type : KEY_TYPES) {
                try {
                    return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (InvalidKeySpecException e) {
                    LOG.trace("{} holds no key of {}.", file, type);
                }
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException(file + " is no key: it is damaged.", e);
        }
        throw new IOException(file + " is no key of RSA, EC or Ed25519.");
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IOException("too long");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException(
                    "The file " + file + " of the console's certificate cannot be read (" + FileTrouble.why(e) + ").",
                    e);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
