package org.tandemopc.bench.world;

import java.util.List;
import org.tandemopc.testkit.process.ServerProcess;

/** Two simulated servers in lockstep. One thread at a time. */
public final class ServerPair implements AutoCloseable {
    private final List<ServerProcess> servers;

    private ServerPair(List<ServerProcess> servers) {
        this.servers = servers;
    }

    /** @param options of the simulator, the same for both */
    public static ServerPair start(List<String> jvmFlags, String... options) {
        ServerPair pair = new ServerPair(List.of(
                ServerProcess.launchOnly("A", jvmFlags, options), ServerProcess.launchOnly("B", jvmFlags, options)));
        try {
            pair.servers.forEach(ServerProcess::awaitReady);
            return pair;
        } catch (AssertionError e) {
            pair.close();
            throw e;
        }
    }

    public ServerProcess get(int member) {
        return servers.get(member);
    }

    public String url(int member) {
        return servers.get(member).url();
    }

    /** How many reads of clients each server has answered, those of the status left out. */
    public long[] clientReads() {
        long[] reads = new long[servers.size()];
        for (int i = 0; i < reads.length; i++) {
            reads[i] = servers.get(i).stat("reads") - servers.get(i).stat("statusReads");
        }
        return reads;
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
