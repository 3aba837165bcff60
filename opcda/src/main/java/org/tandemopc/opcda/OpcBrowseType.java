package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCBROWSETYPE: what BrowseOPCItemIDs lists (DA 2.05a 4.4.8.3). */
public enum OpcBrowseType implements Coded {
    /** What has children. */
    BRANCH(1),
    /** What has none. */
    LEAF(2),
    /** Everything at and below the position. */
    FLAT(3),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcBrowseType> KNOWN = List.of(values());

    private final int code;

    OpcBrowseType(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcBrowseType of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
