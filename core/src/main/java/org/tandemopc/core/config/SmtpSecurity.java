package org.tandemopc.core.config;

/** How a connection with an SMTP server is protected. */
public enum SmtpSecurity {
    /** Not at all: what is sent can be read and changed on the way, passwords too. */
    NONE("none", 25),
    /** TLS after STARTTLS (RFC 3207); a server that does not offer it is not used. */
    STARTTLS("starttls", 587),
    /** TLS from the first octet (RFC 8314). */
    TLS("tls", 465);

    private final String label;
    private final int port;

    SmtpSecurity(String label, int port) {
        this.label = label;
        this.port = port;
    }

    /** As in the configuration file. */
    public String label() {
        return label;
    }

    /** The one that is used unless another is named. */
    public int port() {
        return port;
    }
}
