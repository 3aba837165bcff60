package org.tandemopc.core.notify;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/**
 * What can be chosen to be notified of (NOT-11), in the order of the manual's list, and then what the manual does not
 * have. What the manual tells of the primary and of the secondary machine are two events, also where it is one kind of
 * record. That a notification failed is not among them: it would tell of itself (NOT-4).
 */
public enum NotificationEvent {
    CONNECTED_PRIMARY(RecordKind.CONNECTED, 0, member -> RecordTexts.connected("%s", member, "%s")),
    CONNECTED_SECONDARY(RecordKind.CONNECTED, 1, member -> RecordTexts.connected("%s", member, "%s")),
    CONNECT_FAILED_PRIMARY(RecordKind.CONNECT_FAILED, 0, NotificationEvent::connectFailed),
    CONNECT_FAILED_SECONDARY(RecordKind.CONNECT_FAILED, 1, NotificationEvent::connectFailed),
    DISCONNECTED_PRIMARY(RecordKind.DISCONNECTED, 0, member -> RecordTexts.disconnected("%s", member, "%s")),
    DISCONNECTED_SECONDARY(RecordKind.DISCONNECTED, 1, member -> RecordTexts.disconnected("%s", member, "%s")),
    STATUS_LOST_PRIMARY(RecordKind.STATUS_LOST, 0, member -> RecordTexts.statusLost("%s", member, "%s")),
    STATUS_LOST_SECONDARY(RecordKind.STATUS_LOST, 1, member -> RecordTexts.statusLost("%s", member, "%s")),
    SHUTDOWN_RECEIVED_PRIMARY(
            RecordKind.SHUTDOWN_RECEIVED, 0, member -> RecordTexts.shutdownReceived("%s", member, "%s")),
    SHUTDOWN_RECEIVED_SECONDARY(
            RecordKind.SHUTDOWN_RECEIVED, 1, member -> RecordTexts.shutdownReceived("%s", member, "%s")),
    PROMOTED_PRIMARY(RecordKind.PROMOTED, 0, member -> RecordTexts.promoted("%s", member, "%s")),
    PROMOTED_SECONDARY(RecordKind.PROMOTED, 1, member -> RecordTexts.promoted("%s", member, "%s")),
    MONITOR_ERROR_PRIMARY(RecordKind.MONITOR_ERROR, 0, member -> RecordTexts.monitorTestInError("%s", member, "%s")),
    MONITOR_ERROR_SECONDARY(RecordKind.MONITOR_ERROR, 1, member -> RecordTexts.monitorTestInError("%s", member, "%s")),
    MONITOR_PASSED_PRIMARY(RecordKind.MONITOR_PASSED, 0, member -> RecordTexts.monitorTestPassed("%s", member, "%s")),
    MONITOR_PASSED_SECONDARY(RecordKind.MONITOR_PASSED, 1, member -> RecordTexts.monitorTestPassed("%s", member, "%s")),
    MONITOR_NOT_ADDED_PRIMARY(
            RecordKind.MONITOR_NOT_ADDED, 0, member -> RecordTexts.monitorItemNotAdded("%s", "%s", member, "%s")),
    MONITOR_NOT_ADDED_SECONDARY(
            RecordKind.MONITOR_NOT_ADDED, 1, member -> RecordTexts.monitorItemNotAdded("%s", "%s", member, "%s")),
    MONITOR_ARRAY_PRIMARY(
            RecordKind.MONITOR_ARRAY, 0, member -> RecordTexts.monitorItemIsArray("%s", "%s", member, "%s")),
    MONITOR_ARRAY_SECONDARY(
            RecordKind.MONITOR_ARRAY, 1, member -> RecordTexts.monitorItemIsArray("%s", "%s", member, "%s")),
    SWITCH_FAILED(
            RecordKind.SWITCH_FAILED, "Switch of active connection for server '%s' to %s machine '%s' failed: %s."),
    STRANDED(RecordKind.STRANDED, RecordTexts.stranded("%s")),
    GAP(RecordKind.GAP, "Values of %d items for '%s' may have been missed: %s."),
    OUTCOME_UNKNOWN(
            RecordKind.OUTCOME_UNKNOWN, "Outcome of a %s for '%s' on %s machine '%s' is unknown. It is not repeated."),
    OUTCOME_RESOLVED(
            RecordKind.OUTCOME_RESOLVED,
            "A %s for '%s' on %s machine '%s', whose outcome was unknown, has been answered after all: %s."),
    DAMPED(
            RecordKind.DAMPED,
            "Server '%s' on %s machine '%s' failed repeatedly. It is not promoted again for at least %d s while another"
                    + " machine can be used."),
    PINNED(RecordKind.PINNED, "Server '%s' was pinned to %s machine '%s' by '%s'."),
    WRONG_SERVER(
            RecordKind.WRONG_SERVER, "The server found for '%s' on %s machine '%s' is not usable as a member: %s."),
    SAME_SERVER(
            RecordKind.SAME_SERVER,
            "The servers found for '%s' on %s machine '%s' and on %s machine '%s' look like one and the same. A switch"
                    + " between them would help nobody."),
    CLOCK_SKEW(RecordKind.CLOCK_SKEW, "The clock of server '%s' on %s machine '%s' differs from Tandem's by %d ms."),
    CERTIFICATE(RecordKind.CERTIFICATE, "%s '%s' expires in %d days, at %s."),
    CERTIFICATE_REFUSED(
            RecordKind.CERTIFICATE_REFUSED, "The certificate of server '%s' on %s machine '%s' was refused: %s."),
    ITEM_MISSING(RecordKind.ITEM_MISSING, "Item '%s' for '%s' cannot be added on %s machine '%s' (Error = 0x%08X)."),
    SESSION_TIMEOUT_SHORT(RecordKind.SESSION_TIMEOUT_SHORT, RecordTexts.sessionTimeoutShort("%s")),
    USER_REFUSED(RecordKind.USER_REFUSED, "User '%s' is not let in by '%s' on %s machine '%s' (Error = 0x%08X)."),
    FRONT_DOOR_LOST(RecordKind.FRONT_DOOR_LOST, RecordTexts.frontDoorLost("%s")),
    ENABLED(RecordKind.ENABLED, RecordTexts.enabled("%s", "%s")),
    DISABLED(RecordKind.DISABLED, RecordTexts.disabled("%s", "%s")),
    NOTE(RecordKind.NOTE, "%s"),
    PROGRAM_ERROR(RecordKind.PROGRAM_ERROR, "%s"),
    LOG_LOSS(RecordKind.LOG_LOSS, "%s");

