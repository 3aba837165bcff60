package org.tandemopc.core.config;

import java.util.List;
import org.tandemopc.core.pair.PairSettings;

/**
 * One pair, as configured: what decisions rest on, and how the members are reached.
 *
 * @param members in the order of {@code settings.members()}
 */
public record PairConfig(PairSettings settings, List<MemberConfig> members) {
    public PairConfig {
        members = List.copyOf(members);
    }

    public String name() {
        return settings.name();
    }

    /** The path of the endpoint URL under which clients find the pair, with its leading slash. */
    public String path() {
        return "/" + settings.name();
    }
}
