package org.tandemopc.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A connection through the proxy: two sockets and two pipes. Thread-safe. */
final class Link {
    private final FaultProxy proxy;
    private final Socket client;
    private final Socket target;
    private final Pipe requests;
    private final Pipe answers;
    private volatile boolean halfOpen;
    /** Set before the first socket is closed: a pipe sees that as a reset, and must not do to the other what a reset does. */
    private final AtomicBoolean ending = new AtomicBoolean();

    private final AtomicInteger open = new AtomicInteger(Direction.values().length);

    Link(FaultProxy proxy, Socket client, Socket target) {
        this.proxy = proxy;
        this.client = client;
        this.target = target;
        requests = pipe(Direction.REQUESTS, client, target);
        answers = pipe(Direction.ANSWERS, target, client);
    }

    private Pipe pipe(Direction direction, Socket from, Socket to) {
        return new Pipe(
                direction, from, to, proxy.lines, proxy.framer, proxy.observe(direction), this::end, this::oneWayEnded);
    }

    void start() {
        requests.start();
        answers.start();
    }

    private void oneWayEnded() {
        if (open.decrementAndGet() == 0) {
            end(Ending.CLOSE);
        }
    }

    private void end(Ending how) {
        if (halfOpen && how != Ending.CLOSE) {
            // The target's side, which is gone; who connected is not told.
            return;
        }
        switch (how) {
            case CLOSE -> strike(Fault.Strike.CLOSE);
            case RESET -> strike(Fault.Strike.RESET);
            case RESET_ALL -> proxy.strike(Fault.Strike.RESET);
        }
    }

    void strike(Fault.Strike strike) {
        switch (strike) {
            case CLOSE -> endOnce(Link::close);
            case RESET -> endOnce(Link::reset);
            case HALF_OPEN -> {
                halfOpen = true;
                requests.discard();
                reset(target);
            }
        }
    }

    private void endOnce(Consumer<Socket> how) {
        if (ending.compareAndSet(false, true)) {
            how.accept(target);
            how.accept(client);
            proxy.ended(this);
            requests.stop();
            answers.stop();
        }
    }

    /** Closes with a RST instead of a FIN. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
            return;
        }
        close(socket);
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
