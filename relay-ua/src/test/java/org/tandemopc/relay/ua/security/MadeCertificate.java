package org.tandemopc.relay.ua.security;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Certificates of every kind, with their keys. RSA 2048, one key pair for all: keys are slow to make. */
public record MadeCertificate(KeyPair keys, X509Certificate certificate) {
    private static final AtomicLong SERIALS = new AtomicLong(1);
    private static final KeyPair KEYS = keys(2048);
    private static final KeyPair CA_KEYS = keys(2048);

    /** What is to be made; change what the test is about. */
    public static final class Wish {
        public String name = "peer";
        public String uri = "urn:peer";
        public Instant notBefore = Instant.now().minus(Duration.ofDays(1));
        public Instant notAfter = Instant.now().plus(Duration.ofDays(365));
        public int usage = KeyUsage.digitalSignature
                | KeyUsage.nonRepudiation
                | KeyUsage.keyEncipherment
                | KeyUsage.dataEncipherment;
        public KeyPurposeId[] purposes = {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
        public @Nullable MadeCertificate issuer;
        public KeyPair keys = KEYS;

        public Wish uri(String wanted) {
            uri = wanted;
            return this;
        }

        public Wish valid(Instant from, Instant until) {
            notBefore = from;
            notAfter = until;
            return this;
        }

        public Wish issuedBy(MadeCertificate ca) {
            issuer = ca;
            return this;
        }

        public Wish usage(int bits) {
            usage = bits;
            return this;
        }

        public Wish purposes(KeyPurposeId... wanted) {
            purposes = wanted;
            return this;
        }

        public MadeCertificate make() throws Exception {
            X500Name subject = new X500Name("CN=" + name);
            X500Name above = issuer == null
                    ? subject
                    : new X500Name(
                            issuer.certificate().getSubjectX500Principal().getName());
            JcaX509v3CertificateBuilder builder = builder(above, subject, notBefore, notAfter, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, false, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, false, new KeyUsage(usage));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
            return new MadeCertificate(keys, signed(builder, issuer == null ? keys : issuer.keys()));
        }
    }

    public static Wish wish() {
        return new Wish();
    }

    /** An authority of its own. */
    public static MadeCertificate authority(String name) throws Exception {
        X500Name subject = new X500Name("CN=" + name);
        JcaX509v3CertificateBuilder builder = builder(
                subject,
                subject,
                Instant.now().minus(Duration.ofDays(1)),
                Instant.now().plus(Duration.ofDays(3650)),
                CA_KEYS.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return new MadeCertificate(CA_KEYS, signed(builder, CA_KEYS));
    }

    /** An authority that this one has put in. */
    public MadeCertificate intermediate(String subject) throws Exception {
        KeyPair own = keys(2048);
        JcaX509v3CertificateBuilder builder = builder(
                new X500Name(certificate.getSubjectX500Principal().getName()),
                new X500Name("CN=" + subject),
                Instant.now().minus(Duration.ofDays(1)),
                Instant.now().plus(Duration.ofDays(3650)),
                own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return new MadeCertificate(own, signed(builder, keys));
    }

    /** For use as an application of Tandem, with these issuers. */
    public ApplicationCertificate withIssuers(MadeCertificate... issuers) {
        return new ApplicationCertificate(
                keys,
                Stream.concat(Stream.of(this), Stream.of(issuers))
                        .map(MadeCertificate::certificate)
                        .toList());
    }

    /** The list by which this authority takes a certificate back. */
    public X509CRL revoking(X509Certificate revoked) throws Exception {
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate, Date.from(Instant.now()));
        builder.setNextUpdate(Date.from(Instant.now().plus(Duration.ofDays(30))));
        builder.addCRLEntry(revoked.getSerialNumber(), Date.from(Instant.now()), CRLReason.keyCompromise);
        return new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, Instant from, Instant until, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer, BigInteger.valueOf(SERIALS.getAndIncrement()), Date.from(from), Date.from(until), subject, key);
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair by) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(by.getPrivate())));
    }

    private static KeyPair keys(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
