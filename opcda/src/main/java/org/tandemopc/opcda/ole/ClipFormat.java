package org.tandemopc.opcda.ole;

import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;

/**
 * CLIPFORMAT: what data is. Numbers from {@link #REGISTERED_FIRST} on are the sender's own for a name, by which the receiver knows
 * the format. Immutable.
 *
 * <p>On the wire a pointer whose referent is "User", then {@code u32 fContext, u32 number}, and the name as a string if there is one.
 *
 * @param number 0 to 65,535
 * @param name present exactly if the number is {@link #REGISTERED_FIRST} or above
 */
public record ClipFormat(int number, Optional<String> name) {
    public static final int REGISTERED_FIRST = 0xC000;

    /** fContext of what comes from another machine: "WdtR". */
    static final int REMOTE = 0x5274_6457;

    /** No format. */
    static final ClipFormat NONE = new ClipFormat(0, Optional.empty());

    private static final int MAX = 0xFFFF;

    /** @throws IllegalArgumentException see the parameters */
    public ClipFormat {
        if (number < 0 || number > MAX || name.isPresent() != (number >= REGISTERED_FIRST)) {
            throw new IllegalArgumentException("format " + number + " with the name " + name);
        }
    }

    /** One that goes by its name, as those of OPC do. */
    public static ClipFormat named(String name) {
        return new ClipFormat(REGISTERED_FIRST, Optional.of(name));
    }

    /** NULL, as it may be beside a failure, is the format 0. */
    static Late<ClipFormat> slot(NdrReader in) throws MalformedException {
        Late<Optional<ClipFormat>> body = in.unique("cfFormat", ClipFormat::readBody);
        return () -> body.get().orElse(NONE);
    }

    private static ClipFormat readBody(NdrReader in) throws MalformedException {
        int at = in.align(Integer.BYTES).offset();
        int context = in.i32("fContext");
        long number = in.u32("dwValue");
        if (context != REMOTE || number > MAX) {
            throw in.malformed("cfFormat", at, "is %d of context 0x%08X".formatted(number, context));
        }
        return new ClipFormat(
                Math.toIntExact(number),
                number >= REGISTERED_FIRST ? Optional.of(in.string("cfFormat")) : Optional.empty());
    }

    void write(NdrWriter out) {
        out.i32(Variant.USER).deferred(() -> {
            out.align(Integer.BYTES).i32(REMOTE).u32(number, "dwValue");
            name.ifPresent(out::string);
        });
    }
}
