package org.tandemopc.dcom.orpc.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.StdObjRef;

/**
 * What an exporter has handed out: objects by OID, their interfaces by IPID, and the references on them ([MS-DCOM] 3.1.1.1).
 * Decides, and does nothing: who changes it carries out what comes back. Time comes in as nanoseconds of some clock. Not
 * thread-safe.
 *
 * <p>An interface goes when its last reference goes, the object when its last interface goes. A call on either is answered with
 * RPC_E_DISCONNECTED from then on, and giving it back again is no error: clients release in batches, late, and twice.
 *
 * <p>Deviation: an own OBJREF that comes back keeps its object until the pointer made of it is closed, where [MS-DCOM] 3.1.1.5.3
 * gives its references back at once; the object would be told that nobody needs it while the method uses it.
 */
final class ExportTable {
    /** SORF flags of objects that are pinged. */
    private static final int PINGED = 0;

    /** An object that is handed out. */
    private static final class Exported {
        private final long oid;
        private final ComObject object;
        private final Client chargedTo;
        private final Map<Guid, Entry> byIid = new LinkedHashMap<>();
        private int holds;
        private long lifeSignNanos;

        Exported(long oid, ComObject object, Client chargedTo) {
            this.oid = oid;
            this.object = object;
            this.chargedTo = chargedTo;
        }

        boolean isUnreferenced() {
            return holds == 0 && byIid.values().stream().allMatch(Entry::isUnreferenced);
        }
    }

    /** One of its interfaces. */
    private static final class Entry {
        private final Guid ipid;
        private final InterfaceDef<?> type;
        private final Exported owner;
        private final Map<Client, Long> privateRefs = new HashMap<>();
        private long publicRefs;

        Entry(Guid ipid, InterfaceDef<?> type, Exported owner) {
            this.ipid = ipid;
            this.type = type;
            this.owner = owner;
        }

        boolean isUnreferenced() {
            return publicRefs == 0 && privateRefs.isEmpty();
        }
    }

    /** An interface, and what keeps its object while it is used. */
    record Target(ComObject object, InterfaceDef<?> type, Hold hold) {}

    /** Keeps an object exported until it is given to {@link #unhold}. */
    static final class Hold {
        private final Exported exported;

        private Hold(Exported exported) {
            this.exported = exported;
        }
    }

    /**
     * What became of one interface that was asked for.
     *
     * @param reference null: a failure
     */
    record Queried(int hresult, @Nullable StdObjRef reference) {}

    private final long oxid;
    private final ExportLimits limits;
    private final LongSupplier oids;
    private final Supplier<Guid> ipids;
    private final Map<Long, Exported> byOid = new HashMap<>();
    private final Map<Guid, Entry> byIpid = new HashMap<>();
    private final Map<ComObject, Exported> byObject = new IdentityHashMap<>();
    private final Map<Client, Integer> objectsOf = new HashMap<>();

    /**
     * @param oids fresh numbers that nobody can guess
     * @param ipids as well
     */
    ExportTable(long oxid, ExportLimits limits, LongSupplier oids, Supplier<Guid> ipids) {
        this.oxid = oxid;
        this.limits = limits;
        this.oids = oids;
        this.ipids = ipids;
    }

    int objects() {
        return byOid.size();
    }

    int interfaces() {
        return byIpid.size();
    }

    boolean knows(long oid) {
        return byOid.containsKey(oid);
    }

    /** Whether one more object could be handed to the client. */
    boolean hasRoomFor(Client client) {
        return byOid.size() < limits.objectsMax() && objectsOf.getOrDefault(client, 0) < limits.objectsPerClientMax();
    }

    /**
     * Hands out references on an interface that the object has ([MS-DCOM] 3.1.1.5.1).
     *
     * @throws ExportLimitException nothing was changed
     */
    StdObjRef export(ComObject object, Guid iid, long refs, Client client, long nowNanos) {
        Exported exported = byObject.get(object);
        boolean isNew = exported == null;
        if (exported == null) {
            exported = admit(object, client);
        }
        exported.lifeSignNanos = nowNanos;
        Queried given = give(exported, iid, refs);
        StdObjRef reference = given.reference();
        if (reference == null) {
            if (isNew) {
                remove(exported);
            }
            throw new ExportLimitException("0x%08X: interface %s of %s".formatted(given.hresult(), iid, object));
        }
        return reference;
    }

