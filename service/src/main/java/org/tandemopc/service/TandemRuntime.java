package org.tandemopc.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.ConfigChange;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;
import org.tandemopc.service.notify.Notifications;

/**
 * The service as a whole: the pairs of a configuration behind one front door. The only way in for whoever shows or
 * commands it. Start once, close once; any thread.
 */
public final class TandemRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TandemRuntime.class);
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    private final boolean enableAll;
    private final ThreadScheduler scheduler = new ThreadScheduler("tandem-timers");
    private final ThreadScheduler monitorScheduler = new ThreadScheduler("tandem-monitors");
    private final DiskWriter disk = new DiskWriter();
    private final PauseDetector pauses = new PauseDetector(System::nanoTime, scheduler);
    private final LogFolders logs;
    private final RecordListeners listeners = new RecordListeners();
    private final PairHandle.Shared shared;
    private final FrontDoors doors;
    private final Certificates certificates;
    private final Path dataFolder;
    private final CompletableFuture<String> stopRequest = new CompletableFuture<>();
    private final Notifications notifications;

    /** Replaced whole; changed under the lock of this object. */
    private volatile List<PairHandle> pairs = List.of();

    private volatile TandemConfig config;
    private boolean closed;

    /**
     * @param factory makes the protocol of each front door
     * @param data held by the caller until after {@link #close}
     * @param enableAll serve every pair, whatever the state file of this machine says at the start (for containers); a
     *     pair that somebody disables stays disabled until the end of the process
     * @throws IOException with a sentence for people: a protocol could not be made
     */
    public TandemRuntime(TandemConfig config, ProtocolFactory factory, DataFolder data, boolean enableAll)
            throws IOException {
        this.enableAll = enableAll;
        this.dataFolder = data.path().toAbsolutePath();
        StateFile stateFile = data.stateFile();
        String trouble = stateFile.trouble();
        if (trouble != null) {
            LOG.error(trouble);
        }
        Path logFolder = data.path().resolve("log");
        logs = new LogFolders(logFolder);
        notifications = new Notifications(
                data.path().resolve("pki").resolve("notifications"),
                Clock.systemUTC(),
                (pair, record) -> pair(pair).ifPresent(handle -> handle.note(record)));
        var unused = listeners.add(new NotificationFeed(notifications));
        shared = new PairHandle.Shared(
                System::nanoTime,
                Clock.systemUTC(),
                scheduler,
                monitorScheduler,
                pauses,
                disk,
                logFolder,
                stateFile,
                listeners);
        doors = new FrontDoors(
                factory,
                scheduler,
                () -> Thread.ofVirtual().name("front-door").start(this::tryDoorsAgain),
                (kind, record) -> pairs().stream()
                        .filter(pair -> pair.config().kind() == kind)
                        .forEach(pair -> pair.note(record)));
        certificates = new AllCertificates(doors);
        makeDoors(config.frontDoors());
        pairs = config.pairs().stream().flatMap(pair -> made(pair).stream()).toList();
        this.config = new TandemConfig(
                config.frontDoors(), pairs.stream().map(PairHandle::config).toList(), config.rest());
    }

    private void makeDoors(List<DoorConfig> configs) throws IOException {
        try {
            for (DoorConfig config : configs) {
                doors.make(config);
            }
        } catch (IOException e) {
            doors.closeAll();
            scheduler.close();
            monitorScheduler.close();
            disk.close();
            throw e;
        }
    }

    /** A pair that cannot be made, for a trust list that cannot be read say, does not keep the others from serving. */
    private Optional<PairHandle> made(PairConfig pair) {
        try {
            notifications.configure(pair);
            return Optional.of(new PairHandle(pair, doors.of(pair), shared));
        } catch (RuntimeException e) {
            notifications.remove(pair.name());
            LOG.error(
                    "Pair '{}' is left out, the others are served: {}. Correct it, and apply the configuration again.",
                    pair.name(),
                    e.getMessage(),
                    e);
            return Optional.empty();
        }
    }

    /**
     * Opens the front door and starts the pairs that are enabled on this machine.
     *
     * @throws IOException the front door could not be opened; nothing was started. Close the runtime then, too
     */
    public void start() throws IOException {
        // Before the door opens: a client that is there first waits for its pair, where it would find it disabled.
        pairs.forEach(pair -> pair.admitIfEnabled(enableAll));
        doors.start();
        pauses.start();
        for (PairHandle pair : pairs) {
            pair.start(enableAll);
        }
    }

    public List<PairHandle> pairs() {
        return pairs;
    }

    /** Hears the records of all pairs from now on, also of pairs that are added or made anew. */
    public RecordListener.Subscription listen(RecordListener listener) {
        return listeners.add(listener);
    }

    public Optional<PairHandle> pair(String name) {
        return pairs.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** Where this machine's state, keys and records are; fully qualified. */
    public Path dataFolder() {
        return dataFolder;
    }

    /** Asks whoever runs this service to end it; returns at once. The first who asks counts. @param by for the log */
    public void requestStop(String by) {
        if (stopRequest.complete(by)) {
            LOG.atInfo().addKeyValue("by", Printable.of(by)).log("The service was told to stop.");
        }
    }

    /** Waits until somebody asks for the end of the service. @return who asked */
    public String awaitStopRequest() throws InterruptedException {
        try {
            return stopRequest.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What runs. */
    public TandemConfig config() {
        return config;
    }

    /** Whether anything listens for clients; false only after a change of the front door that could not be taken back. */
    public boolean isFrontDoorOpen() {
        return doors.areOpen();
    }

    private synchronized void tryDoorsAgain() {
        if (!closed) {
            doors.tryAgain(config.frontDoors());
        }
    }

    StateFile state() {
        return shared.stateFile();
    }

    /**
     * Takes one step to another configuration while the other pairs serve. Blocks for some seconds at most.
     *
     * @throws IOException it could not be done, and what ran before runs; but for a front door that was lost, which
     *     {@link #isFrontDoorOpen} tells
     */
    synchronized void take(ConfigChange change) throws IOException {
        if (closed) {
            throw new IOException("Tandem is stopping.");
        }
        switch (change) {
            case ConfigChange.AddPair(var pair) -> add(pair);
            case ConfigChange.RemovePair(var pair) -> remove(pair.name());
            case ConfigChange.ChangeSettings(var _, var to) -> {
                existing(to.name()).reconfigure(to);
                notifications.configure(to);
            }
            case ConfigChange.RestartPair(var from, var to) -> restart(from, to);
            case ConfigChange.RestartFrontDoor(var _, var to) -> doors.reopen(to);
            case ConfigChange.OpenFrontDoor(var wanted) -> doors.open(wanted);
            case ConfigChange.CloseFrontDoor(var gone) -> doors.close(gone.kind());
        }
    }

    /** All steps to the configuration were taken: what is no longer there is forgotten. */
    void settle(TandemConfig now, List<ConfigChange> taken) {
        config = now;
        Set<String> gone = new TreeSet<>();
        taken.forEach(c -> gone.addAll(c.pairs()));
        now.pairs().forEach(p -> gone.remove(p.name()));
        try {
            state().forget(gone);
        } catch (IOException e) {
            LOG.warn("The state of this machine still knows {}: {}", gone, e.toString());
        }
        gone.forEach(listeners::removed);
    }

    /** Who adds a pair here wants it here: it is enabled, unless this machine was told otherwise before. */
    private void add(PairConfig pair) throws IOException {
        if (!state().knows(pair.name())) {
            state().saveEnabled(pair.name(), true);
        }
        begin(pair);
    }

    private void begin(PairConfig pair) {
        notifications.configure(pair);
        PairHandle handle = handle(pair);
        List<PairHandle> more = new ArrayList<>(pairs);
        more.add(handle);
        pairs = List.copyOf(more);
        handle.start(enableAll);
    }

    private PairHandle handle(PairConfig pair) {
        try {
            return new PairHandle(pair, doors.of(pair), shared);
        } catch (RuntimeException e) {
            notifications.remove(pair.name());
            throw e;
        }
    }

    private void remove(String name) {
        PairHandle handle = existing(name);
        handle.beginStop(Explanation.BY_CONFIGURATION);
        handle.awaitDisabled(System.nanoTime() + STOP_MAX.toNanos());
        handle.endStop();
        pairs = pairs.stream().filter(p -> !p.equals(handle)).toList();
        notifications.remove(name);
    }

    private void restart(PairConfig from, PairConfig to) throws IOException {
        state().copy(from.name(), to.name());
        remove(from.name());
        boolean hasItsRecords = logs.rename(from.name(), to.name());
        try {
            begin(to);
        } catch (RuntimeException e) {
            if (hasItsRecords) {
                logs.rename(to.name(), from.name());
            }
            startAgain(from, e);
            throw e;
        }
        if (!hasItsRecords) {
            existing(to.name())
                    .note(new PairRecord(
                            RecordKind.NOTE,
                            RecordTexts.recordsStay(
                                    to.name(),
                                    from.name(),
                                    logs.of(from.name()).toAbsolutePath().toString()),
                            Map.of("from", from.name())));
        }
    }

    private void startAgain(PairConfig pair, RuntimeException why) {
        try {
            begin(pair);
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    private PairHandle existing(String name) {
        return pair(name).orElseThrow(() -> new IllegalStateException("there is no pair '" + name + "'"));
    }

    /** Where clients of a protocol connect to, if they can; after {@link #start}. */
    public Optional<InetSocketAddress> boundAddress(ProtocolKind kind) {
        return doors.find(kind).map(Protocol::boundAddress);
    }

    /** The certificates of both sides, for people. */
    public Certificates certificates() {
        return certificates;
    }

    /** Who is told of records, and whether that works. */
    public Notifications notifications() {
        return notifications;
    }

    /** The URL of a pair for clients; after {@link #start}. */
    public String endpointUrl(PairHandle pair) {
        return doors.of(pair.config()).endpointUrl(pair.config());
    }

    /**
     * Walks the way to a member and tells each leg; see {@link Protocol#check}. Blocks for seconds: on a thread of the
     * caller's.
     */
    public void check(PairHandle pair, int member, Consumer<LegResult> legs) throws InterruptedException {
        doors.of(pair.config()).check(pair.config(), member, legs);
    }

    /** Looks for servers and items of a protocol; empty: it has no front door here, nor anything else. */
    public Optional<Discovery> discovery(ProtocolKind kind) {
        return doors.find(kind).map(Protocol::discovery);
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
        doors.closeAll();
        pairs.forEach(PairHandle::endStop);
        notifications.close();
        scheduler.close();
        monitorScheduler.close();
        disk.close();
    }
}
