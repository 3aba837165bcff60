package org.tandemopc.core.record;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The texts of the catalogue, in the manual's template form: names in single quotes, a final period, error codes as
 * eight hexadecimal digits. Texts that the manual has are word for word its own (requirement rows EVT-*); the others
 * follow its pattern. Pure functions; any thread.
 */
public final class RecordTexts {
    private static final int NAMED_MAX = 5;

    private RecordTexts() {}

    /** How the manual calls a member: the first of the list is the primary machine, any other a secondary one. */
    public static String role(int member) {
        return member == 0 ? "primary" : "secondary";
    }

    /** EVT-CON. */
    public static String connected(String server, int member, String machine) {
        return "Connected to '%s' on %s machine '%s'.".formatted(server, role(member), machine);
    }

    /** EVT-DIS. */
    public static String disconnected(String server, int member, String machine) {
        return "Disconnected from '%s' on %s machine '%s'.".formatted(server, role(member), machine);
    }

    /**
     * EVT-FAIL.
     *
     * @param code StatusCode or HRESULT; the low 32 bits are shown
     */
    public static String connectFailed(String server, int member, String machine, long code) {
        return "Failed to connect to '%s' on %s machine '%s' (Error = 0x%08X)."
                .formatted(server, role(member), machine, code & 0xFFFF_FFFFL);
    }

    /** EVT-STAT. */
    public static String statusLost(String server, int member, String machine) {
        return "Unable to retrieve status for server '%s' on %s machine '%s'. Server communications has been lost."
                .formatted(server, role(member), machine);
    }

    /** EVT-SHUT. */
    public static String shutdownReceived(String server, int member, String machine) {
        return "Received shutdown notification from server '%s' on %s machine '%s'."
                .formatted(server, role(member), machine);
    }

    /** EVT-PROM. */
    public static String promoted(String server, int member, String machine) {
        return "Promoted active connection for server '%s' to %s machine '%s'."
                .formatted(server, role(member), machine);
    }

    /** EVT-MERR. */
    public static String monitorTestInError(String server, int member, String machine) {
        return "Monitor item test in error for '%s' on %s machine '%s'.".formatted(server, role(member), machine);
    }

    /** EVT-MOK. */
    public static String monitorTestPassed(String server, int member, String machine) {
        return "Monitor item test passed for '%s' on %s machine '%s'.".formatted(server, role(member), machine);
    }

    /** EVT-ADD. */
    public static String monitorItemNotAdded(String item, String server, int member, String machine) {
        return ("Attempt to add monitor item '%s' for '%s' on %s machine '%s' failed."
                        + " This monitor item will be considered in error.")
                .formatted(item, server, role(member), machine);
    }

    /** EVT-ARR. */
    public static String monitorItemIsArray(String item, String server, int member, String machine) {
        return ("Monitor item '%s' for '%s' on %s machine '%s' contains array data which is not supported for the"
                        + " 'specific value' trigger condition.")
                .formatted(item, server, role(member), machine);
    }

    /** The server updates a monitor item so slowly that its time does not fit (MON-13, MON-14). */
    public static String monitorTimeLengthened(
            String item, String server, int member, String machine, long rateMs, long timeMs) {
        return ("Monitor item '%s' for '%s' on %s machine '%s' is updated every %d ms only."
                        + " It is in error after %d ms without a data change.")
                .formatted(item, server, role(member), machine, rateMs, timeMs);
    }

    /** MON-15: a time that fits the rate at which the server really delivers a monitor item. */
    public static String monitorTimeProposed(
            String item, String server, int member, String machine, long slowestMs, long timeMs, long proposedMs) {
        return ("Monitor item '%s' for '%s' on %s machine '%s' came after %d ms at the slowest."
                        + " A time of %d ms would fit it better than %d ms.")
                .formatted(item, server, role(member), machine, slowestMs, proposedMs, timeMs);
    }

    /** A switch that did not come about. */
    public static String switchFailed(String server, int member, String machine, String why) {
        return "Switch of active connection for server '%s' to %s machine '%s' failed: %s."
                .formatted(server, role(member), machine, why);
    }

    /** No member can be used (S12). */
    public static String stranded(String server) {
        return "No machine of server '%s' can be used. Clients get a bad status until one returns.".formatted(server);
    }

