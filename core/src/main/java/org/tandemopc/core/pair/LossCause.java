package org.tandemopc.core.pair;

/** Why a member stopped being usable or was left; travels with the switch into its record (I12). */
public enum LossCause {
    /** The control connection was closed or reset by the other side or the network. */
    CONNECTION_CLOSED,
    /** A status request was not answered within the timeout. */
    NO_ANSWER,
    /** The server announced its shutdown. */
    SHUTDOWN_ANNOUNCED,
    /** The server answers, but its state is not Running. */
    NOT_RUNNING,
    /** ServiceLevel fell into a lower sub-range than the other member's (OPC UA Part 4, 6.6.2.4.2). */
    SERVICE_LEVEL,
    /** A subscription was accepted and its first notification did not come in time. */
    NO_FIRST_NOTIFICATION,
    /** The relay could not move its sessions to this member. */
    REHOME_FAILED,
    /** The server at this address is not the expected one, or its namespaces cannot be mapped. */
    WRONG_SERVER,
    /** A monitor item test failed. */
    MONITOR_TEST,
    /** Connecting failed. */
    CONNECT_FAILED,
    /** Nothing failed: the pair starts. */
    START,
    /** Nothing failed: a member that is preferred can serve again (GEN-6). */
    FAILBACK,
    /** Nothing failed: a person ordered it. */
    ORDERED;

    /** Whether something failed. */
    public boolean isLoss() {
        return switch (this) {
            case START, FAILBACK, ORDERED -> false;
            case CONNECTION_CLOSED,
                    NO_ANSWER,
                    SHUTDOWN_ANNOUNCED,
                    NOT_RUNNING,
                    SERVICE_LEVEL,
                    NO_FIRST_NOTIFICATION,
                    REHOME_FAILED,
                    WRONG_SERVER,
                    MONITOR_TEST,
                    CONNECT_FAILED -> true;
        };
    }
}
