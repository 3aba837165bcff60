package org.tandemopc.relay.da.front;

import java.util.List;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.delivery.Outcome;

/** Writes that end with their call, of whatever interface. */
final class Writes {
    private Writes() {}

    /** Writes at a member. */
    @FunctionalInterface
    interface Writing {
        /** @param late hears an answer that comes when nobody waits any more */
        Result<Ints> on(SessionLink.Access access, Deadline deadline, LateAnswer late)
                throws LinkException, RpcFaultException;
    }

    /**
     * Sends a write once at most, if the caller may write, and records what became of it. What was sent and not answered is CALL_FAILED
     * for each item; what was certainly not sent, CALL_FAILED_DNE (S3, S4). An answer that comes after all is recorded, and told to
     * nobody (S8).
     *
     * @param operation for the records
     * @param items ids of those of the items that are known, for the records
     */
    static Result<Ints> once(DaSession session, String operation, int count, List<String> items, Writing writing) {
        if (!session.mayWrite()) {
            unasked(session, operation, count, items);
            return Result.partly(Ints.repeat(HResult.E_ACCESSDENIED, count));
        }
        String account = session.caller();
        Doubt doubt = new Doubt(session, operation, account, items);
        Outcome<Result<Ints>> outcome = session.carry(false, (access, deadline) -> {
            doubt.goesTo(access);
            return writing.on(access, deadline, doubt);
        });
        if (outcome instanceof Outcome.Unknown<Result<Ints>> unknown) {
            session.pair().outcomeUnknown(session, operation, unknown.member(), unknown.epoch(), items, unknown.why());
            doubt.unknown(unknown.member(), unknown.epoch());
        }
        session.pair().written(session, WriteReport.of(operation, account, items, count, outcome, errors -> errors));
        return perItem(outcome, count);
    }

    /** The record of a write of an account that may not write. */
    static void unasked(DaSession session, String operation, int count, List<String> items) {
        session.pair()
                .written(session, WriteReport.unasked(operation, session.caller(), items, count, WriteReport.REFUSED));
    }

    /** The answer, or the same error for each item. */
    static Result<Ints> perItem(Outcome<Result<Ints>> outcome, int count) {
        return outcome instanceof Outcome.Done<Result<Ints>> done
                ? done.answer()
                : Result.partly(Ints.repeat(DaSession.errorOf(outcome), count));
    }
}
