package org.tandemopc.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A TCP relay on loopback, for any protocol, that does to connections what networks and dying servers do. Faults are set
 * and healed while connections run. At most 256 connections, a few hundred pieces waiting in each. Thread-safe;
 * {@link #close()} ends everything.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 256;
    private static final int ACCEPTANCES_MAX = 100_000;

    final Lines lines = new Lines();
    final Framer framer;
    private final InetSocketAddress at;
    private final Map<Direction, Supplier<Consumer<ByteBuffer>>> observers = new EnumMap<>(Direction.class);
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    /** Accepted, and not connected to the target. */
    private final Set<Socket> waiting = ConcurrentHashMap.newKeySet();

    /** What befell connections last, and how many times something did. */
    private final AtomicReference<Struck> struck = new AtomicReference<>(new Struck(0, Fault.Strike.CLOSE));

    private final AtomicInteger accepted = new AtomicInteger();
    private final Queue<Long> acceptances = new ConcurrentLinkedQueue<>();
    private final Object door = new Object();
    private Fault.Door doorFault = Fault.Door.OPEN;
    private ServerSocket listener;
    private Thread acceptor;
    private volatile InetSocketAddress target;
    private volatile boolean closed;

    private record Struck(long times, Fault.Strike fault) {}

    private FaultProxy(InetSocketAddress at, InetSocketAddress target, Framer framer) {
        this.at = at;
        this.target = target;
        this.framer = framer;
        listener = listen();
        acceptor = accepting(listener);
    }

    /** Listens on a port of its own and relays to the target on loopback; does not know messages. */
    public static FaultProxy before(int targetPort) {
        return before(targetPort, Framer.NONE);
    }

    /** The same for a protocol whose messages can be told apart. */
    public static FaultProxy before(int targetPort, Framer framer) {
        return new FaultProxy(onLoopback(PortPicker.pick()), onLoopback(targetPort), framer);
    }

    /** Listens at an address of this machine and relays to another one; does not know messages. */
    public static FaultProxy between(InetSocketAddress at, InetSocketAddress target) {
        return new FaultProxy(at, target, Framer.NONE);
    }

    /** The same for a protocol whose messages can be told apart. */
    public static FaultProxy between(InetSocketAddress at, InetSocketAddress target, Framer framer) {
        return new FaultProxy(at, target, framer);
    }

    private static InetSocketAddress onLoopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int port() {
        return at.getPort();
    }

    /** The same URL with this proxy's port. */
    public String url(String targetUrl) {
        return targetUrl.replace(":" + target.getPort() + "/", ":" + port() + "/");
    }

    /** Where connections to come are connected to. */
    public void moveTo(int newTargetPort) {
        target = new InetSocketAddress(target.getAddress(), newTargetPort);
    }

    /**
     * Shows the messages of connections to come to somebody, after they were passed on or not.
     *
     * @param perConnection makes the one who looks; it is called on the thread that reads, and an
     *     {@code IllegalStateException} of it resets the connection
     */
    public synchronized void observe(Direction direction, Supplier<Consumer<ByteBuffer>> perConnection) {
        observers.put(direction, perConnection);
    }

    synchronized Consumer<ByteBuffer> observe(Direction direction) {
        return observers.getOrDefault(direction, () -> message -> {}).get();
    }

    // ---- faults

    /** For connections to come. */
    public void set(Fault.Door fault) {
        synchronized (door) {
            doorFault = fault;
            door.notifyAll();
            if (fault == Fault.Door.REFUSE) {
                stopListening();
            } else if (listener.isClosed()) {
                listener = listen();
                acceptor = accepting(listener);
            }
        }
    }

    /** For bytes of one direction from now on, whatever was set before. */
    public void set(Direction direction, Fault.Line fault) {
        lines.set(direction, fault);
    }

    /** For bytes of both directions from now on. */
    public void setBoth(Fault.Line fault) {
        for (Direction direction : Direction.values()) {
            lines.set(direction, fault);
        }
    }

    /** To the connections that there are, and those that are just being connected to the target. */
    public void strike(Fault.Strike fault) {
        struck.updateAndGet(before -> new Struck(before.times() + 1, fault));
        links.forEach(link -> link.strike(fault));
    }

    /** Ends what was set. Connections that were left half open stay so. */
    public void heal() {
        setBoth(new Fault.Pass());
        set(Fault.Door.OPEN);
    }

    /** Whether a fault that happens once, and was set last on this direction, has happened. */
    public boolean hasFired(Direction direction) {
        return lines.of(direction).hasFired().get();
    }

    // ---- figures

    /** How many connections were accepted since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** When they were, by {@code System.nanoTime}; of the first 100,000. */
    public List<Long> acceptances() {
        return List.copyOf(acceptances);
    }

    /** How many connections there are that went through to the target, half open ones among them. */
    public int connections() {
        return links.size();
    }

    // ---- accepting

    private ServerSocket listen() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(at);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Thread accepting(ServerSocket socket) {
        return Thread.ofVirtual().name("proxy accepts " + at).start(() -> accept(socket));
    }

    private void stopListening() {
        try {
            listener.close();
            // The system goes on listening until the thread that accepts has noticed.
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (accepted.incrementAndGet() <= ACCEPTANCES_MAX) {
                    acceptances.add(System.nanoTime());
                }
                if (links.size() + waiting.size() >= CONNECTIONS_MAX) {
                    Link.reset(client);
                    continue;
                }
                waiting.add(client);
                Thread.ofVirtual().name("proxy connects").start(() -> admit(client));
            } catch (IOException e) {
                // Closed, to refuse or for good: the condition of the loop tells.
                continue;
            }
        }
    }

    private void admit(Socket client) {
        try {
            switch (awaitNoSilence()) {
                case OPEN -> connect(client);
                case REFUSE, SILENCE, RESET -> reset(client);
            }
        } catch (IOException e) {
            // Nobody at the target.
            reset(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault.Door awaitNoSilence() throws InterruptedException {
        synchronized (door) {
            while (doorFault == Fault.Door.SILENCE && !closed) {
                door.wait();
            }
            return closed ? Fault.Door.RESET : doorFault;
        }
    }

    private void reset(Socket client) {
        waiting.remove(client);
        Link.reset(client);
    }

    private void connect(Socket client) throws IOException {
        // Before the target: whoever moves it and strikes then must not miss the connection to the former one.
        long struckBefore = struck.get().times();
        InetSocketAddress to = target;
        Socket server = new Socket(to.getAddress(), to.getPort());
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(this, client, server);
        links.add(link);
        waiting.remove(client);
        link.start();
        Struck now = struck.get();
        if (closed) {
            link.strike(Fault.Strike.CLOSE);
        } else if (now.times() != struckBefore) {
            link.strike(now.fault());
        }
    }

    void ended(Link link) {
        links.remove(link);
    }

    @Override
    public void close() {
        synchronized (door) {
            closed = true;
            stopListening();
            door.notifyAll();
        }
        strike(Fault.Strike.CLOSE);
        waiting.forEach(Link::close);
        waiting.clear();
    }
}