    /** The member that a person pinned the pair to is dead (S15). */
    public static String pinnedIsDead(String server, int member, String machine) {
        return ("Server '%s' is pinned to %s machine '%s', which cannot be used. Clients get a bad status until it"
                        + " returns or the pin is released.")
                .formatted(server, role(member), machine);
    }

    /** The server at this address is not the one expected (S34). */
    public static String wrongServer(String server, int member, String machine, String detail) {
        return "The server found for '%s' on %s machine '%s' is not usable as a member: %s."
                .formatted(server, role(member), machine, detail);
    }

    /** Both members are one and the same (S33). */
    public static String sameServer(String server, int member, String machine, int other, String otherMachine) {
        return ("The servers found for '%s' on %s machine '%s' and on %s machine '%s' look like one and the same. A switch"
                        + " between them would help nobody.")
                .formatted(server, role(member), machine, role(other), otherMachine);
    }

    /**
     * A certificate that ends soon (S27).
     *
     * @param whose {@code Tandem's own certificate towards clients}, {@code Trusted certificate of a member} and the like
     */
    public static String certificateExpires(String whose, String subject, String until, long days) {
        return days > 0
                ? "%s '%s' expires in %d days, at %s.".formatted(whose, subject, days, until)
                : "%s '%s' expires within a day, at %s.".formatted(whose, subject, until);
    }

    /** A certificate that has ended (S27). */
    public static String certificateExpired(String whose, String subject, String until) {
        return "%s '%s' expired at %s. It opens no new connections; connections that are open stay."
                .formatted(whose, subject, until);
    }

    /** A member shows a certificate that is not accepted (S27). */
    public static String certificateRefused(String server, int member, String machine, String detail) {
        return "The certificate of server '%s' on %s machine '%s' was refused: %s."
                .formatted(server, role(member), machine, detail);
    }

    /** A subscription was accepted and stayed silent. */
    public static String firstNotificationMissing(String server, int member, String machine) {
        return "Server '%s' on %s machine '%s' accepted a subscription and sent no first notification in time."
                .formatted(server, role(member), machine);
    }

    /** A flapping member (S15). */
    public static String damped(String server, int member, String machine, long holdSeconds) {
        return ("Server '%s' on %s machine '%s' failed repeatedly. It is not promoted again for at least %d s while"
                        + " another machine can be used.")
                .formatted(server, role(member), machine, holdSeconds);
    }

    public static String dampingReset(String server, String by) {
        return "Failures of the machines of server '%s' were forgotten by '%s'.".formatted(server, by);
    }

    public static String pinned(String server, int member, String machine, String by) {
        return "Server '%s' was pinned to %s machine '%s' by '%s'.".formatted(server, role(member), machine, by);
    }

    public static String pinReleased(String server, String by) {
        return "The pin of server '%s' was released by '%s'.".formatted(server, by);
    }

    public static String enabled(String server, String by) {
        return "Redundancy for server '%s' was enabled by '%s'.".formatted(server, by);
    }

    public static String disabled(String server, String by) {
        return "Redundancy for server '%s' was disabled by '%s'.".formatted(server, by);
    }

    /** ENA-1: disabled, and its clients go on with the primary alone. */
    public static String passedThrough(String server, String by, String machine) {
        return "Redundancy for server '%s' was disabled by '%s'. Its clients are served by primary machine '%s' alone."
                .formatted(server, by, machine);
    }

    /** One for each pair that an applied configuration touched. @param what changed, without a final period */
    public static String configured(String server, String by, String what) {
        return "Configuration of server '%s' was changed by '%s': %s.".formatted(server, by, what);
    }

    /** A pair with another name, under which an earlier pair has left its records. @param folder of the old name */
    public static String recordsStay(String server, String earlierName, String folder) {
        return ("Server '%s' was called '%s'; its records of that time stay in %s, for records of an earlier pair are under"
                        + " its new name.")
                .formatted(server, earlierName, folder);
    }

    /** An order of a person that is not carried out. */
    public static String refused(String server, String order, String by, String why) {
        return "%s of server '%s', ordered by '%s', was refused: %s.".formatted(order, server, by, why);
    }

