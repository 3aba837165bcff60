package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.opcda.params.Coded;

/** OPCSERVERSTATE: the state of a server (DA 3.0 6.7.1). */
public enum OpcServerState implements Coded {
    RUNNING(1),
    FAILED(2),
    /** Runs without a configuration. */
    NO_CONFIG(3),
    /** Gives and takes no data. */
    SUSPENDED(4),
    /** Outputs are not connected. */
    TEST(5),
    /** Cannot reach its devices. Since 3.0. */
    COMM_FAULT(6),

    /** A number that the specification does not have; travels as 0. */
    OTHER(0);

    static final List<OpcServerState> KNOWN = List.of(values());

    private final int code;

    OpcServerState(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    /** {@link #OTHER} if there is none of that number. */
    public static OpcServerState of(int code) {
        return Coded.of(KNOWN, code, OTHER);
    }
}