    private Exported admit(ComObject object, Client client) {
        if (!hasRoomFor(client)) {
            throw new ExportLimitException("%d objects are exported, %d of them to %s"
                    .formatted(byOid.size(), objectsOf.getOrDefault(client, 0), client));
        }
        Exported exported = new Exported(oids.getAsLong(), object, client);
        byOid.put(exported.oid, exported);
        byObject.put(object, exported);
        objectsOf.merge(client, 1, Integer::sum);
        return exported;
    }

    private Queried give(Exported exported, Guid iid, long refs) {
        Entry entry = exported.byIid.get(iid);
        if (entry == null) {
            InterfaceDef<?> type = exported.object.find(iid).orElse(null);
            if (type == null) {
                return new Queried(HResult.E_NOINTERFACE, null);
            }
            entry = new Entry(ipids.get(), type, exported);
        }
        // two billion times the most that one call can add fits: nobody's count can shut out another
        entry.publicRefs += refs;
        exported.byIid.put(iid, entry);
        byIpid.put(entry.ipid, entry);
        int flags = exported.object.isPinged() ? PINGED : StdObjRef.NO_PING;
        return new Queried(HResult.S_OK, new StdObjRef(flags, refs, oxid, exported.oid, entry.ipid));
    }

    /** What an IPID means, without a sign of life; empty: nothing, or nothing any more. */
    Optional<Target> find(Guid ipid) {
        return Optional.ofNullable(byIpid.get(ipid)).map(ExportTable::target);
    }

    private static Target target(Entry entry) {
        return new Target(entry.owner.object, entry.type, new Hold(entry.owner));
    }

    /**
     * Where a call goes, and that it is a sign of life. The object stays until the call is over, whoever releases it meanwhile:
     * {@link #unhold} must follow.
     *
     * @return empty: RPC_E_DISCONNECTED
     */
    Optional<Target> called(Guid ipid, long nowNanos) {
        Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        entry.owner.lifeSignNanos = nowNanos;
        entry.owner.holds++;
        return Optional.of(target(entry));
    }

    /**
     * Asks for interfaces of the object that has that one ([MS-DCOM] 3.1.1.5.6.1.1).
     *
     * @return one for each IID; empty: RPC_E_INVALID_OBJECT
     */
    Optional<List<Queried>> query(Guid ipid, List<Guid> iids, long refs, long nowNanos) {
        Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        entry.owner.lifeSignNanos = nowNanos;
        return Optional.of(
                iids.stream().map(iid -> give(entry.owner, iid, refs)).toList());
    }

