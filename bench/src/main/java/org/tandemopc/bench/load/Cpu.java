package org.tandemopc.bench.load;

import org.tandemopc.bench.world.Machine;

/** Processor time of the servers, of this process as the client, and of a proxy, since it was made. */
final class Cpu {
    private final long[] servers;
    private final long proxy;
    private final double serversBefore;
    private final double clientBefore;
    private final double proxyBefore;

    /** @param proxy 0: none */
    Cpu(long proxy, long... servers) {
        this.proxy = proxy;
        this.servers = servers.clone();
        serversBefore = servers();
        clientBefore = client();
        proxyBefore = proxyMicros();
    }

    private double servers() {
        double sum = 0;
        for (long pid : servers) {
            sum += Machine.cpuMicros(pid);
        }
        return sum;
    }

    private static double client() {
        return Machine.cpuMicros(ProcessHandle.current().pid());
    }

    private double proxyMicros() {
        return proxy == 0 ? Double.NaN : Machine.cpuMicros(proxy);
    }

    double serverMicros() {
        return servers() - serversBefore;
    }

    double clientMicros() {
        return client() - clientBefore;
    }

    /** NaN without a proxy. */
    double usedByProxy() {
        return proxyMicros() - proxyBefore;
    }
}
