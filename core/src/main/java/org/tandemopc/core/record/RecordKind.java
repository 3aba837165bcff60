package org.tandemopc.core.record;

/** The catalogue of diagnostics records, named by the requirement ids of the manual where it has one. */
public enum RecordKind {
    CONNECTED(Severity.INFORMATIONAL),
    DISCONNECTED(Severity.INFORMATIONAL),
    CONNECT_FAILED(Severity.ERROR),
    STATUS_LOST(Severity.ERROR),
    SHUTDOWN_RECEIVED(Severity.INFORMATIONAL),
    PROMOTED(Severity.INFORMATIONAL),
    SWITCH_FAILED(Severity.ERROR),
    STRANDED(Severity.ERROR),
    MONITOR_ERROR(Severity.ERROR),
    MONITOR_PASSED(Severity.INFORMATIONAL),
    MONITOR_NOT_ADDED(Severity.ERROR),
    MONITOR_ARRAY(Severity.ERROR),
    GAP(Severity.WARNING),
    OUTCOME_UNKNOWN(Severity.WARNING),
    /** The answer that was missed came after all, when its client had been told that the outcome is unknown. */
    OUTCOME_RESOLVED(Severity.INFORMATIONAL),
    DAMPED(Severity.WARNING),
    PINNED(Severity.INFORMATIONAL),
    WRONG_SERVER(Severity.ERROR),
    /** Two members are one server, which is no redundancy. */
    SAME_SERVER(Severity.WARNING),
    CLOCK_SKEW(Severity.WARNING),
    /** A certificate of Tandem or one that it trusts ends soon, or has ended. */
    CERTIFICATE(Severity.WARNING),
    /** A member shows a certificate that is not accepted. */
    CERTIFICATE_REFUSED(Severity.ERROR),
    ITEM_MISSING(Severity.ERROR),
    SESSION_TIMEOUT_SHORT(Severity.WARNING),
    USER_REFUSED(Severity.WARNING),
    /** Nothing listens for clients, though the service runs. */
    FRONT_DOOR_LOST(Severity.ERROR),
    ENABLED(Severity.INFORMATIONAL),
    DISABLED(Severity.INFORMATIONAL),
    NOTE(Severity.INFORMATIONAL),
    /** A defect of Tandem itself; the pair goes on from its last state. */
    PROGRAM_ERROR(Severity.ERROR),
    /** Diagnostics could not be written to disk for a while. */
    LOG_LOSS(Severity.WARNING),
    /** A notification (mail, webhook, syslog) was discarded; nobody is notified of it. */
    NOTIFICATION_FAILED(Severity.ERROR);

    /** As the manual's event view has it, plus a warning level of our own. */
    public enum Severity {
        INFORMATIONAL,
        WARNING,
        ERROR
    }

    private final Severity severity;

    RecordKind(Severity severity) {
        this.severity = severity;
    }

    public Severity severity() {
        return severity;
    }
}
