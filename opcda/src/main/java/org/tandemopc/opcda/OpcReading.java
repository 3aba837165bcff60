package org.tandemopc.opcda;

import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;

/** A value that was read by age: value, quality, time, which travel in arrays of their own (DA 3.0 4.3.7.1, 4.4.6.1). Immutable. */
public record OpcReading(Variant value, Quality quality, FileTime timestamp) {
    /** What stands in the place of an item that failed: VT_EMPTY, bad. */
    public static final OpcReading NONE = new OpcReading(Variant.EMPTY, Quality.BAD, FileTime.ZERO);
}
