package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.delivery.Outcome;

/**
 * What became of a client's write, for the audit. Without the values, which whoever reads the log need not be allowed to know.
 * Immutable.
 *
 * @param operation interface and method
 * @param account under which the client called
 * @param member that was asked; {@link Route#NONE}: none was
 * @param epoch in which; 0: none was asked
 * @param itemIds of all items that Tandem knows, in the order of the call
 * @param count of items in the call
 */
public record WriteReport(
        String operation, String account, int member, long epoch, List<String> itemIds, int count, String outcome) {
    static final String DONE = "done";

    /** The client has taken it back, and the member has agreed. */
    static final String CANCELLED = "cancelled";

    /** The write was sent and not answered (S3). */
    static final String UNKNOWN = "unknown";

    /** It has certainly not left. */
    static final String NOT_SENT = "not sent";

    /** The account may not write, so nobody was asked. */
    static final String REFUSED = "refused: no right to write";

    public WriteReport {
        itemIds = List.copyOf(itemIds);
    }

    /** What a call came to that answers with an HRESULT for each item. @param errors those of its answer */
    static <X> WriteReport of(
            String operation,
            String account,
            List<String> itemIds,
            int count,
            Outcome<Result<X>> outcome,
            Function<X, Ints> errors) {
        return switch (outcome) {
            case Outcome.Done<Result<X>> done -> {
                Result<X> answer = done.answer();
                String result = answer.isSuccess()
                        ? resultOf(errors.apply(answer.value()))
                        : String.format(Locale.ROOT, "failed 0x%08X", answer.hresult());
                yield new WriteReport(operation, account, done.member(), done.epoch(), itemIds, count, result);
            }
            case Outcome.Unknown<Result<X>> unknown ->
                new WriteReport(operation, account, unknown.member(), unknown.epoch(), itemIds, count, UNKNOWN);
            case Outcome.NotSent<Result<X>> _ -> unasked(operation, account, itemIds, count, NOT_SENT);
            case Outcome.Expired<Result<X>> _ -> unasked(operation, account, itemIds, count, NOT_SENT);
        };
    }

    /** No member was asked. */
    static WriteReport unasked(String operation, String account, List<String> itemIds, int count, String outcome) {
        return new WriteReport(operation, account, Route.NONE, 0, itemIds, count, outcome);
    }

    /** In words: {@code done}, {@code 2 of 5 failed, first 0xC0040004}. @param errors one for each item */
    static String resultOf(Ints errors) {
        List<Integer> failed =
                errors.stream().filter(error -> !HResult.isSuccess(error)).toList();
        return failed.isEmpty()
                ? DONE
                : String.format(
                        Locale.ROOT, "%d of %d failed, first 0x%08X", failed.size(), errors.size(), failed.getFirst());
    }
}
