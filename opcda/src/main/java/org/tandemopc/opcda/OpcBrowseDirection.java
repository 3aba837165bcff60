package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCBROWSEDIRECTION: where ChangeBrowsePosition goes (DA 2.05a 4.4.8.2). */
public enum OpcBrowseDirection implements Coded {
    UP(1),
    DOWN(2),
    /** To a fully qualified id; the empty one is the root. Since 2.0. */
    TO(3),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcBrowseDirection> KNOWN = List.of(values());

    private final int code;

    OpcBrowseDirection(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcBrowseDirection of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
