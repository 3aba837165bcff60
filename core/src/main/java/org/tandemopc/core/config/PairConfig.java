package org.tandemopc.core.config;

import java.util.List;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.PairSettings;

/**
 * One pair, as configured: what decisions rest on, how the members are reached, what is watched and kept.
 *
 * @param settings under the published name: the alias where there is one, else the original name
 * @param members in the order of {@code settings.members()}
 * @param originalName as the pair is called without its alias (UNA-1); several pairs may share it, all but one aliased
 * @param maximumEvents diagnostics records that are kept, 1,000 to 30,000 (DIA-7)
 */
public record PairConfig(
        PairSettings settings,
        List<MemberConfig> members,
        String originalName,
        Monitoring monitoring,
        int maximumEvents,
        WhenDisabled whenDisabled) {
    public static final int EVENTS_LEAST = 1_000;
    public static final int EVENTS_MOST = 30_000;
    public static final int EVENTS_DEFAULT = 5_000;

    public PairConfig {
        settings = settings.withMonitored(!monitoring.items().isEmpty());
        members = List.copyOf(members);
    }

    /** A pair without alias and monitor items, everything else as by default. */
    public static PairConfig of(PairSettings settings, List<MemberConfig> members) {
        return new PairConfig(settings, members, settings.name(), Monitoring.NONE, EVENTS_DEFAULT, WhenDisabled.CLOSED);
    }

    /** The published name. */
    public String name() {
        return settings.name();
    }

    public boolean isAlias() {
        return !settings.name().equals(originalName);
    }

    /** The path of the endpoint URL under which clients find the pair, with its leading slash. */
    public String path() {
        return "/" + settings.name();
    }
}
