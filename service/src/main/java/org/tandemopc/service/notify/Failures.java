package org.tandemopc.service.notify;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says for people why a connection failed, in words of our own: messages of libraries repeat what a peer wrote. */
final class Failures {
    private static final int CAUSES_MAX = 8;
    private static final String UNTRUSTED =
            "its certificate is not trusted: put it, or that of its authority, into pki/notifications in the data folder";

    private Failures() {}

    static DeliveryException of(IOException e) {
        return new DeliveryException(why(e));
    }

    /** From the outermost cause inwards, as far as one is known. */
    static String why(Throwable e) {
        Throwable cause = e;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
            cause = cause.getCause();
        }
        return "the connection ended";
    }

    private static @Nullable String known(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, UnresolvedAddressException _ -> "its name is not known";
            case SocketTimeoutException _, HttpConnectTimeoutException _, HttpTimeoutException _ ->
                "it did not answer in time";
            case NoRouteToHostException _ -> "there is no way to it";
            case SSLException ssl -> ofSecurity(ssl);
            case ConnectException _ -> "it refused the connection";
            case DeliveryException own -> own.why();
            default -> null;
        };
    }

    /** By classes: the one that checks names throws the plainest of them, and all that is about trust is of a path. */
    private static String ofSecurity(SSLException e) {
        Throwable cause = e;
        String said = "no secure connection came about";
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            switch (cause) {
                case CertificateExpiredException _ -> {
                    return "its certificate has expired";
                }
                case CertificateNotYetValidException _ -> {
                    return "its certificate is not valid yet: look at the clocks of both machines";
                }
                case CertificateParsingException _ -> {
                    return "its certificate cannot be read";
                }
                case CertPathBuilderException _, CertPathValidatorException _ -> said = UNTRUSTED;
                case CertificateException plain ->
                    said = plain.getClass() == CertificateException.class
                            ? "its certificate is not of that name"
                            : UNTRUSTED;
                default -> {}
            }
            cause = cause.getCause();
        }
        return said;
    }
}
