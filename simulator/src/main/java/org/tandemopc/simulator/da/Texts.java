package org.tandemopc.simulator.da;

import java.util.stream.Collectors;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;

/** Values as text for the ledger, as the ledger of the simulated UA server has them. */
final class Texts {
    private Texts() {}

    /** Plain for scalars, {@code [a, b]} for arrays. */
    static String of(Variant value) {
        return switch (value) {
            case Variant.Array(SafeArray array) ->
                array.elements().stream().map(Texts::of).collect(Collectors.joining(", ", "[", "]"));
            case Variant.Str(var text) -> text.text();
            default -> {
                Variant text = Conversions.convert(value, VarType.BSTR.code()).valueOrNull();
                yield text instanceof Variant.Str(var plain) ? plain.text() : value.toString();
            }
        };
    }
}
