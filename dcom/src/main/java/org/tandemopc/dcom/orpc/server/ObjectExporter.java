package org.tandemopc.dcom.orpc.server;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.LocalPointer;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;

/**
 * The objects of this process that others have references on, under one OXID ([MS-DCOM] 1.3.3). Thread-safe; objects are told
 * that they are unreferenced on virtual threads, outside of all locks.
 */
final class ObjectExporter {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectExporter.class);

    /** References in a fresh OBJREF ([MS-DCOM] 3.1.1.5.1). */
    static final int FRESH_REFERENCES = 5;

    /** IIDs that can be bound to: as many as there are descriptions, which is a matter of code and not of clients. */
    private static final int INTERFACES_MAX = 10_000;

    private final long oxid;
    private final Guid remUnknown;
    private final LongSupplier clock;
    private final Set<Guid> offered = ConcurrentHashMap.newKeySet();

    /** Guarded by itself; guards those below too. */
    private final ExportTable table;

    /** Objects that are never handed out again. */
    private final Set<ComObject> retired = Collections.newSetFromMap(new WeakHashMap<>());

    private boolean closed;

    /** @param clock nanoseconds since whenever */
    ObjectExporter(ExportLimits limits, LongSupplier clock, Names names) {
        this.clock = clock;
        this.oxid = names.numbers().getAsLong();
        this.remUnknown = names.guids().get();
        this.table = new ExportTable(oxid, limits, names.numbers(), names.guids());
    }

    long oxid() {
        return oxid;
    }

    /** The IPID of IRemUnknown and IRemUnknown2. */
    Guid remUnknown() {
        return remUnknown;
    }

    /** Whether the interface was ever handed out, so that clients can bind to it. */
    boolean offers(Guid iid) {
        return offered.contains(iid);
    }

    int objects() {
        synchronized (table) {
            return table.objects();
        }
    }

    int interfaces() {
        synchronized (table) {
            return table.interfaces();
        }
    }

    boolean knows(long oid) {
        synchronized (table) {
            return table.knows(oid);
        }
    }

    boolean hasRoomFor(Client client) {
        synchronized (table) {
            return table.hasRoomFor(client);
        }
    }

    /**
     * Hands out fresh references on an interface that the object has.
     *
     * @throws ExportLimitException nothing was changed
     */
    StdObjRef export(ComObject object, Guid iid, Client client) {
        StdObjRef reference;
        synchronized (table) {
            if (closed || retired.contains(object)) {
                throw new ExportLimitException(
                        closed ? "the server is closed" : object + " has ended, and is not handed out any more");
            }
            reference = table.export(object, iid, FRESH_REFERENCES, client, clock.getAsLong());
        }
        offer(iid);
        return reference;
    }

    private void offer(Guid iid) {
        if (offered.size() < INTERFACES_MAX || offered.contains(iid)) {
            offered.add(iid);
        }
    }

    Optional<ExportTable.Found> find(Guid ipid) {
        synchronized (table) {
            return table.find(ipid);
        }
    }

    /** Keeps the object until {@link #unhold}. */
    Optional<ExportTable.Target> called(Guid ipid, Client client) {
        synchronized (table) {
            return table.called(ipid, client, clock.getAsLong());
        }
    }

    Optional<List<ExportTable.Queried>> query(Guid ipid, List<Guid> iids, long refs, Client client) {
        Optional<List<ExportTable.Queried>> results;
        synchronized (table) {
            results = table.query(ipid, iids, refs, client, clock.getAsLong());
        }
        results.ifPresent(all -> {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).reference() != null) {
                    offer(iids.get(i));
                }
            }
        });
        return results;
    }

    /** @return an HRESULT for each */
    List<Integer> addRefs(List<RemInterfaceRef> references, Client client) {
        synchronized (table) {
            long now = clock.getAsLong();
            return references.stream()
                    .map(ref -> table.addRef(ref.ipid(), ref.publicRefs(), ref.privateRefs(), client, now))
                    .toList();
        }
    }

    /** All of them, whatever becomes of one. */
    void release(List<RemInterfaceRef> references, Client client) {
        List<ComObject> unreferenced;
        synchronized (table) {
            long now = clock.getAsLong();
            unreferenced = references.stream()
                    .flatMap(
                            ref -> table.release(ref.ipid(), ref.publicRefs(), ref.privateRefs(), client, now).stream())
                    .toList();
        }
        tell(unreferenced);
    }

    /**
     * Takes an own reference back that somebody handed on.
     *
     * @return empty: the object is gone, or the reference was never handed out
     * @throws IllegalArgumentException the object has no such interface
     */
    <T> Optional<LocalPointer<T>> takeBack(StdObjRef reference, InterfaceDef<T> type, Client client) {
        Optional<ExportTable.Target> held;
        synchronized (table) {
            held = table.hold(reference, client, clock.getAsLong());
        }
        if (held.isEmpty()) {
            return Optional.empty();
        }
        ComObject object = held.get().object();
        // a pointer to IUnknown is as good as one to what is wanted: here the question costs nothing
        InterfaceDef<?> pointsTo =
                held.get().type().isA(type.iid()) ? held.get().type() : type;
        try {
            return Optional.of(LocalPointer.holding(
                    object, type, pointsTo.iid(), () -> unhold(held.get().hold())));
        } catch (IllegalArgumentException e) {
            unhold(held.get().hold());
            throw e;
        }
    }

    void unhold(ExportTable.Hold hold) {
        Optional<ComObject> unreferenced;
        synchronized (table) {
            unreferenced = table.unhold(hold, clock.getAsLong());
        }
        tell(unreferenced.stream().toList());
    }

    /** The client said at that time that it needs the object. */
    void lifeSign(long oid, Client client, long atNanos) {
        synchronized (table) {
            table.lifeSign(oid, client, atNanos);
        }
    }

    /**
     * Takes back what the dead held.
     *
     * @return how many objects
     */
    int collect(ExportTable.Pings pings, Duration timeout) {
        List<ComObject> dead;
        synchronized (table) {
            dead = table.collect(pings, timeout.toNanos(), clock.getAsLong());
        }
        tell(dead);
        return dead.size();
    }

    boolean isReferenced(ComObject object) {
        synchronized (table) {
            return table.isExported(object);
        }
    }

    boolean disconnect(ComObject object) {
        synchronized (table) {
            return table.disconnect(object);
        }
    }

    /** @return false: somebody has a reference, and nothing was changed */
    boolean retireIfUnreferenced(ComObject object) {
        synchronized (table) {
            if (table.isExported(object)) {
                return false;
            }
            retired.add(object);
            return true;
        }
    }

    /** Takes everything back; nothing is handed out any more. */
    void close() {
        List<ComObject> all;
        synchronized (table) {
            closed = true;
            all = table.clear();
        }
        tell(all);
    }

    /** An object that was made for somebody who did not get it. If others have it, nothing has happened. */
    void notHandedOut(ComObject object) {
        if (!isReferenced(object)) {
            tell(List.of(object));
        }
    }

    /**
     * On a thread of its own for each: one that takes long must not hold up the others, or the client that let it go. Who was
     * handed out again before it came to that needs no notice.
     */
    private void tell(List<ComObject> unreferenced) {
        for (ComObject object : unreferenced) {
            var unused = Thread.ofVirtual().name("dcom-server-unreferenced").start(() -> {
                try {
                    if (!isReferenced(object)) {
                        object.unreferenced();
                    }
                } catch (RuntimeException | Error e) {
                    LOG.error("{} failed when it was told that nobody needs it.", object, e);
                }
            });
        }
    }
}
