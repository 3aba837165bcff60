package org.tandemopc.relay;

import java.util.List;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.Route;

/**
 * The data plane of one pair: all client sessions, their subscriptions and their links to the members. Every order
 * returns at once and may come from any thread; the answer comes through {@link RelayListener}. An order with a smaller
 * epoch than one accepted before is refused, silently (M2).
 */
public interface Relay {
    /** The pair is enabled: clients may come and wait for a member. Until then, and after closing, they are refused. */
    void admit();

    /** The member's control link is up, or on its way (cold mode): sessions may open their links to it, and prepare. */
    void attach(int member);

    /** Drop the sessions' links to the member at once; what it still sends is refused. */
    void detach(int member);

    /**
     * Requests wait from now on. Values of the former active, unless it is detached, may be delivered until the next one takes over in
     * {@link #rehome}, and none of them after a value of the next: where the next one repeats what is said meanwhile, a relay
     * stops them at once; where it could not, they go on (decision 24).
     */
    void hold(long epoch);

    /** Move every session to the member; answered by rehomed or rehomeFailed with this epoch. */
    void rehome(long epoch, int member);

    /** Requests flow to the route's member. */
    void release(Route route);

    /** No member is usable: answer clients with the protocol's bad status, one bad notification per item (S12). */
    void strand(long epoch);

    /** Close all sessions cleanly. */
    void closeSessions(long epoch);

    /** What clients see as ServiceLevel (UA) or server state (DA). */
    void showServiceLevel(int level);

    /** Other settings of the same members from now on; no session is disturbed. Without an epoch: it moves nobody. */
    void settings(PairSettings settings);

    /** Figures for people; any thread. */
    RelaySnapshot snapshot();

    /** The client sessions that are open, oldest first, for people; any thread. */
    default List<SessionSnapshot> sessions() {
        return List.of();
    }
}
