package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCDATASOURCE: where a read takes its values from (DA 3.0 4.4.5.1). */
public enum OpcDataSource implements Coded {
    /** What the server has already. */
    CACHE(1),
    /** The device is asked. */
    DEVICE(2),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcDataSource> KNOWN = List.of(values());

    private final int code;

    OpcDataSource(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcDataSource of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
