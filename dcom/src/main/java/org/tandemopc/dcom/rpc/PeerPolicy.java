package org.tandemopc.dcom.rpc;

/**
 * What is asked of a peer, and what is forgiven. By address or account, never for all at once: each leniency is for one old
 * peer that cannot do better.
 *
 * @param minCallLevel calls below this level are refused, except where an interface says that it is open to all
 * @param minActivationLevel objects are made for a client at this level or above: below it the answer is E_ACCESSDENIED.
 *     j-Interop and node-dcom can do no more than CONNECT
 * @param lenientLevelDowngrade as client: go on when the server answers a login with a lower level than was asked, though not
 *     below {@code minCallLevel}. j-Interop answers CONNECT to everything
 * @param lenientUnsignedResponses as client: take a response without trailer on a connection that signs
 */
public record PeerPolicy(
        AuthLevel minCallLevel,
        AuthLevel minActivationLevel,
        boolean lenientLevelDowngrade,
        boolean lenientUnsignedResponses) {
    /** Packet integrity, and nothing forgiven ([MS-DCOM] as hardened since 2023, CVE-2021-26414). */
    public static PeerPolicy strict() {
        return new PeerPolicy(AuthLevel.PKT_INTEGRITY, AuthLevel.PKT_INTEGRITY, false, false);
    }

    public PeerPolicy withMinCallLevel(AuthLevel level) {
        return new PeerPolicy(level, minActivationLevel, lenientLevelDowngrade, lenientUnsignedResponses);
    }

    public PeerPolicy withMinActivationLevel(AuthLevel level) {
        return new PeerPolicy(minCallLevel, level, lenientLevelDowngrade, lenientUnsignedResponses);
    }

    public PeerPolicy withLenientLevelDowngrade() {
        return new PeerPolicy(minCallLevel, minActivationLevel, true, lenientUnsignedResponses);
    }

    public PeerPolicy withLenientUnsignedResponses() {
        return new PeerPolicy(minCallLevel, minActivationLevel, lenientLevelDowngrade, true);
    }
}
