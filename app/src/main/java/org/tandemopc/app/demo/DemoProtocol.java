package org.tandemopc.app.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;

/** What of the demo belongs to a protocol. One demo, any thread. */
interface DemoProtocol {
    /** The main class of its simulated server. */
    String simulator();

    /**
     * Its options, but for those that all simulated servers have.
     *
     * @param folder for what it keeps
     */
    List<String> options(String name, Path folder);

    /** Where clients come in: on loopback, at a port that needs no rights. */
    DoorConfig door();

    /** @param servers that run; in the order of the members */
    PairConfig pair(Mode mode, List<DemoServer> servers);

    /** Where clients of the pair connect, for people. */
    String endpointUrl(TandemRuntime tandem, PairHandle pair);

    /**
     * Connects and subscribes to the counters; values count from now on.
     *
     * @throws IOException with a sentence for people
     */
    DemoClient connect(TandemRuntime tandem, PairHandle pair, Tally tally) throws IOException;
}
