package org.tandemopc.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.relay.Protocol;

/**
 * The protocols in use, each with its front door: at most one of each kind. Changed by whoever holds the lock of the runtime; read by
 * any thread.
 */
final class FrontDoors {
    private final ProtocolFactory factory;
    private final Scheduler scheduler;
    private final Runnable retry;
    private final BiConsumer<ProtocolKind, PairRecord> everyPair;

    /** Replaced whole. */
    private volatile Map<ProtocolKind, Door> doors = Map.of();

    private record Door(Protocol protocol, DoorKeeper keeper) {}

    /**
     * @param retry calls {@link #tryAgain} soon; must not block the scheduler
     * @param everyPair writes a record into the log of each pair of a protocol
     */
    FrontDoors(
            ProtocolFactory factory,
            Scheduler scheduler,
            Runnable retry,
            BiConsumer<ProtocolKind, PairRecord> everyPair) {
        this.factory = factory;
        this.scheduler = scheduler;
        this.retry = retry;
        this.everyPair = everyPair;
    }

    /** Makes the protocol, which serves nobody before it is started. */
    void make(DoorConfig config) throws IOException {
        ProtocolKind kind = config.kind();
        if (doors.containsKey(kind)) {
            throw new IllegalStateException("there is a front door of " + kind.label());
        }
        Protocol protocol = factory.make(config);
        put(
                kind,
                new Door(
                        protocol,
                        new DoorKeeper(protocol, scheduler, retry, record -> everyPair.accept(kind, record))));
    }

    private void put(ProtocolKind kind, Door door) {
        Map<ProtocolKind, Door> more = new EnumMap<>(ProtocolKind.class);
        more.putAll(doors);
        more.put(kind, door);
        doors = more;
    }

    /** @throws IOException a door could not be opened */
    void start() throws IOException {
        for (Door door : doors.values()) {
            door.protocol().start();
        }
    }

    /**
     * Makes and opens one more.
     *
     * @throws IOException it could not be opened, and nothing is kept of it
     */
    void open(DoorConfig config) throws IOException {
        make(config);
        try {
            of(config.kind()).start();
        } catch (IOException e) {
            close(config.kind());
            throw e;
        }
    }

    /** No pair uses it any more. */
    void close(ProtocolKind kind) {
        Door gone = doors.get(kind);
        if (gone != null) {
            Map<ProtocolKind, Door> fewer = new EnumMap<>(ProtocolKind.class);
            fewer.putAll(doors);
            fewer.remove(kind);
            doors = fewer;
            gone.keeper().stop();
            gone.protocol().close();
        }
    }

    /** As {@link DoorKeeper#reopen}. */
    void reopen(DoorConfig wanted) throws IOException {
        door(wanted.kind()).keeper().reopen(wanted);
    }

    /** Tries those once more that are lost. */
    void tryAgain(List<DoorConfig> configured) {
        for (DoorConfig config : configured) {
            Door door = doors.get(config.kind());
            if (door != null) {
                door.keeper().tryAgain(config);
            }
        }
    }

    /** Whether clients of every protocol can connect, as far as the doors go. */
    boolean areOpen() {
        return doors.values().stream().allMatch(door -> door.keeper().isOpen());
    }

    Protocol of(PairConfig pair) {
        return of(pair.kind());
    }

    /** @throws IllegalStateException there is none */
    Protocol of(ProtocolKind kind) {
        return door(kind).protocol();
    }

    Optional<Protocol> find(ProtocolKind kind) {
        return Optional.ofNullable(doors.get(kind)).map(Door::protocol);
    }

    List<Protocol> all() {
        return doors.values().stream().map(Door::protocol).toList();
    }

    private Door door(ProtocolKind kind) {
        Door door = doors.get(kind);
        if (door == null) {
            throw new IllegalStateException("there is no front door of " + kind.label());
        }
        return door;
    }

    void closeAll() {
        for (ProtocolKind kind : new ArrayList<>(doors.keySet())) {
            close(kind);
        }
    }
}
