package org.tandemopc.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;

/**
 * The service as a whole: the pairs of a configuration behind one front door. The only way in for whoever shows or
 * commands it. Start once, close once; any thread.
 */
public final class TandemRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TandemRuntime.class);
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    private final Protocol protocol;
    private final boolean enableAll;
    private final ThreadScheduler scheduler = new ThreadScheduler();
    private final DiskWriter disk = new DiskWriter();
    private final PauseDetector pauses = new PauseDetector(System::nanoTime, scheduler);
    private final List<PairHandle> pairs = new ArrayList<>();
    private boolean closed;

    /**
     * @param data held by the caller until after {@link #close}
     * @param enableAll serve every pair, whatever the state file of this machine says (for containers)
     */
    public TandemRuntime(TandemConfig config, Protocol protocol, DataFolder data, boolean enableAll) {
        this.protocol = protocol;
        this.enableAll = enableAll;
        StateFile stateFile = data.stateFile();
        String trouble = stateFile.trouble();
        if (trouble != null) {
            LOG.error(trouble);
        }
        PairHandle.Shared shared = new PairHandle.Shared(
                System::nanoTime,
                Clock.systemUTC(),
                scheduler,
                pauses,
                disk,
                data.path().resolve("log"),
                stateFile);
        for (PairConfig pair : config.pairs()) {
            pairs.add(new PairHandle(pair, protocol, shared));
        }
    }

    /**
     * Opens the front door and starts the pairs that are enabled on this machine.
     *
     * @throws IOException the front door could not be opened; nothing was started. Close the runtime then, too
     */
    public void start() throws IOException {
        protocol.start();
        pauses.start();
        for (PairHandle pair : pairs) {
            pair.start(enableAll);
        }
    }

    public List<PairHandle> pairs() {
        return List.copyOf(pairs);
    }

    public Optional<PairHandle> pair(String name) {
        return pairs.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** Where clients connect to; after {@link #start}. */
    public InetSocketAddress boundAddress() {
        return protocol.boundAddress();
    }

    /** The URL of a pair for clients; after {@link #start}. */
    public String endpointUrl(PairHandle pair) {
        return protocol.endpointUrl(pair.config());
    }

    /**
     * Walks the way to a member and tells each leg; see {@link Protocol#check}. Blocks for seconds: on a thread of the
     * caller's.
     */
    public void check(PairHandle pair, int member, Consumer<LegResult> legs) throws InterruptedException {
        protocol.check(pair.config(), member, legs);
    }

    /**
     * Closes every client session and every link, then the front door, then the diagnostics. Takes a few seconds at
     * most; idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        pauses.stop();
        pairs.forEach(PairHandle::beginStop);
        long end = System.nanoTime() + STOP_MAX.toNanos();
        for (PairHandle pair : pairs) {
            pair.awaitDisabled(end);
        }
        protocol.close();
        pairs.forEach(PairHandle::endStop);
        scheduler.close();
        disk.close();
    }
}
