package org.tandemopc.relay.ua.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;

/** A certificate in words for people. What a peer wrote into it is cleaned of everything that could garble a log. */
public final class CertificateText {
    private static final int SUBJECT_LENGTH_MAX = 200;

    private CertificateText() {}

    /** SHA-1 of the encoded certificate, 40 lower-case hexadecimal digits: its name in folders, lists and logs. */
    public static String thumbprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("certificate cannot be encoded", e);
        }
    }

    public static String subject(X509Certificate certificate) {
        return cleaned(certificate.getSubjectX500Principal().getName());
    }

    /** Empty when there is none. */
    public static String applicationUri(X509Certificate certificate) {
        return cleaned(CertificateUtil.getSanUri(certificate).orElse(""));
    }

    /** Subject and thumbprint. */
    public static String name(X509Certificate certificate) {
        return "'" + subject(certificate) + "' (" + thumbprint(certificate) + ")";
    }

    private static String cleaned(String text) {
        String visible = text.replaceAll("\\p{C}", "?");
        return visible.length() <= SUBJECT_LENGTH_MAX ? visible : visible.substring(0, SUBJECT_LENGTH_MAX) + "...";
    }
}
