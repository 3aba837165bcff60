package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCBROWSEFILTER: what Browse lists (DA 3.0 4.3.6.3). */
public enum OpcBrowseFilter implements Coded {
    ALL(1),
    BRANCHES(2),
    ITEMS(3),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcBrowseFilter> KNOWN = List.of(values());

    private final int code;

    OpcBrowseFilter(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcBrowseFilter of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