    private static final int EITHER = -1;
    private static final Map<String, NotificationEvent> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(NotificationEvent::name, e -> e));

    private final RecordKind kind;
    private final int role;
    private final String template;

    NotificationEvent(RecordKind kind, int role, Function<Integer, String> text) {
        this.kind = kind;
        this.role = role;
        this.template = text.apply(role);
    }

    NotificationEvent(RecordKind kind, String template) {
        this.kind = kind;
        this.role = EITHER;
        this.template = template;
    }

    private static String connectFailed(int member) {
        return RecordTexts.connectFailed("%s", member, "%s", 0).replace("0x00000000", "0x%08X");
    }

    /** The event that a record is; empty for that a notification failed. */
    public static Optional<NotificationEvent> of(PairRecord record) {
        NotificationEvent whole = BY_NAME.get(record.kind().name());
        if (whole != null) {
            return Optional.of(whole);
        }
        return Optional.ofNullable(
                BY_NAME.get(record.kind().name() + (isOfPrimary(record) ? "_PRIMARY" : "_SECONDARY")));
    }

    /** A switch names its target by its address only, which two members may share: its text has the role. */
    private static boolean isOfPrimary(PairRecord record) {
        return record.fields().get("member") instanceof Number member
                ? member.intValue() == 0
                : record.text().matches("(?s)[^']*'[^']*' (?:to|on) " + RecordTexts.role(0) + " machine '.*");
    }

    public static Optional<NotificationEvent> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public RecordKind kind() {
        return kind;
    }

    /** Whether it is of the primary or of a secondary machine alone. */
    public boolean isOfOneRole() {
        return role != EITHER;
    }

    /** As the manual's list shows it: {@code %s} and the like for what differs each time. */
    public String template() {
        return template;
    }
}
