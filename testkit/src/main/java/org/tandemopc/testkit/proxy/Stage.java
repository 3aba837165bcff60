package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.tandemopc.testkit.proxy.Parcel.Bytes;

/** One fault at work on one direction of one connection: turns what comes into what goes on. Time is an argument. */
final class Stage {
    private static final int PIECE_BYTES_MAX = 1024;

    /** A fault that was set; shared by all connections, so that what happens once happens once. */
    record Armed(Fault.Line line, AtomicBoolean hasFired) {
        static Armed of(Fault.Line line) {
            return new Armed(line, new AtomicBoolean());
        }

        private boolean fires() {
            return hasFired.compareAndSet(false, true);
        }
    }

    final Armed armed;
    private final Random chance;
    private long position;
    private long lastDueNanos;

    /** @param lastDueNanos when the last parcel goes that another fault made before */
    Stage(Armed armed, long lastDueNanos) {
        this.armed = armed;
        this.lastDueNanos = lastDueNanos;
        chance = new Random(armed.line() instanceof Fault.Delay delay ? delay.seed() : 0);
    }

    long lastDueNanos() {
        return lastDueNanos;
    }

    List<Parcel> message(ByteBuffer message, long nowNanos) {
        lastDueNanos = Math.max(lastDueNanos, nowNanos);
        long from = position;
        position += message.remaining();
        return switch (armed.line()) {
            case Fault.Pass _, Fault.Hold _, Fault.SlowClose _ -> whole(message);
            case Fault.Drop _ -> List.of();
            case Fault.Delay line -> delayed(line, message, nowNanos);
            case Fault.Trickle line -> pieces(message, line.bytesAtOnce(), line.every());
            case Fault.Bandwidth line -> throttled(line, message);
            case Fault.Corrupt line -> corrupted(line, message, from);
            case Fault.Duplicate line -> strikes(line.which(), message) ? twice(message) : whole(message);
            case Fault.CutAt line -> cutAt(line, message, from);
            case Fault.CutInside line ->
                strikes(line.which(), message)
                        ? cut(message.slice(0, message.remaining() / 2), line.ending())
                        : whole(message);
            case Fault.CutWithin line ->
                strikes(line.which(), message)
                        ? cut(message.slice(0, Math.min(line.bytes(), message.remaining())), line.ending())
                        : whole(message);
            case Fault.CutBefore line ->
                strikes(line.which(), message) ? cut(message.slice(0, 0), line.ending()) : whole(message);
        };
    }

    /** The sender has closed its side. */
    List<Parcel> end(long nowNanos) {
        return List.of(new Parcel.NothingMore(endNanos(nowNanos)));
    }

    /** The sender has reset the connection. */
    List<Parcel> reset(long nowNanos) {
        return List.of(new Parcel.End(endNanos(nowNanos), Ending.RESET));
    }

    private long endNanos(long nowNanos) {
        long later = armed.line() instanceof Fault.SlowClose slow ? slow.later().toNanos() : 0;
        return Math.max(lastDueNanos, nowNanos) + later;
    }

    private boolean strikes(Predicate<ByteBuffer> which, ByteBuffer message) {
        return which.test(message) && armed.fires();
    }

    private List<Parcel> whole(ByteBuffer message) {
        return List.of(new Bytes(lastDueNanos, message));
    }

    private List<Parcel> twice(ByteBuffer message) {
        return List.of(new Bytes(lastDueNanos, message), new Bytes(lastDueNanos, message.duplicate()));
    }

    private List<Parcel> delayed(Fault.Delay line, ByteBuffer message, long nowNanos) {
        long more = (long) (chance.nextDouble() * line.jitter().toNanos());
        lastDueNanos = Math.max(lastDueNanos, nowNanos + line.least().toNanos() + more);
        return whole(message);
    }

    private List<Parcel> throttled(Fault.Bandwidth line, ByteBuffer message) {
        int piece = Math.clamp(line.bytesPerSecond() / 20, 1, PIECE_BYTES_MAX);
        return pieces(message, piece, Duration.ofNanos(piece * 1_000_000_000L / line.bytesPerSecond()));
    }

    private List<Parcel> pieces(ByteBuffer message, int bytes, Duration every) {
        List<Parcel> pieces = new ArrayList<>();
        for (int at = 0; at < message.remaining(); at += bytes) {
            lastDueNanos += every.toNanos();
            pieces.add(new Bytes(lastDueNanos, message.slice(at, Math.min(bytes, message.remaining() - at))));
        }
        return pieces;
    }

    private List<Parcel> corrupted(Fault.Corrupt line, ByteBuffer message, long from) {
        long at = line.at() - from;
        if (at < 0 || at >= message.remaining() || !armed.fires()) {
            return whole(message);
        }
        ByteBuffer changed = ByteBuffer.allocate(message.remaining())
                .put(message.duplicate())
                .flip();
        changed.put((int) at, (byte) (changed.get((int) at) ^ line.bits()));
        return whole(changed);
    }

    private List<Parcel> cutAt(Fault.CutAt line, ByteBuffer message, long from) {
        long left = line.bytes() - from;
        if (left < 0 || left > message.remaining() || !armed.fires()) {
            return whole(message);
        }
        return cut(message.slice(0, (int) left), line.ending());
    }

    private List<Parcel> cut(ByteBuffer passes, Ending ending) {
        return List.of(new Bytes(lastDueNanos, passes), new Parcel.End(lastDueNanos, ending));
    }
}
