package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.time.Instant;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.ServerCondition.State;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.OpcServerStatus;

/** What a server's status means for a decision. Pure. */
final class Conditions {
    /** OPC DA has no ServiceLevel: a server that runs is as good as any other that does. */
    private static final int SERVICE_LEVEL = 255;

    private Conditions() {}

    /**
     * @param middle our wall clock in the middle of the round trip
     * @param roundTripNanos how long the answer took
     */
    static ServerCondition of(OpcServerStatus status, Instant middle, long roundTripNanos) {
        return new ServerCondition(
                state(status.state()), SERVICE_LEVEL, skewNanos(middle, status.currentTime()), roundTripNanos);
    }

    /** The server answers, and does not say how it is. */
    static ServerCondition unknown(long roundTripNanos) {
        return new ServerCondition(State.UNKNOWN, SERVICE_LEVEL, Long.MIN_VALUE, roundTripNanos);
    }

    /** TEST counts as running: such a server gives values and takes writes, only its outputs go nowhere (DA 3.0 6.7.1). */
    private static State state(OpcServerState state) {
        return switch (state) {
            case RUNNING, TEST -> State.RUNNING;
            case FAILED -> State.FAILED;
            case NO_CONFIG -> State.NO_CONFIGURATION;
            case SUSPENDED -> State.SUSPENDED;
            case COMM_FAULT -> State.COMMUNICATION_FAULT;
            case OTHER -> State.UNKNOWN;
        };
    }

    /** Some servers tell no time. Of more than 292 years, which a long cannot hold, as much as it can. */
    private static long skewNanos(Instant ours, FileTime theirs) {
        if (theirs.equals(FileTime.ZERO)) {
            return Long.MIN_VALUE;
        }
        try {
            return Duration.between(ours, theirs.toInstant()).toNanos();
        } catch (ArithmeticException e) {
            return theirs.toInstant().isBefore(ours) ? -Long.MAX_VALUE : Long.MAX_VALUE;
        }
    }
}
