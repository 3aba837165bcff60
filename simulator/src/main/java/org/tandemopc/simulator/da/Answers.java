package org.tandemopc.simulator.da;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Answers of methods that do the same for each of several items: S_FALSE if one of them fails, E_INVALIDARG if there are none. */
final class Answers {
    static final Result<Nothing> DONE = Result.ok(Nothing.NOTHING);

    private Answers() {}

    /** @param none what stands in the place of an item that failed */
    static <T> Result<PerItem<T>> each(int count, T none, IntFunction<Result<T>> one) {
        if (count == 0) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        List<T> values = new ArrayList<>(count);
        int[] errors = new int[count];
        for (int i = 0; i < count; i++) {
            Result<T> each = one.apply(i);
            values.add(each.isSuccess() ? each.value() : none);
            errors[i] = each.hresult();
        }
        return Result.success(overall(errors), new PerItem<>(values, Ints.of(errors)));
    }

    static Result<Ints> errors(int count, IntUnaryOperator one) {
        if (count == 0) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        int[] errors = new int[count];
        for (int i = 0; i < count; i++) {
            errors[i] = one.applyAsInt(i);
        }
        return Result.success(overall(errors), Ints.of(errors));
    }

    static int overall(int[] errors) {
        for (int error : errors) {
            if (!HResult.isSuccess(error)) {
                return HResult.S_FALSE;
            }
        }
        return HResult.S_OK;
    }
}
