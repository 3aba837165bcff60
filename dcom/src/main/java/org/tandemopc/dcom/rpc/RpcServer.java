package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;

/**
 * Serves interfaces over TCP (C706 chapter 12, [MS-RPCE]): listens, admits clients within its limits, and calls the operations,
 * on virtual threads or on those that read. Thread-safe.
 */
public final class RpcServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
    private static final int BACKLOG = 128;
    private static final long ACCEPT_PAUSE_NANOS = 50_000_000;
    private static final long DRAIN_LOOK_NANOS = 5_000_000;
    private static final Duration INTERRUPTED_CALLS = Duration.ofSeconds(2);

    /** Threads of the system that read, for so many clients that have logged in; all others have virtual ones. */
    private static final int FAST_READERS_MAX = 256;

    private final ServerPolicy policy;
    private final InterfaceTable interfaces;
    private final ServerLimits limits;
    private final PduTap tap;
    private final AssociationGroups groups = new AssociationGroups();
    private final Budget budget;

    /** Of it, that of all who have not logged in: whoever they are, they leave the rest to the others. */
    private final Budget strangers;

    private final FaultLog faults;
    private final WeakCalls weak;
    private final Counters counters = new Counters();
    private final Management management = new Management(this);
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("dcom-server-call-", 0).factory());

    private final Semaphore fastReaders = new Semaphore(FAST_READERS_MAX);

    /** Threads that read and do a call meanwhile. */
    private final Set<Thread> working = ConcurrentHashMap.newKeySet();

    /** Guards what follows. */
    private final Object admission = new Object();

    private final Set<ServerConnection> connections = new HashSet<>();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final List<Thread> acceptors = new ArrayList<>();
    private boolean closing;

    public RpcServer(ServerPolicy policy, InterfaceTable interfaces, ServerLimits limits, PduTap tap) {
        this(policy, interfaces, limits, tap, new FaultLog(), new WeakCalls());
    }

    /**
     * @param faults where refusals and faults of clients go
     * @param weak says which calls are not protected
     */
    public RpcServer(
            ServerPolicy policy,
            InterfaceTable interfaces,
            ServerLimits limits,
            PduTap tap,
            FaultLog faults,
            WeakCalls weak) {
        this.policy = policy;
        this.faults = faults;
        this.weak = weak;
        this.interfaces = interfaces;
        this.limits = limits;
        this.tap = tap;
        this.budget = new Budget(limits.sizes().bufferedMax());
        this.strangers = budget.part(limits.sizes().bufferedMax() / 2);
    }

    /**
     * Begins to listen; may be called for several addresses.
     *
     * @return with the port that was taken
     * @throws IOException no port of the range is free, or may be taken
     */
    public InetSocketAddress listen(InetAddress address, PortRange ports) throws IOException {
        ServerSocket listener = bind(address, ports);
        InetSocketAddress bound = (InetSocketAddress) listener.getLocalSocketAddress();
        synchronized (admission) {
            if (closing) {
                listener.close();
                throw new IOException("the server is closed");
            }
            listeners.add(listener);
            acceptors.add(Thread.ofVirtual()
                    .name("dcom-server-accept-" + bound.getPort())
                    .start(() -> accept(listener)));
        }
        return bound;
    }

    private static ServerSocket bind(InetAddress address, PortRange ports) throws IOException {
        IOException why = new IOException("no port");
        for (int port = ports.first(); port <= ports.last(); port++) {
            ServerSocket listener = new ServerSocket();
            try {
                listener.setReuseAddress(true);
                listener.bind(new InetSocketAddress(address, port), BACKLOG);
                return listener;
            } catch (IOException e) {
                listener.close();
                why = new IOException("%s port %d: %s".formatted(address, port, e.getMessage()), e);
            }
        }
        throw why;
    }

    private void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                admit(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    // out of descriptors, or a client that left at once: the next may fare better
                    LOG.debug("A connection was not accepted: {}", e.getMessage());
                    LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
                }
            } catch (RuntimeException | Error e) {
                // an error too, such as of memory: nobody would be let in any more
                LOG.error("A connection was not accepted; the next will be.", e);
                LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
            }
        }
    }

    private void admit(Socket socket) throws IOException {
        boolean isStarted = false;
        try {
            ServerConnection connection = new ServerConnection(this, socket, limits, policy, tap);
            isStarted = isStarted(connection);
        } finally {
            if (!isStarted) {
                socket.close();
            }
        }
    }

    private boolean isStarted(ServerConnection connection) {
        if (!isAdmitted(connection)) {
            faults.tell(connection.remoteAddress(), "a connection beyond the limit was closed");
            return false;
        }
        boolean isStarted = false;
        try {
            connection.start();
            isStarted = true;
            return true;
        } finally {
            if (!isStarted) {
                connection.close();
            }
        }
    }

    private boolean isAdmitted(ServerConnection connection) {
        InetAddress address = connection.remoteAddress().getAddress();
        synchronized (admission) {
            int ofAddress = perAddress.getOrDefault(address, 0);
            if (closing
                    || connections.size() >= limits.connections().max()
                    || ofAddress >= limits.connections().perAddressMax()) {
                return false;
            }
            connections.add(connection);
            perAddress.put(address, ofAddress + 1);
            return true;
        }
    }

    void closed(ServerConnection connection) {
        InetAddress address = connection.remoteAddress().getAddress();
        synchronized (admission) {
            if (connections.remove(connection)) {
                perAddress.computeIfPresent(address, (ignored, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** @return false: the server closes */
    boolean execute(Runnable call) {
        try {
            executor.execute(call);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Does a call on the caller's thread, as {@link #execute} does on another: the end of the server interrupts it. */
    void work(Runnable call) {
        Thread me = Thread.currentThread();
        working.add(me);
        try {
            call.run();
        } finally {
            working.remove(me);
            // what the call leaves of an interrupt is not the next one's
            var unused = Thread.interrupted();
        }
    }

    /** @return false: there are enough of them */
    boolean takesFastReader() {
        return fastReaders.tryAcquire();
    }

    void givesFastReader() {
        fastReaders.release();
    }

    /** Every server offers remote management besides its own interfaces (C706 appendix Q). */
    @Nullable
    RpcInterface find(SyntaxId asked) {
        return management.syntax().serves(asked) ? management : interfaces.find(asked);
    }

    Counters counters() {
        return counters;
    }

    /** Since the server was made. */
    public ServerStatistics statistics() {
        return counters.read();
    }

    InterfaceTable interfaces() {
        return interfaces;
    }

    AssociationGroups groups() {
        return groups;
    }

    Budget budget() {
        return budget;
    }

    /** What a client may take of: of a part of the whole until it has logged in, unless nobody need log in here. */
    Budget budget(InetSocketAddress client, boolean isLoggedIn) {
        boolean isOpenToAll = policy.peer(client).minCallLevel() == AuthLevel.NONE;
        return isLoggedIn || isOpenToAll ? budget : strangers;
    }

    FaultLog faults() {
        return faults;
    }

    WeakCalls weak() {
        return weak;
    }

    /** Connections that are open. */
    public int connections() {
        synchronized (admission) {
            return connections.size();
        }
    }

    /** Calls that run or wait. */
    public int runningCalls() {
        return open().stream().mapToInt(ServerConnection::runningCalls).sum();
    }

    /** Octets of requests that are being received, wait or run. */
    public long bufferedBytes() {
        return budget.used();
    }

    private List<ServerConnection> open() {
        synchronized (admission) {
            return List.copyOf(connections);
        }
    }

    /** Closes at once. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Takes no more clients, asks those that there are to leave, lets running calls end, and closes.
     *
     * @param grace for running calls; those that take longer are interrupted
     */
    public void close(Duration grace) {
        List<Thread> ending;
        synchronized (admission) {
            closing = true;
            listeners.forEach(RpcServer::close);
            ending = List.copyOf(acceptors);
        }
        if (grace.isPositive()) {
            drain(Deadline.after(grace));
        }
        open().forEach(ServerConnection::close);
        executor.shutdownNow();
        List<Thread> interrupted = List.copyOf(working);
        interrupted.forEach(Thread::interrupt);
        try {
            boolean isOver = executor.awaitTermination(INTERRUPTED_CALLS.toMillis(), TimeUnit.MILLISECONDS);
            for (Thread worker : interrupted) {
                isOver &= worker.join(INTERRUPTED_CALLS);
            }
            if (!isOver) {
                LOG.warn("Calls of a closed server still run.");
            }
            for (Thread acceptor : ending) {
                acceptor.join(INTERRUPTED_CALLS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Side by side: a client that does not read must not hold up the news to the others. */
    private void drain(Deadline deadline) {
        for (ServerConnection connection : open()) {
            execute(connection::shutdown);
        }
        while (runningCalls() > 0
                && !deadline.isOver()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(DRAIN_LOOK_NANOS, deadline.remainingNanos()));
        }
    }

    private static void close(ServerSocket listener) {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("A listening socket did not close.", e);
        }
    }
}
