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
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says for people why a connection failed, in words of our own: messages of libraries repeat what a peer wrote. */
final class Failures {
    private static final int CAUSES_MAX = 8;

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
            case SSLException ssl ->
                isAboutCertificate(ssl)
                        ? "its certificate is not trusted, or not of that name"
                        : "no secure connection came about";
            case ConnectException _ -> "it refused the connection";
            case DeliveryException own -> own.why();
            default -> null;
        };
    }

    private static boolean isAboutCertificate(Throwable e) {
        Throwable cause = e;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
