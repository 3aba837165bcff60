package org.tandemopc.app.demo;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.PairHandle;

/**
 * What a demo plays with: two servers, and one pair of them in one mode with a client. Any thread, but one at a time
 * selects.
 */
interface Stage {
    /**
     * Leaves the pair in use, if any, and enables the one of this mode; returns when the client has values.
     *
     * @throws IllegalStateException when something does not come in time; no pair may be in use then
     */
    void select(Mode mode) throws IOException, InterruptedException;

    /** The pair in use; none while another mode is selected, and after that failed. */
    Optional<PairHandle> pair();

    /** Where clients of the pair connect. */
    String endpointUrl(PairHandle pair);

    /** Of the client of the pair in use. */
    Tally tally();

    /** The primary, and the secondary. */
    List<DemoServer> servers();
}
