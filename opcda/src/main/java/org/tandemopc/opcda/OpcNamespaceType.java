package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCNAMESPACETYPE: the shape of the address space (DA 2.05a 4.4.8.1). */
public enum OpcNamespaceType implements Coded {
    /** OPC_NS_HIERARCHIAL, as the specification spells it. */
    HIERARCHICAL(1),
    FLAT(2),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcNamespaceType> KNOWN = List.of(values());

    private final int code;

    OpcNamespaceType(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcNamespaceType of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
