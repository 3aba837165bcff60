package org.tandemopc.dcom.ntlm;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/**
 * One login as a client with NTLM as the only mechanism offered (RFC 4178, [MS-SPNG] 3.3). Its token goes with the offer; the list
 * is signed both ways where the context can sign.
 *
 * <pre>
 * Fresh --step(empty)--> Offered --step(challenge)--> Answered --step(accept-completed)--> Over
 * </pre>
 */
public final class SpnegoClient implements SecurityMechanism {
    /** Its number as a security package ([MS-RPCE] 2.2.1.1.7). */
    public static final int AUTH_TYPE = 9;

    private final NtlmClient ntlm;

    private State state = State.FRESH;
    private Bytes mechTypes = Bytes.EMPTY;
    private SecurityStep.@Nullable Done done;

    private enum State {
        FRESH,
        OFFERED,
        ANSWERED,
        OVER
    }

    SpnegoClient(NtlmClient ntlm) {
        this.ntlm = ntlm;
    }

    @Override
    public int authType() {
        return AUTH_TYPE;
    }

    @Override
    public SecurityStep step(Bytes token) {
        try {
            return switch (state) {
                case FRESH -> offered(token);
                case OFFERED -> answered(NegTokenResp.read(token));
                case ANSWERED -> completed(NegTokenResp.read(token));
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

    private SecurityStep offered(Bytes token) throws RefusedException {
        return switch (ntlm.step(token)) {
            case SecurityStep.Continue(Bytes negotiate) -> {
                NegTokenInit init = NegTokenInit.of(Oid.NTLM, negotiate);
                mechTypes = init.mechTypesDer();
                state = State.OFFERED;
                yield new SecurityStep.Continue(init.toBytes());
            }
            case SecurityStep.Failed(String reason) -> throw new RefusedException(reason);
            case SecurityStep.Done _ -> throw new RefusedException("token: NTLM ended before it began");
        };
    }

    private SecurityStep answered(NegTokenResp response) throws RefusedException {
        requireAccepted(response);
        Bytes challenge = response.responseToken();
        if ((response.supportedMech() != null && !response.supportedMech().equals(Oid.NTLM)) || challenge == null) {
            throw new RefusedException("token: the server does not go on with NTLM");
        }
        return switch (ntlm.step(challenge)) {
            case SecurityStep.Done finished -> {
                done = finished;
                state = State.ANSWERED;
                NtlmProtection protection = (NtlmProtection) finished.protection();
                Bytes mic = protection.signs() ? protection.sign(mechTypes) : null;
                yield new SecurityStep.Continue(new NegTokenResp(null, null, finished.token(), mic).toBytes());
            }
            case SecurityStep.Failed(String reason) -> throw new RefusedException(reason);
            case SecurityStep.Continue _ -> throw new RefusedException("token: NTLM does not end");
        };
    }

    /** A server that got our NTLM MIC must sign the list (note 8 of [MS-SPNG] 3.1.5.1); one that is older need not. */
    private SecurityStep completed(NegTokenResp response) throws RefusedException {
        requireAccepted(response);
        SecurityStep.Done finished = done;
        // A state that is not said follows from the mechanism's (RFC 4178 4.2.2), and NTLM has ended.
        boolean isCompleted = response.negState() == null || response.negState() == NegTokenResp.ACCEPT_COMPLETED;
        if (finished == null || !isCompleted) {
            throw new RefusedException("token: the server does not complete the login");
        }
        NtlmProtection protection = (NtlmProtection) finished.protection();
        Bytes mic = response.mechListMic();
        if (protection.signs() && (mic != null || ntlm.micSent())) {
            if (mic == null || !protection.verify(mechTypes, mic)) {
                throw new RefusedException(
                        "account: the server does not know the password, or its offer was changed on the way");
            }
        }
        state = State.OVER;
        return new SecurityStep.Done(Bytes.EMPTY, finished.principal(), protection);
    }

    private static void requireAccepted(NegTokenResp response) throws RefusedException {
        if (response.isRejected()) {
            throw new RefusedException("account: the server refuses the login");
        }
    }
}
