package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.function.Supplier;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.delivery.Outcome;

/** Writes that end with their call, of whatever interface. */
final class Writes {
    private Writes() {}

    /**
     * Sends a write once at most, if the caller may write. What was sent and not answered is CALL_FAILED for each item and recorded;
     * what was certainly not sent, CALL_FAILED_DNE (S3, S4).
     *
     * @param operation for the record
     * @param items ids for the record, where it comes to one
     */
    static Result<Ints> once(
            DaSession session, String operation, int count, Supplier<List<String>> items, SessionLink.Work<Ints> work) {
        if (!session.mayWrite()) {
            return Result.partly(Ints.repeat(HResult.E_ACCESSDENIED, count));
        }
        Outcome<Result<Ints>> outcome = session.carry(false, work);
        if (outcome instanceof Outcome.Unknown<Result<Ints>> unknown) {
            session.pair()
                    .outcomeUnknown(session, operation, unknown.member(), unknown.epoch(), items.get(), unknown.why());
        }
        return perItem(outcome, count);
    }

    /** The answer, or the same error for each item. */
    static Result<Ints> perItem(Outcome<Result<Ints>> outcome, int count) {
        return outcome instanceof Outcome.Done<Result<Ints>> done
                ? done.answer()
                : Result.partly(Ints.repeat(DaSession.errorOf(outcome), count));
    }
}
