package org.tandemopc.service.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people are told of certificates, by the causes as the JDK nests them. */
class FailuresTest {
    private static String why(@Nullable Throwable cause) {
        SSLHandshakeException e = new SSLHandshakeException("(certificate_unknown)");
        e.initCause(cause);
        return Failures.why(e);
    }

    /** Like {@code sun.security.validator.ValidatorException}. */
    private static final class OfPath extends CertificateException {
        private static final long serialVersionUID = 1;

        OfPath(Throwable cause) {
            super(cause);
        }
    }

    private static OfPath validity(Throwable cause) {
        return new OfPath(new CertPathValidatorException("validity", cause));
    }

    @Test
    void whatIsWrongWithACertificateIsSaid() {
        assertThat(why(new OfPath(new CertPathBuilderException("unable to find valid certification path"))))
                .startsWith("its certificate is not trusted: put it, or that of its authority, into");
        assertThat(why(new OfPath(new CertPathValidatorException("signature check failed"))))
                .startsWith("its certificate is not trusted: ");
        assertThat(why(validity(new CertificateExpiredException()))).isEqualTo("its certificate has expired");
        assertThat(why(validity(new CertificateNotYetValidException())))
                .isEqualTo("its certificate is not valid yet: look at the clocks of both machines");
        assertThat(why(new CertificateParsingException("URI name must include scheme:")))
                .isEqualTo("its certificate cannot be read");
        assertThat(why(new CertificateException("No name matching mail.example found")))
                .isEqualTo("its certificate is not of that name");
        assertThat(why(null)).isEqualTo("no secure connection came about");
    }
}
