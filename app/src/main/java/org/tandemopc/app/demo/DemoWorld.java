package org.tandemopc.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.app.Wiring;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;

/** Two simulated servers, a Tandem with one pair for each mode, of which one is enabled, and a client of that one. */
final class DemoWorld implements Stage, AutoCloseable {
    static final Duration STATUS_INTERVAL = Duration.ofMillis(250);
    static final Duration STATUS_TIMEOUT = Duration.ofMillis(200);
    private static final long READY_MS_MAX = 30_000;

    private final Path folder;
    private final List<DemoServer> servers;
    private final DataFolder data;
    private final DemoProtocol protocol;
    private final TandemRuntime tandem;
    // Written by the thread that selects, read by the one that draws.
    private volatile @Nullable DemoClient client;
    private volatile @Nullable PairHandle pair;
    private volatile Tally tally = new Tally(DemoClient.COUNTERS);

    private DemoWorld(
            Path folder, List<DemoServer> servers, DataFolder data, DemoProtocol protocol, TandemRuntime tandem) {
        this.folder = folder;
        this.servers = servers;
        this.data = data;
        this.protocol = protocol;
        this.tandem = tandem;
    }

    /** Starts everything; no pair is enabled yet. */
    static DemoWorld start(Path folder, DemoProtocol protocol) throws IOException {
        List<DemoServer> servers =
                List.of(new DemoServer("A", folder, protocol), new DemoServer("B", folder, protocol));
        try {
            for (DemoServer server : servers) {
                server.start();
            }
            DataFolder data = DataFolder.hold(folder.resolve("tandem"));
            for (Mode mode : Mode.values()) {
                data.stateFile().saveEnabled(name(mode), false);
            }
            TandemRuntime tandem = Wiring.runtime(config(protocol, servers), data, false);
            DemoWorld world = new DemoWorld(folder, servers, data, protocol, tandem);
            tandem.start();
            return world;
        } catch (IOException e) {
            servers.forEach(DemoServer::close);
            throw e;
        }
    }

    private static TandemConfig config(DemoProtocol protocol, List<DemoServer> servers) {
        List<PairConfig> pairs = Arrays.stream(Mode.values())
                .map(mode -> protocol.pair(mode, servers))
                .toList();
        return new TandemConfig(protocol.door(), pairs);
    }

    /** @param members as their machines are called */
    static PairSettings settings(Mode mode, List<String> members) {
        return new PairSettings(
                name(mode),
                members.stream().map(PairSettings.MemberName::new).toList(),
                mode,
                true,
                STATUS_INTERVAL,
                STATUS_TIMEOUT,
                Duration.ofSeconds(5),
                Duration.ZERO);
    }

    static String name(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void select(Mode mode) throws IOException, InterruptedException {
        leave();
        PairHandle next = tandem.pair(name(mode)).orElseThrow();
        require(next.enable("demo"));
        pair = next;
        Tally counted = new Tally(DemoClient.COUNTERS);
        tally = counted;
        until("'" + name(mode) + "' serves", () -> next.snapshot().phase().equals("serving"));
        client = protocol.connect(tandem, next, counted);
        until("the client has values", () -> counted.reached() >= 0);
    }

    private void leave() throws InterruptedException {
        DemoClient old = client;
        client = null;
        if (old != null) {
            old.close();
        }
        PairHandle oldPair = pair;
        pair = null;
        if (oldPair != null) {
            oldPair.disable("demo");
            until("the old pair is closed", () -> oldPair.snapshot().phase().equals("disabled"));
        }
    }

    @Override
    public Optional<PairHandle> pair() {
        return Optional.ofNullable(pair);
    }

    @Override
    public String endpointUrl(PairHandle of) {
        return protocol.endpointUrl(tandem, of);
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public List<DemoServer> servers() {
        return servers;
    }

    /** Waits for a condition of the outer world. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        until(what, READY_MS_MAX, condition);
    }

    /** @throws IllegalStateException when it does not come in time */
    static void until(String what, long msMax, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + msMax * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("not within " + msMax + " ms: " + what);
            }
            LockSupport.parkNanos(2_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    static void require(OrderAnswer answer) {
        if (answer instanceof OrderAnswer.Refused refused) {
            throw new IllegalStateException(refused.reason());
        }
    }

    @Override
    public void close() {
        DemoClient last = client;
        if (last != null) {
            last.close();
        }
        tandem.close();
        servers.forEach(DemoServer::close);
        try {
            data.close();
            delete(folder);
        } catch (IOException e) {
            // A folder in the system's temporary place that stays is not worth a message.
            return;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
