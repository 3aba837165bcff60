package org.tandemopc.dcom.ntlm;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/**
 * One login as a server that has NTLM and nothing else (RFC 4178, [MS-SPNG] 3.2). A client whose first choice is another mechanism
 * is told to begin anew with NTLM, and must sign its list then, so that nobody took a better choice out of it. A client that
 * sends bare NTLM, as Windows does where NTLM is its first choice, gets bare NTLM.
 *
 * <pre>
 * Fresh --step(init with NTLM token)-----------> Negotiating --step(AUTHENTICATE)--> Over
 * Fresh --step(init without)--> Negotiating --step(NEGOTIATE)--> Negotiating
 * Fresh --step(bare NTLM)--> Bare --> as NtlmServer
 * </pre>
 */
public final class SpnegoServer implements SecurityMechanism {
    private final NtlmServer ntlm;

    private State state = State.FRESH;
    private Bytes mechTypes = Bytes.EMPTY;
    private boolean isSecondChoice;

    private enum State {
        FRESH,
        BARE,
        NEGOTIATING,
        OVER
    }

    SpnegoServer(NtlmServer ntlm) {
        this.ntlm = ntlm;
    }

    @Override
    public int authType() {
        return SpnegoClient.AUTH_TYPE;
    }

    @Override
    public SecurityStep step(Bytes token) {
        try {
            return switch (state) {
                case FRESH -> begun(token);
                case BARE -> ntlm.step(token);
                case NEGOTIATING -> continued(NegTokenResp.read(token));
                case OVER -> throw new RefusedException("token: the login is over");
            };
        } catch (RefusedException e) {
            state = State.OVER;
            return new SecurityStep.Failed(String.valueOf(e.getMessage()));
        } catch (MalformedException e) {
            state = State.OVER;
            return new SecurityStep.Failed("token: " + e.getMessage());
        }
    }

    private SecurityStep begun(Bytes token) throws RefusedException, MalformedException {
        if (NtlmMessage.isNtlm(token)) {
            state = State.BARE;
            return ntlm.step(token);
        }
        NegTokenInit init = NegTokenInit.read(token);
        if (!init.mechTypes().contains(Oid.NTLM)) {
            throw new RefusedException("level: the client does not offer NTLM");
        }
        mechTypes = init.mechTypesDer();
        isSecondChoice = !init.mechTypes().getFirst().equals(Oid.NTLM);
        state = State.NEGOTIATING;
        Bytes mechToken = init.mechToken();
        if (isSecondChoice || mechToken == null) {
            // The token, if any, is another mechanism's, and is thrown away (RFC 4178 3.2).
            int negState = isSecondChoice ? NegTokenResp.REQUEST_MIC : NegTokenResp.ACCEPT_INCOMPLETE;
            return new SecurityStep.Continue(new NegTokenResp(negState, Oid.NTLM, null, null).toBytes());
        }
        return stepped(mechToken, null, Oid.NTLM);
    }

    private SecurityStep continued(NegTokenResp response) throws RefusedException {
        Bytes inner = response.responseToken();
        if (response.isRejected() || inner == null) {
            throw new RefusedException("token: the client does not go on with NTLM");
        }
        return stepped(inner, response.mechListMic(), null);
    }

    private SecurityStep stepped(Bytes inner, @Nullable Bytes mic, @Nullable Oid supportedMech)
            throws RefusedException {
        return switch (ntlm.step(inner)) {
            case SecurityStep.Continue(Bytes challenge) ->
                new SecurityStep.Continue(
                        new NegTokenResp(NegTokenResp.ACCEPT_INCOMPLETE, supportedMech, challenge, null).toBytes());
            case SecurityStep.Done done -> completed(done, mic);
            case SecurityStep.Failed(String reason) -> throw new RefusedException(reason);
        };
    }

    /** The list must be signed if NTLM was not its first entry, or NTLM's own messages are (note 8 of [MS-SPNG] 3.1.5.1). */
    private SecurityStep completed(SecurityStep.Done done, @Nullable Bytes mic) throws RefusedException {
        NtlmProtection protection = (NtlmProtection) done.protection();
        Bytes answer = null;
        if (protection.signs()) {
            if (mic == null && (isSecondChoice || ntlm.micVerified())) {
                throw new RefusedException("account: the list of mechanisms is not signed");
            }
            if (mic != null) {
                if (!protection.verify(mechTypes, mic)) {
                    throw new RefusedException("account: the list of mechanisms was changed on the way");
                }
                answer = protection.sign(mechTypes);
            }
        }
        state = State.OVER;
        Bytes token = new NegTokenResp(NegTokenResp.ACCEPT_COMPLETED, null, null, answer).toBytes();
        return new SecurityStep.Done(token, done.principal(), protection);
    }
}
