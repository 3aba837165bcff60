package org.tandemopc.service.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A key and a certificate (X.509 version 3, RFC 5280) that it signs itself, for servers of TLS alone. */
record SelfSigned(KeyPair keys, X509Certificate certificate) {
    /** The longest that all browsers take. */
    static final Duration VALID = Duration.ofDays(825);

    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
    private static final byte[] ALTERNATIVE_NAMES = Der.oid(2, 5, 29, 17);
    private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
    private static final byte[] KEY_USAGE = Der.oid(2, 5, 29, 15);
    private static final byte[] EXTENDED_KEY_USAGE = Der.oid(2, 5, 29, 37);
    private static final byte[] SERVER = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1);
    private static final int VERSION_TAG = 0xa0;
    private static final int EXTENSIONS_TAG = 0xa3;
    private static final int DNS_TAG = 0x82;
    private static final int IP_TAG = 0x87;
    private static final int SERIAL_BITS = 127;

    /** @param names DNS names and addresses under which the server is asked, at least one */
    static SelfSigned make(List<String> names, Instant now) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        byte[] name = Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8("Tandem console"))));
        byte[] content = Der.sequence(
                Der.tagged(VERSION_TAG, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1)),
                ECDSA_SHA256,
                name,
                Der.sequence(Der.time(now.minus(Duration.ofDays(1))), Der.time(now.plus(VALID))),
                name,
                keys.getPublic().getEncoded(),
                Der.tagged(EXTENSIONS_TAG, extensions(names)));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(content);
        byte[] whole = Der.sequence(content, ECDSA_SHA256, Der.bits(0, signature.sign()));
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        return new SelfSigned(keys, certificate);
    }

    private static byte[] extensions(List<String> names) {
        List<byte[]> all = new ArrayList<>();
        for (String name : names) {
            all.add(general(name));
        }
        return Der.sequence(
                critical(BASIC_CONSTRAINTS, Der.sequence()),
                critical(KEY_USAGE, Der.bits(7, new byte[] {(byte) 0x80})), // digitalSignature
                Der.sequence(EXTENDED_KEY_USAGE, Der.octets(Der.sequence(SERVER))),
                Der.sequence(ALTERNATIVE_NAMES, Der.octets(Der.sequence(all.toArray(byte[][]::new)))));
    }

    private static byte[] critical(byte[] oid, byte[] value) {
        return Der.sequence(oid, Der.trueValue(), Der.octets(value));
    }

    private static byte[] general(String name) {
        try {
            return Der.tagged(IP_TAG, InetAddress.ofLiteral(name).getAddress());
        } catch (IllegalArgumentException e) {
            return Der.tagged(DNS_TAG, name.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
