package org.tandemopc.relay.da.front;

import org.tandemopc.core.pair.Route;

/** Where the requests of a session go at a moment. */
public sealed interface Place {
    /** To the route's member. */
    record Serving(Route route) implements Place {}

    /** They wait. */
    record Switching(long epoch) implements Place {}

    /** No member can be used: they are answered at once. */
    record Stranded(long epoch) implements Place {}

    /** The pair is disabled. */
    record Closed() implements Place {}
}
