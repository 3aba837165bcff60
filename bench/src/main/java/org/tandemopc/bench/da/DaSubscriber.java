package org.tandemopc.bench.da;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/** A client of ours, signed, with one group of counters whose values go to {@link DaTicks}. */
final class DaSubscriber implements AutoCloseable {
    static final AuthLevel LEVEL = AuthLevel.PKT_INTEGRITY;

    private final DaClient client;
    private final DaClient.Group group;
    private final DaTicks ticks;
    private final Ints first;
    private final double addSeconds;

    private DaSubscriber(DaClient client, DaClient.Group group, DaTicks ticks, int items)
            throws LinkException, RpcFaultException {
        this.client = client;
        this.group = group;
        this.ticks = ticks;
        long start = System.nanoTime();
        first = Ints.of(group.add(items).at(0));
        addSeconds = (System.nanoTime() - start) / 1e9;
        group.advise(ticks);
    }

    /** At a member. */
    static DaSubscriber at(DaServerProcess server, DcomServer sinks, int items, long rateMs)
            throws LinkException, RpcFaultException {
        return connect(server.address(), DaSimulatorSettings.CLSID, sinks, items, rateMs);
    }

    static DaSubscriber at(DaTandemProcess tandem, DcomServer sinks, int items, long rateMs)
            throws LinkException, RpcFaultException {
        return connect(tandem.address(), DaTandem.pair(LEVEL).clsid(), sinks, items, rateMs);
    }

    private static DaSubscriber connect(String address, Guid clsid, DcomServer sinks, int items, long rateMs)
            throws LinkException, RpcFaultException {
        DaClient client = DaClient.connect(address, clsid, LEVEL, sinks);
        try {
            return new DaSubscriber(client, client.group("counters", rateMs), new DaTicks(items), items);
        } catch (LinkException | RpcFaultException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    DaTicks ticks() {
        return ticks;
    }

    /** What AddItems took. */
    double addSeconds() {
        return addSeconds;
    }

    /** Reads the first counter. @return whether it is good; false as well: the call failed */
    boolean read() {
        try {
            return group.read(first);
        } catch (LinkException | RpcFaultException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
