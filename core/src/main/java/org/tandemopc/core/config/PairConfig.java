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
 * @param da how it is published to clients; of pairs of OPC DA alone
 * @param notifications who is told of its records
 */
public record PairConfig(
        PairSettings settings,
        List<MemberConfig> members,
        String originalName,
        Monitoring monitoring,
        int maximumEvents,
        WhenDisabled whenDisabled,
        DaPublication da,
        NotificationConfig notifications) {
    public static final int EVENTS_LEAST = 1_000;
    public static final int EVENTS_MOST = 30_000;
    public static final int EVENTS_DEFAULT = 5_000;

    public PairConfig {
        settings = settings.withMonitored(!monitoring.items().isEmpty());
        members = List.copyOf(members);
        if (members.stream().map(MemberConfig::kind).distinct().count() != 1) {
            throw new IllegalArgumentException("members of several protocols, or none");
        }
    }

    /** Nobody is notified of its records. */
    public PairConfig(
            PairSettings settings,
            List<? extends MemberConfig> members,
            String originalName,
            Monitoring monitoring,
            int maximumEvents,
            WhenDisabled whenDisabled,
            DaPublication da) {
        this(
                settings,
                List.copyOf(members),
                originalName,
                monitoring,
                maximumEvents,
                whenDisabled,
                da,
                NotificationConfig.NONE);
    }

    /** Published to OPC DA clients as by default, if it is one of theirs. */
    public PairConfig(
            PairSettings settings,
            List<? extends MemberConfig> members,
            String originalName,
            Monitoring monitoring,
            int maximumEvents,
            WhenDisabled whenDisabled) {
        this(
                settings,
                List.copyOf(members),
                originalName,
                monitoring,
                maximumEvents,
                whenDisabled,
                DaPublication.DEFAULT);
    }

    /** A pair without alias and monitor items, everything else as by default. */
    public static PairConfig of(PairSettings settings, List<? extends MemberConfig> members) {
        return new PairConfig(settings, members, settings.name(), Monitoring.NONE, EVENTS_DEFAULT, WhenDisabled.CLOSED);
    }

    /** The same with other notifications. */
    public PairConfig withNotifications(NotificationConfig others) {
        return new PairConfig(settings, members, originalName, monitoring, maximumEvents, whenDisabled, da, others);
    }

    /** The protocol that it is served in. */
    public ProtocolKind kind() {
        return members.getFirst().kind();
    }

    /**
     * By what OPC DA clients find it.
     *
     * @throws IllegalStateException it is no pair of OPC DA
     */
    public DaIdentity identity() {
        if (members.getFirst() instanceof DaMemberConfig primary) {
            return DaIdentity.of(name(), isAlias(), da.clsid(), primary.clsid());
        }
        throw new IllegalStateException(name() + " is no pair of OPC DA");
    }

    /** The published name. */
    public String name() {
        return settings.name();
    }

    public boolean isAlias() {
        return !settings.name().equals(originalName);
    }

    /** The path of the endpoint URL under which OPC UA clients find the pair, with its leading slash. */
    public String path() {
        return "/" + settings.name();
    }

    /** What clients look for, for people: the path, or the ProgID. */
    public String foundAs() {
        return switch (kind()) {
            case OPC_UA -> path();
            case OPC_DA -> "ProgID " + settings.name();
        };
    }
}
