package org.tandemopc.opcda;

import java.util.function.ToLongFunction;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;

/**
 * What a method gives that goes on when it has answered. Immutable.
 *
 * @param id DA 2.0 and 3.0: the id to cancel it by; DA 1.0: the id of the transaction
 * @param errors for each item; one that failed here has no place in the callback
 */
public record Started(int id, Ints errors) {
    static final Started NONE = new Started(0, Ints.EMPTY);

    static <I> OutCodec<I, Started> out(String field, ToLongFunction<I> sizeIs) {
        return Params.sized(
                (in, parameters, pointers) -> {
                    int id = in.i32(field);
                    return new Started(id, Params.ints(in, "ppErrors", sizeIs.applyAsLong(parameters)));
                },
                (out, parameters, started, pointers) -> {
                    out.i32(started.id());
                    Params.writeInts(out, started.errors(), sizeIs.applyAsLong(parameters));
                });
    }
}