    /**
     * [MS-DCOM] 3.1.1.5.6.1.2.
     *
     * @return S_OK, CO_E_OBJNOTREG, or E_OUTOFMEMORY with nothing added: too many clients with private ones
     */
    int addRef(Guid ipid, long publicRefs, long privateRefs, Client client, long nowNanos) {
        Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return HResult.CO_E_OBJNOTREG;
        }
        entry.owner.lifeSignNanos = nowNanos;
        long held = entry.privateRefs.getOrDefault(client, 0L);
        boolean isHolder = privateRefs == 0 || held > 0 || entry.privateRefs.size() < limits.privateHoldersMax();
        if (!isHolder) {
            return HResult.E_OUTOFMEMORY;
        }
        entry.publicRefs += publicRefs;
        if (privateRefs > 0) {
            entry.privateRefs.put(client, held + privateRefs);
        }
        return HResult.S_OK;
    }

    /**
     * Gives references back; more than there are is all of them ([MS-DCOM] 3.1.1.5.6.1.3).
     *
     * @return the object, if nobody has a reference on it any more
     */
    Optional<ComObject> release(Guid ipid, long publicRefs, long privateRefs, Client client, long nowNanos) {
        Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        entry.owner.lifeSignNanos = nowNanos;
        entry.publicRefs = Math.max(0, entry.publicRefs - publicRefs);
        long held = entry.privateRefs.getOrDefault(client, 0L);
        if (privateRefs >= held) {
            entry.privateRefs.remove(client);
        } else {
            entry.privateRefs.put(client, held - privateRefs);
        }
        if (entry.isUnreferenced()) {
            byIpid.remove(entry.ipid);
            entry.owner.byIid.remove(entry.type.iid());
        }
        return removedIfUnreferenced(entry.owner);
    }

    /**
     * Takes an own OBJREF back ([MS-DCOM] 3.1.1.5.3): what its references held is held by {@link #unhold} now.
     *
     * @return empty: the object is gone, or the OBJREF was never made here
     */
    Optional<Target> hold(StdObjRef reference, Client client, long nowNanos) {
        Entry entry = byIpid.get(reference.ipid());
        if (entry == null || entry.owner.oid != reference.oid()) {
            return Optional.empty();
        }
        entry.owner.holds++;
        Target target = target(entry);
        Optional<ComObject> unreferenced = release(reference.ipid(), reference.publicRefs(), 0, client, nowNanos);
        if (unreferenced.isPresent()) {
            throw new IllegalStateException("unreferenced while held: " + target.object());
        }
        return Optional.of(target);
    }

    /** @return the object, if nobody has a reference on it any more */
    Optional<ComObject> unhold(Hold hold, long nowNanos) {
        Exported exported = hold.exported;
        if (exported.holds == 0 || !exported.equals(byOid.get(exported.oid))) {
            return Optional.empty();
        }
        exported.holds--;
        exported.lifeSignNanos = nowNanos;
        return removedIfUnreferenced(exported);
    }

    /** Whether anybody outside has a reference on the object, or a call to it runs. */
    boolean isExported(ComObject object) {
        return byObject.containsKey(object);
    }

    /**
     * Makes all references on the object worth nothing: calls are answered with RPC_E_DISCONNECTED. It may be handed out anew.
     *
     * @return false: nobody had one
     */
    boolean disconnect(ComObject object) {
        Exported exported = byObject.get(object);
        if (exported != null) {
            remove(exported);
        }
        return exported != null;
    }

    /** A ping, or the last one of a set that is given up. */
    void lifeSign(long oid, long atNanos) {
        Exported exported = byOid.get(oid);
        if (exported != null && atNanos - exported.lifeSignNanos > 0) {
            exported.lifeSignNanos = atNanos;
        }
    }

    /**
     * Takes back what the dead held: objects that nobody pings, calls or holds ([MS-DCOM] 3.1.1.6.2).
     *
     * @param isPinged whether a living ping set has the object
     * @param timeoutNanos from the last sign of life
     * @return the objects that were taken back
     */
    List<ComObject> collect(LongPredicate isPinged, long timeoutNanos, long nowNanos) {
        List<Exported> dead = new ArrayList<>();
        for (Exported exported : byOid.values()) {
            if (exported.object.isPinged()
                    && exported.holds == 0
                    && nowNanos - exported.lifeSignNanos >= timeoutNanos
                    && !isPinged.test(exported.oid)) {
                dead.add(exported);
            }
        }
        dead.forEach(this::remove);
        return dead.stream().map(exported -> exported.object).toList();
    }

    /** Takes everything back: the exporter ends. */
    List<ComObject> clear() {
        List<Exported> all = List.copyOf(byOid.values());
        all.forEach(this::remove);
        return all.stream().map(exported -> exported.object).toList();
    }

    private Optional<ComObject> removedIfUnreferenced(Exported exported) {
        if (!exported.isUnreferenced()) {
            return Optional.empty();
        }
        remove(exported);
        return Optional.of(exported.object);
    }

    private void remove(Exported exported) {
        byOid.remove(exported.oid);
        byObject.remove(exported.object);
        exported.byIid.values().forEach(entry -> byIpid.remove(entry.ipid));
        objectsOf.computeIfPresent(exported.chargedTo, (client, count) -> count == 1 ? null : count - 1);
    }
}
