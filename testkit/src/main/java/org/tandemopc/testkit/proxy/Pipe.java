package org.tandemopc.testkit.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One direction of a connection: a thread reads and asks the fault, another does what it says when it is due. */
final class Pipe {
    private static final int PARCELS_MAX = 256;

    private final Direction direction;
    private final Socket from;
    private final Socket to;
    private final Lines lines;
    private final Splitter splitter;
    private final Consumer<ByteBuffer> observer;
    private final Consumer<Ending> ends;
    private final Runnable onNothingMore;
    private final BlockingQueue<Parcel> parcels = new ArrayBlockingQueue<>(PARCELS_MAX);
    private final List<Thread> threads;
    private Stage stage;
    private volatile boolean discards;

    /**
     * @param ends carries out the end of the connection
     * @param onNothingMore called when this direction came to its end by itself
     */
    Pipe(
            Direction direction,
            Socket from,
            Socket to,
            Lines lines,
            Framer framer,
            Consumer<ByteBuffer> observer,
            Consumer<Ending> ends,
            Runnable onNothingMore) {
        this.direction = direction;
        this.from = from;
        this.to = to;
        this.lines = lines;
        this.observer = observer;
        this.ends = ends;
        this.onNothingMore = onNothingMore;
        splitter = new Splitter(framer);
        stage = new Stage(lines.of(direction), System.nanoTime());
        threads = List.of(
                Thread.ofVirtual().name("proxy reads " + direction).unstarted(this::read),
                Thread.ofVirtual().name("proxy writes " + direction).unstarted(this::write));
    }

    void start() {
        threads.forEach(Thread::start);
    }

    void stop() {
        threads.forEach(Thread::interrupt);
    }

    /** What comes from now on is read and goes nowhere. */
    void discard() {
        discards = true;
        parcels.clear();
    }

    // ---- the reading side

    private void read() {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (ByteBuffer message : splitter.feed(buffer, count)) {
                    put(stage().message(message, System.nanoTime()));
                    observer.accept(message.duplicate().order(message.order()));
                }
            }
            ByteBuffer rest = splitter.rest();
            if (rest.hasRemaining()) {
                put(stage().message(rest, System.nanoTime()));
            }
            nothingMore(stage().end(System.nanoTime()));
        } catch (SocketException reset) {
            nothingMore(stage().reset(System.nanoTime()));
        } catch (IOException | IllegalStateException e) {
            ends.accept(Ending.RESET);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void nothingMore(List<Parcel> last) {
        try {
            if (discards) {
                ends.accept(Ending.CLOSE);
            } else {
                put(last);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(List<Parcel> made) throws InterruptedException {
        for (Parcel parcel : made) {
            if (!discards) {
                parcels.put(parcel);
            }
        }
    }

    private Stage stage() {
        Stage.Armed now = lines.of(direction);
        if (!stage.armed.equals(now)) {
            stage = new Stage(now, stage.lastDueNanos());
        }
        return stage;
    }

    // ---- the writing side

    private void write() {
        try {
            OutputStream out = to.getOutputStream();
            boolean goesOn = true;
            while (goesOn) {
                Parcel parcel = parcels.take();
                awaitDue(parcel.dueNanos());
                lines.awaitNotHeld(direction);
                goesOn = carryOut(parcel, out);
            }
        } catch (IOException e) {
            ends.accept(Ending.RESET);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitDue(long dueNanos) throws InterruptedException {
        for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private boolean carryOut(Parcel parcel, OutputStream out) throws IOException {
        return switch (parcel) {
            case Parcel.Bytes bytes -> {
                ByteBuffer content = bytes.content();
                out.write(content.array(), content.arrayOffset() + content.position(), content.remaining());
                yield true;
            }
            case Parcel.NothingMore _ -> {
                to.shutdownOutput();
                onNothingMore.run();
                yield false;
            }
            case Parcel.End end -> {
                ends.accept(end.how());
                yield false;
            }
        };
    }
}
