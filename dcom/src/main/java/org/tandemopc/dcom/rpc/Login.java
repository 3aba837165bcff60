package org.tandemopc.dcom.rpc;

/**
 * How a client logs in.
 *
 * @param mechanism the client's side of one login: good for one connection
 * @param level asked of the server, {@link AuthLevel#CONNECT} or above
 */
public record Login(SecurityMechanism mechanism, AuthLevel level) {
    /** @throws IllegalArgumentException the level knows no login */
    public Login {
        if (level == AuthLevel.NONE) {
            throw new IllegalArgumentException("a login at level NONE");
        }
    }
}