    /** A member's clock (S18). @param skewMs the member's minus ours */
    public static String clockSkew(String server, int member, String machine, long skewMs) {
        return "The clock of server '%s' on %s machine '%s' differs from Tandem's by %d ms."
                .formatted(server, role(member), machine, skewMs);
    }

    // ---- about one client

    /** Values that a client may have missed (I4). */
    public static String gap(String server, int items, String reason) {
        return "Values of %d items for '%s' may have been missed: %s.".formatted(items, server, reason);
    }

    /** S3: what was asked may have been done. */
    public static String outcomeUnknown(String service, String server, int member, String machine) {
        return "Outcome of a %s for '%s' on %s machine '%s' is unknown. It is not repeated."
                .formatted(service, server, role(member), machine);
    }

    /** S8: a late answer. @param results what it says, for people */
    public static String outcomeResolved(String service, String server, int member, String machine, String results) {
        return "A %s for '%s' on %s machine '%s', whose outcome was unknown, has been answered after all: %s."
                .formatted(service, server, role(member), machine, results);
    }

    /** SYS-12. @param code StatusCode or HRESULT; the low 32 bits are shown */
    public static String itemMissing(String item, String server, int member, String machine, long code) {
        return "Item '%s' for '%s' cannot be added on %s machine '%s' (Error = 0x%08X)."
                .formatted(item, server, role(member), machine, code & 0xFFFF_FFFFL);
    }

    /** S28. @param session as the client calls it */
    public static String sessionTimeoutShort(String session) {
        return "Session timeout of client '%s' is shorter than detection and switch.".formatted(session);
    }

    /** S32. @param code StatusCode or HRESULT; the low 32 bits are shown */
    public static String userRefused(String user, String server, int member, String machine, long code) {
        return "User '%s' is not let in by '%s' on %s machine '%s' (Error = 0x%08X)."
                .formatted(user, server, role(member), machine, code & 0xFFFF_FFFFL);
    }

    /** Tandem keeps a password back: it would leave in clear, or for a server that is not trusted. */
    public static String passwordNotSent(String user, String server, int member, String machine, String why) {
        return "The password of '%s' for '%s' is not sent to %s machine '%s': %s."
                .formatted(user, server, role(member), machine, why);
    }

    /** LIM-2: clients see the pair's namespaces, whatever the member's numbers are. @param lacking URIs */
    public static String namespacesMapped(String server, int member, String machine, List<String> lacking) {
        String missing = lacking.isEmpty()
                ? ""
                : " It does not have %s: items of it are Bad there."
                        .formatted(lacking.stream()
                                .limit(NAMED_MAX)
                                .map(uri -> "'" + uri + "'")
                                .collect(Collectors.joining(", ")));
        return "The namespaces of '%s' on %s machine '%s' are not in the places where the other member has them, and are mapped by URI.%s"
                .formatted(server, role(member), machine, missing);
    }

    // ---- about Tandem

    /**
     * EVT-MAIL: tried at the primary SMTP server and at the secondary one, if there is one, and discarded (NOT-4).
     *
     * @param secondary empty: there is none
     */
    public static String mailFailed(String primary, String secondary) {
        return secondary.isEmpty()
                ? "E-mail notification could not be sent through '%s' and was discarded.".formatted(primary)
                : "E-mail notification could not be sent through '%s' or '%s' and was discarded."
                        .formatted(primary, secondary);
    }

    /** @param channel Webhook or Syslog */
    public static String notificationFailed(String channel, String host) {
        return "%s notification could not be sent to '%s' and was discarded.".formatted(channel, host);
    }

    /** S26, on a running service. @param why a sentence */
    public static String frontDoorLost(String why) {
        return "No client can connect, for the front door is closed and opening it again is tried: " + why;
    }

    public static String frontDoorOpen() {
        return "The front door is open again: clients can connect.";
    }

    public static String sessionBroken(String server, String defect) {
        return "A defect of Tandem ended a session of '%s': %s.".formatted(server, defect);
    }

    public static String notEnabledYet(String server) {
        return "'%s' is not enabled on this machine yet. Enable it with: tandem enable %s".formatted(server, server);
    }

    /** How a client is called in the client field: its session and where it comes from (DIA-2). */
    public static String client(String session, String address) {
        return session.isEmpty() ? address : "%s (%s)".formatted(session, address);
    }
}
