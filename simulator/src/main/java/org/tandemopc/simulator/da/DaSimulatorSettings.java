package org.tandemopc.simulator.da;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.server.PingLimits;
import org.tandemopc.dcom.rpc.EndpointMapper;

/**
 * What a simulated DA server is. Immutable.
 *
 * @param addresses to listen on
 * @param resolverPort of activation: 135, as clients know no other; anything else is for tests
 * @param objectPort of calls on objects; 0: any
 * @param user the only account, of whatever domain
 * @param password of the account, which is also the one that clients' objects are called back with
 * @param clsid of the server's class
 * @param progId by which OpcEnum knows it
 * @param versions of Data Access that it offers, at least one
 * @param items of the address space
 * @param periodMs of a tick of counters, 1 to 3,600,000
 * @param rateStepMs update rates are the multiples of it, 1 to 60,000
 * @param rateMinMs the fastest of them
 * @param ledger file that applied writes are appended to, or null: kept in memory only
 * @param forgivesOldPeers whether clients may call without signatures and log in by NTLM of old, and are called back without a
 *     login: what j-Interop and node-dcom can do no better
 * @param silence without pings and calls after which a client is given up
 */
public record DaSimulatorSettings(
        List<InetAddress> addresses,
        int resolverPort,
        int objectPort,
        String user,
        String password,
        Guid clsid,
        String progId,
        Set<DaVersion> versions,
        List<DaItem> items,
        int periodMs,
        long rateStepMs,
        long rateMinMs,
        @Nullable Path ledger,
        boolean forgivesOldPeers,
        Duration silence) {
    /** The class of a server that is given no other. */
    public static final Guid CLSID = Guid.of("3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e001");

    private static final int PERIOD_MAX_MS = 3_600_000;

    public DaSimulatorSettings {
        addresses = List.copyOf(addresses);
        versions = Set.copyOf(versions);
        items = List.copyOf(items);
        if (versions.isEmpty() || periodMs < 1 || periodMs > PERIOD_MAX_MS) {
            throw new IllegalArgumentException("versions %s, period %d ms".formatted(versions, periodMs));
        }
    }

    /** Port 135, account opc with password Secret1!, all versions, ten counters with ticks of 100 ms, rates from 10 ms in steps of 10. */
    public static DaSimulatorSettings at(InetAddress address) {
        return new DaSimulatorSettings(
                List.of(address),
                EndpointMapper.PORT,
                0,
                "opc",
                "Secret1!",
                CLSID,
                "Tandem.SimulatedDA.1",
                EnumSet.allOf(DaVersion.class),
                DaContents.of(10, 10),
                100,
                10,
                10,
                null,
                false,
                PingLimits.DEFAULT.timeout());
    }

    public DaSimulatorSettings withPorts(int resolver, int objects) {
        return new DaSimulatorSettings(
                addresses,
                resolver,
                objects,
                user,
                password,
                clsid,
                progId,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withAccount(String name, String secret) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                name,
                secret,
                clsid,
                progId,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withClass(Guid id, String name) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                id,
                name,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withVersions(Set<DaVersion> offered) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                offered,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withItems(List<DaItem> all) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                versions,
                all,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withRates(int tickMs, long stepMs, long minMs) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                versions,
                items,
                tickMs,
                stepMs,
                minMs,
                ledger,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings withLedger(Path file) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                file,
                forgivesOldPeers,
                silence);
    }

    public DaSimulatorSettings forgivingOldPeers() {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                true,
                PingLimits.FOUR_MINUTE_PINGS);
    }

    public DaSimulatorSettings withSilence(Duration span) {
        return new DaSimulatorSettings(
                addresses,
                resolverPort,
                objectPort,
                user,
                password,
                clsid,
                progId,
                versions,
                items,
                periodMs,
                rateStepMs,
                rateMinMs,
                ledger,
                forgivesOldPeers,
                span);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "simulated DA server %s at %s".formatted(progId, addresses);
    }
}
