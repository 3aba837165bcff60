package org.tandemopc.simulator;

import java.lang.reflect.Array;
import org.eclipse.milo.opcua.sdk.core.ValueRanks;
import org.eclipse.milo.opcua.stack.core.types.builtin.Matrix;
import org.jspecify.annotations.Nullable;

/** Values as text and their ranks. */
final class Values {
    private Values() {}

    /** For the ledger: plain for scalars, {@code [a, b]} for arrays. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Matrix matrix) {
            return text(matrix.nestedArrayValue());
        }
        if (!value.getClass().isArray()) {
            return value.toString();
        }
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < Array.getLength(value); i++) {
            out.append(i == 0 ? "" : ", ").append(text(Array.get(value, i)));
        }
        return out.append(']').toString();
    }

    static int rank(Object value) {
        if (value instanceof Matrix matrix) {
            return matrix.getValueRank();
        }
        return value.getClass().isArray() ? ValueRanks.OneDimension : ValueRanks.Scalar;
    }
}
