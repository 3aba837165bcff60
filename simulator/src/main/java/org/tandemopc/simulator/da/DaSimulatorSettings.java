package org.tandemopc.simulator.da;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.server.PingLimits;
import org.tandemopc.dcom.rpc.EndpointMapper;

/**
 * What a simulated DA server is. Immutable.
 *
 * @param name part of the vendor's text in its status; empty: nothing
 * @param addresses to listen on
 * @param published addresses that clients are told in place of the one that they reached; empty: that one. For proxies that listen
 *     elsewhere at the same ports
 * @param resolverPort of activation: 135, as clients know no other; anything else is for tests
 * @param objectPort of calls on objects; 0: any; that of activation: there too
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
        String name,
        List<InetAddress> addresses,
        List<InetAddress> published,
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

    /** The longest tick. */
    public static final int PERIOD_MAX_MS = 3_600_000;

    public DaSimulatorSettings {
        addresses = List.copyOf(addresses);
        published = List.copyOf(published);
        versions = Set.copyOf(versions);
        items = List.copyOf(items);
        if (versions.isEmpty() || periodMs < 1 || periodMs > PERIOD_MAX_MS) {
            throw new IllegalArgumentException("versions %s, period %d ms".formatted(versions, periodMs));
        }
    }

    /** Port 135, account opc with password Secret1!, all versions, ten counters with ticks of 100 ms, rates from 10 ms in steps of 10. */
    public static DaSimulatorSettings at(InetAddress address) {
        return new DaSimulatorSettings(
                "",
                List.of(address),
                List.of(),
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

    public DaSimulatorSettings withName(String given) {
        return with(draft -> draft.name = given);
    }

    public DaSimulatorSettings withPublished(InetAddress address) {
        return with(draft -> draft.published = List.of(address));
    }

    public DaSimulatorSettings withPorts(int resolver, int objects) {
        return with(draft -> {
            draft.resolverPort = resolver;
            draft.objectPort = objects;
        });
    }

    public DaSimulatorSettings withAccount(String given, String secret) {
        return with(draft -> {
            draft.user = given;
            draft.password = secret;
        });
    }

    public DaSimulatorSettings withClass(Guid id, String given) {
        return with(draft -> {
            draft.clsid = id;
            draft.progId = given;
        });
    }

    public DaSimulatorSettings withVersions(Set<DaVersion> offered) {
        return with(draft -> draft.versions = offered);
    }

    public DaSimulatorSettings withItems(List<DaItem> all) {
        return with(draft -> draft.items = all);
    }

    public DaSimulatorSettings withRates(int tickMs, long stepMs, long minMs) {
        return with(draft -> {
            draft.periodMs = tickMs;
            draft.rateStepMs = stepMs;
            draft.rateMinMs = minMs;
        });
    }

    public DaSimulatorSettings withLedger(Path file) {
        return with(draft -> draft.ledger = file);
    }

    public DaSimulatorSettings forgivingOldPeers() {
        return with(draft -> {
            draft.forgivesOldPeers = true;
            draft.silence = PingLimits.FOUR_MINUTE_PINGS;
        });
    }

    public DaSimulatorSettings withSilence(Duration span) {
        return with(draft -> draft.silence = span);
    }

    private DaSimulatorSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "simulated DA server %s at %s".formatted(progId, addresses);
    }

    /** Settings that are being changed: what a change does not name stays. */
    private static final class Draft {
        private String name;
        private final List<InetAddress> addresses;
        private List<InetAddress> published;
        private int resolverPort;
        private int objectPort;
        private String user;
        private String password;
        private Guid clsid;
        private String progId;
        private Set<DaVersion> versions;
        private List<DaItem> items;
        private int periodMs;
        private long rateStepMs;
        private long rateMinMs;
        private @Nullable Path ledger;
        private boolean forgivesOldPeers;
        private Duration silence;

        Draft(DaSimulatorSettings from) {
            name = from.name;
            addresses = from.addresses;
            published = from.published;
            resolverPort = from.resolverPort;
            objectPort = from.objectPort;
            user = from.user;
            password = from.password;
            clsid = from.clsid;
            progId = from.progId;
            versions = from.versions;
            items = from.items;
            periodMs = from.periodMs;
            rateStepMs = from.rateStepMs;
            rateMinMs = from.rateMinMs;
            ledger = from.ledger;
            forgivesOldPeers = from.forgivesOldPeers;
            silence = from.silence;
        }

        DaSimulatorSettings settings() {
            return new DaSimulatorSettings(
                    name,
                    addresses,
                    published,
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
                    silence);
        }
    }
}
