package org.tandemopc.core.pair;

import java.time.Duration;
import java.util.List;

/**
 * The settings of one pair that decisions rest on. Ranges are checked by the configuration's validation.
 *
 * @param name published name, unique on this machine
 * @param members in order of preference; the first is the primary
 * @param failback promote the primary again once it is usable (ignored in cold mode, MODE-C7); default true
 * @param pingInterval between status requests, 50 ms to 1 h, default 2500 ms
 * @param pingTimeout for one status request, 50 ms to 60 s, default 1000 ms
 * @param holdTimeout how long a request waits during a switch, default 5 s
 * @param failbackDwell how long the primary must have been usable before failback, default 0
 * @param isMonitored the members have monitor items: no return to one whose test has no result yet (GAP-9)
 */
public record PairSettings(
        String name,
        List<MemberName> members,
        Mode mode,
        boolean failback,
        Duration pingInterval,
        Duration pingTimeout,
        Duration holdTimeout,
        Duration failbackDwell,
        boolean isMonitored) {
    public PairSettings {
        members = List.copyOf(members);
    }

    /** Without monitor items. */
    public PairSettings(
            String name,
            List<MemberName> members,
            Mode mode,
            boolean failback,
            Duration pingInterval,
            Duration pingTimeout,
            Duration holdTimeout,
            Duration failbackDwell) {
        this(name, members, mode, failback, pingInterval, pingTimeout, holdTimeout, failbackDwell, false);
    }

    public PairSettings withMonitored(boolean monitored) {
        return new PairSettings(
                name, members, mode, failback, pingInterval, pingTimeout, holdTimeout, failbackDwell, monitored);
    }

    /**
     * How a member is called in records.
     *
     * @param machine host or URL as configured
     */
    public record MemberName(String machine) {}

    public static PairSettings of(String name, Mode mode, String primary, String secondary) {
        return new PairSettings(
                name,
                List.of(new MemberName(primary), new MemberName(secondary)),
                mode,
                true,
                Duration.ofMillis(2500),
                Duration.ofMillis(1000),
                Duration.ofSeconds(5),
                Duration.ZERO);
    }
}
