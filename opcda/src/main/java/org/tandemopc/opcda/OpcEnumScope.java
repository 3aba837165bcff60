package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCENUMSCOPE: which groups CreateGroupEnumerator lists (DA 3.0 4.3.4.6). With and without CONNECTIONS is the same. */
public enum OpcEnumScope implements Coded {
    PRIVATE_CONNECTIONS(1),
    PUBLIC_CONNECTIONS(2),
    ALL_CONNECTIONS(3),
    PRIVATE(4),
    PUBLIC(5),
    ALL(6),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcEnumScope> KNOWN = List.of(values());

    private final int code;

    OpcEnumScope(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcEnumScope of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
