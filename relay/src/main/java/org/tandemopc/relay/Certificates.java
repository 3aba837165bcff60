package org.tandemopc.relay;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The certificates of a protocol's two sides, for people: what is our own, what is trusted, what was refused. Any thread; blocks on files. */
public interface Certificates {
    /** Whose certificate it is. */
    enum Side {
        /** Of clients, at the front door. */
        CLIENTS,
        /** Of members. */
        MEMBERS
    }

    enum State {
        /** Tandem's own on this side. */
        OWN,
        TRUSTED,
        /** An issuer whose certificates are trusted. */
        ISSUER,
        /** Shown by a peer, refused, and kept so that a person may look at it and trust it. */
        REFUSED
    }

    /**
     * One certificate.
     *
     * @param thumbprint SHA-1 of the encoded certificate, 40 lower-case hexadecimal digits
     * @param applicationUri URI of the subject alternative name; empty if there is none
     */
    record Entry(
            Side side,
            State state,
            String thumbprint,
            String subject,
            String applicationUri,
            Instant notBefore,
            Instant notAfter) {}

    /** Everything, own first, in a fixed order. */
    List<Entry> entries() throws IOException;

    /**
     * Moves a refused certificate to the trusted ones; new connections count with it at once.
     *
     * @throws IllegalArgumentException with a sentence for people: there is no such refused certificate
     */
    void trust(Side side, String thumbprint) throws IOException;

    /**
     * Removes a trusted or refused certificate; it no longer opens new connections, living ones stay.
     *
     * @throws IllegalArgumentException with a sentence for people: there is no such certificate
     */
    void remove(Side side, String thumbprint) throws IOException;
}
