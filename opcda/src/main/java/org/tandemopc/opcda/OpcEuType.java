package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCEUTYPE: what the EU information of an item is (DA 3.0 6.7.7). */
public enum OpcEuType implements Coded {
    /** OPC_NOENUM: none. */
    NONE(0),
    /** Two R8: the low and the high end of the range. */
    ANALOG(1),
    /** The names of the values, from 0. */
    ENUMERATED(2),

    /** A number that the specification does not have; travels as 0x7FFF. */
    OTHER(0x7FFF);

    static final List<OpcEuType> KNOWN = List.of(values());

    private final int code;

    OpcEuType(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcEuType of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
