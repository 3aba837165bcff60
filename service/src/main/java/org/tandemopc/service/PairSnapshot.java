package org.tandemopc.service;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorSnapshot;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Verdict;
import org.tandemopc.relay.RelaySnapshot;

/**
 * A pair at one moment, for people.
 *
 * @param phase disabled, starting, serving, switching or stranded
 * @param active index of the member that serves, or {@link Route#NONE}
 * @param members in the order of the configuration
 * @param pinned the member that a person chose to stay on
 * @param lostOnDisk diagnostics records that could not be written
 * @param explanation why it is in this phase, and since when
 */
public record PairSnapshot(
        String name,
        Mode mode,
        String phase,
        int active,
        long epoch,
        List<Member> members,
        OptionalInt pinned,
        RelaySnapshot relay,
        long lostOnDisk,
        Explanation explanation) {
    public PairSnapshot {
        members = List.copyOf(members);
    }

    /**
     * One server of the pair.
     *
     * @param machine host or URL as configured
     * @param isConnected Tandem's control link to it is open
     * @param isReady it serves the clients, or the pair could switch to it now without a gap
     * @param verdict what Tandem thinks of it, and why
     * @param condition what the server said of itself last; null while not connected
     * @param isDamped it failed often lately and is not promoted while another one can be used
     * @param monitor its monitor items: the test, what is in error, measured rates and proposed times
     */
    public record Member(
            String machine,
            boolean isConnected,
            boolean isReady,
            Verdict verdict,
            @Nullable ServerCondition condition,
            boolean isDamped,
            MonitorSnapshot monitor) {}
}
