package org.tandemopc.it.app;

import java.util.List;
import org.tandemopc.testkit.process.ServerProcess;

/** Two simulated servers that serve, the members of a pair. */
record TwoServers(ServerProcess a, ServerProcess b) implements AutoCloseable {
    private static final List<String> JVM_FLAGS = List.of("-Xmx192m");

    /** @param options of the simulator, for both */
    static TwoServers start(String... options) {
        return ready(launch("A", options), launch("B", options));
    }

    /** The same with options for the second one alone. */
    static TwoServers startSecondWith(String... options) {
        return ready(launch("A"), launch("B", options));
    }

    private static ServerProcess launch(String name, String... options) {
        return ServerProcess.launchOnly(name, JVM_FLAGS, options);
    }

    private static TwoServers ready(ServerProcess a, ServerProcess b) {
        a.awaitReady();
        b.awaitReady();
        return new TwoServers(a, b);
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
