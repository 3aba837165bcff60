package org.tandemopc.relay.da.front;

import java.util.concurrent.atomic.AtomicLong;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcItemChange;

/**
 * How much memory values of standbys may take that wait, over all groups of a session. Counted in bytes as they are in memory, about. Any
 * thread.
 */
final class WaitingBudget {
    /** Of a session: more than 400,000 numbers. As for OPC UA. */
    static final long BYTES_MAX = 64L << 20;

    /** A value with its objects, and its place in lists. */
    static final long VALUE_BYTES = 160;

    /** A VARIANT or text in an array. */
    private static final long ELEMENT_BYTES = 48;

    private final AtomicLong taken = new AtomicLong();

    static long bytesOf(OpcItemChange change) {
        return VALUE_BYTES + bytesOf(change.value());
    }

    /** Beyond what each value takes. */
    private static long bytesOf(Variant value) {
        return switch (value) {
            case Variant.Str text -> text.value().octets().size();
            case Variant.Array array -> bytesOf(array.value().content());
            case Variant.Raw raw -> raw.octets().size();
            default -> 0;
        };
    }

    private static long bytesOf(SafeArray.Content content) {
        return switch (content) {
            case SafeArray.Content.Plain plain -> plain.octets().size();
            case SafeArray.Content.Strings texts ->
                texts.values().stream()
                        .mapToLong(text -> ELEMENT_BYTES + text.octets().size())
                        .sum();
            case SafeArray.Content.Variants values ->
                values.values().stream()
                        .mapToLong(each -> ELEMENT_BYTES + bytesOf(each))
                        .sum();
            case SafeArray.Content.Interfaces pointers ->
                ELEMENT_BYTES * pointers.values().size();
        };
    }

    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Whether something has to go. */
    boolean isExceeded() {
        return taken.get() > BYTES_MAX;
    }

    long taken() {
        return taken.get();
    }
}
