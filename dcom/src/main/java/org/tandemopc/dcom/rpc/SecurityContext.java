package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;

/**
 * One login on a connection, known by its auth_context_id: first the mechanism that negotiates it, then who it is and the keys
 * and counters of its PDUs, which no other login shares ([MS-RPCE] 3.3.1.5.2). Moved on by the reader thread alone; read by
 * all. {@link MessageProtection} tells who may protect and unprotect.
 *
 * <pre>
 * Opening --done--> Established
 *    \---failed---> Refused
 * </pre>
 */
final class SecurityContext {
    private sealed interface State {
        record Opening(SecurityMechanism mechanism) implements State {}

        record Established(Principal principal, MessageProtection protection) implements State {}

        record Refused() implements State {}
    }

    private final long id;
    private final int authType;
    private final AuthLevel level;
    private volatile State state;

    SecurityContext(long id, AuthLevel level, SecurityMechanism mechanism) {
        this.id = id;
        this.authType = mechanism.authType();
        this.level = level;
        this.state = new State.Opening(mechanism);
    }

    /** The same login at a lower level, as a lenient client goes on. */
    SecurityContext at(AuthLevel lower) {
        return new SecurityContext(id, authType, lower, state);
    }

    private SecurityContext(long id, int authType, AuthLevel level, State state) {
        this.id = id;
        this.authType = authType;
        this.level = level;
        this.state = state;
    }

    long id() {
        return id;
    }

    int authType() {
        return authType;
    }

    AuthLevel level() {
        return level;
    }

    boolean isOpening() {
        return state instanceof State.Opening;
    }

    boolean isEstablished() {
        return state instanceof State.Established;
    }

    /** Anonymous until established. */
    Principal principal() {
        return state instanceof State.Established established ? established.principal() : Principal.ANONYMOUS;
    }

    /** Whether each PDU carries a signature from now on. */
    boolean signs() {
        return isEstablished() && level.signs();
    }

    boolean isOf(AuthTrailer auth) {
        return authType == auth.type() && level.code() == auth.level();
    }

    /**
     * The peer's token, while the login is open.
     *
     * @throws IllegalStateException it is not: a token for an established login must not touch it, or a blank one would undo it
     */
    SecurityStep step(Bytes token) {
        if (!(state instanceof State.Opening(SecurityMechanism mechanism))) {
            throw new IllegalStateException("the login is over");
        }
        SecurityStep step = mechanism.step(token);
        switch (step) {
            case SecurityStep.Continue ignored -> {
                // stays open
            }
            case SecurityStep.Done done -> state = new State.Established(done.principal(), done.protection());
            case SecurityStep.Failed ignored -> state = new State.Refused();
        }
        return step;
    }

    /** For good. */
    void refuse() {
        state = new State.Refused();
    }

    /** 0: no trailer is sent. */
    int tokenLength() {
        MessageProtection protection = signing();
        return protection == null ? 0 : protection.tokenLength();
    }

    /** A trailer with room for the token, which {@link #protect} fills in. */
    AuthTrailer trailer(int padLength) {
        return new AuthTrailer(authType, level.code(), padLength, 0, id, Bytes.of(new byte[tokenLength()]));
    }

    /** Seals in place and puts the token in: under the write lock, in the order of writing. */
    void protect(Frame frame) {
        MessageProtection protection = signing();
        if (protection == null) {
            return;
        }
        byte[] octets = frame.octets();
        Bytes token = protection.protect(octets, frame.tokenAt(), frame.stubAt(), frame.bodyEnd(), level.seals());
        System.arraycopy(token.toArray(), 0, octets, frame.tokenAt(), token.size());
    }

    /** @return false: the token does not fit; the connection cannot go on */
    boolean unprotect(Frame frame, AuthTrailer auth) {
        MessageProtection protection = signing();
        return protection != null
                && auth.token().size() == protection.tokenLength()
                && protection.unprotect(
                        frame.octets(), frame.tokenAt(), frame.stubAt(), frame.bodyEnd(), level.seals(), auth.token());
    }

    private @Nullable MessageProtection signing() {
        return level.signs() && state instanceof State.Established(var ignored, MessageProtection protection)
                ? protection
                : null;
    }
}
