package org.tandemopc.dcom.orpc.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * <p>An interface goes when its last reference goes, the object when its last interface goes. References are counted for each
 * client: one that vanishes gives back its own, and another's stay. A call on either is answered with
 * RPC_E_DISCONNECTED from then on, and giving it back again is no error: clients release in batches, late, and twice.
 *
 * <p>Deviation: an own OBJREF that comes back keeps its object until the pointer made of it is closed, where [MS-DCOM] 3.1.1.5.3
 * gives its references back at once; the object would be told that nobody needs it while the method uses it.
 */
final class ExportTable {
    /** SORF flags of objects that are pinged. */
    private static final int PINGED = 0;

    /** An interface, and what keeps its object while it is used. */
    record Target(ComObject object, InterfaceDef<?> type, Hold hold) {}

    /** An interface, as something to ask about. */
    record Found(ComObject object, InterfaceDef<?> type) {}

    /** Keeps an object exported until it is given to {@link #unhold}. */
    static final class Hold {
        private final Exported exported;
        private final Client client;

        private Hold(Exported exported, Client client) {
            this.exported = exported;
            this.client = client;
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
    private final Map<Guid, Exported.Entry> byIpid = new HashMap<>();
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
            exported = admit(object, client, nowNanos);
        }
        Queried given = give(exported, iid, refs, client, nowNanos);
        StdObjRef reference = given.reference();
        if (reference == null) {
            if (isNew) {
                remove(exported);
            }
            throw new ExportLimitException("0x%08X: interface %s of %s".formatted(given.hresult(), iid, object));
        }
        return reference;
    }

    private Exported admit(ComObject object, Client client, long nowNanos) {
        if (!hasRoomFor(client)) {
            throw new ExportLimitException("%d objects are exported, %d of them to %s"
                    .formatted(byOid.size(), objectsOf.getOrDefault(client, 0), client));
        }
        Exported exported = new Exported(oids.getAsLong(), object, client, nowNanos);
        byOid.put(exported.oid(), exported);
        byObject.put(object, exported);
        objectsOf.merge(client, 1, Integer::sum);
        return exported;
    }

    private Queried give(Exported exported, Guid iid, long refs, Client client, long nowNanos) {
        Exported.Entry entry = exported.find(iid);
        if (entry == null) {
            InterfaceDef<?> type = exported.object().find(iid).orElse(null);
            if (type == null) {
                exported.lifeSign(client, nowNanos);
                return new Queried(HResult.E_NOINTERFACE, null);
            }
            entry = exported.add(ipids.get(), type, new ReferenceCounts(limits.holdersMax()));
            byIpid.put(entry.ipid(), entry);
        }
        var unused = entry.counts().add(client, refs, 0);
        exported.lifeSign(client, nowNanos);
        int flags = exported.object().isPinged() ? PINGED : StdObjRef.NO_PING;
        return new Queried(HResult.S_OK, new StdObjRef(flags, refs, oxid, exported.oid(), entry.ipid()));
    }

    /** What an IPID means, without a sign of life; empty: nothing, or nothing any more. */
    Optional<Found> find(Guid ipid) {
        return Optional.ofNullable(byIpid.get(ipid))
                .map(entry -> new Found(entry.owner().object(), entry.type()));
    }

    /**
     * Where a call goes, and that it is a sign of life. The object stays until the call is over, whoever releases it meanwhile:
     * {@link #unhold} must follow.
     *
     * @return empty: RPC_E_DISCONNECTED
     */
    Optional<Target> called(Guid ipid, Client client, long nowNanos) {
        Exported.Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        entry.owner().lifeSign(client, nowNanos);
        return Optional.of(held(entry, client));
    }

    private static Target held(Exported.Entry entry, Client client) {
        entry.owner().hold();
        return new Target(entry.owner().object(), entry.type(), new Hold(entry.owner(), client));
    }

    /**
     * Asks for interfaces of the object that has that one ([MS-DCOM] 3.1.1.5.6.1.1).
     *
     * @return one for each IID; empty: RPC_E_INVALID_OBJECT
     */
    Optional<List<Queried>> query(Guid ipid, List<Guid> iids, long refs, Client client, long nowNanos) {
        Exported.Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(iids.stream()
                .map(iid -> give(entry.owner(), iid, refs, client, nowNanos))
                .toList());
    }

    /**
     * [MS-DCOM] 3.1.1.5.6.1.2.
     *
     * @return S_OK, CO_E_OBJNOTREG, or E_OUTOFMEMORY with nothing added: too many clients with private ones
     */
    int addRef(Guid ipid, long publicRefs, long privateRefs, Client client, long nowNanos) {
        Exported.Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return HResult.CO_E_OBJNOTREG;
        }
        boolean isAdded = entry.counts().add(client, publicRefs, privateRefs);
        entry.owner().lifeSign(client, nowNanos);
        return isAdded ? HResult.S_OK : HResult.E_OUTOFMEMORY;
    }

    /**
     * Gives references back; more than there are is all of them ([MS-DCOM] 3.1.1.5.6.1.3).
     *
     * @return the object, if nobody has a reference on it any more
     */
    Optional<ComObject> release(Guid ipid, long publicRefs, long privateRefs, Client client, long nowNanos) {
        Exported.Entry entry = byIpid.get(ipid);
        if (entry == null) {
            return Optional.empty();
        }
        entry.counts().release(client, publicRefs, privateRefs);
        entry.owner().released(client, nowNanos);
        if (entry.owner().removeIfUnheld(entry)) {
            byIpid.remove(entry.ipid());
        }
        return removedIfUnreferenced(entry.owner());
    }

    /**
     * Takes an own OBJREF back ([MS-DCOM] 3.1.1.5.3): what its references held is held by {@link #unhold} now.
     *
     * @return empty: the object is gone, or the OBJREF was never made here
     */
    Optional<Target> hold(StdObjRef reference, Client client, long nowNanos) {
        Exported.Entry entry = byIpid.get(reference.ipid());
        if (entry == null || entry.owner().oid() != reference.oid()) {
            return Optional.empty();
        }
        Target target = held(entry, client);
        Optional<ComObject> unreferenced = release(reference.ipid(), reference.publicRefs(), 0, client, nowNanos);
        if (unreferenced.isPresent()) {
            throw new IllegalStateException("unreferenced while held: " + target.object());
        }
        return Optional.of(target);
    }

    /** @return the object, if nobody has a reference on it any more */
    Optional<ComObject> unhold(Hold hold, long nowNanos) {
        Exported exported = hold.exported;
        if (!exported.equals(byOid.get(exported.oid())) || !exported.unhold()) {
            return Optional.empty();
        }
        exported.lifeSign(hold.client, nowNanos);
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
    void lifeSign(long oid, Client client, long atNanos) {
        Exported exported = byOid.get(oid);
        if (exported != null) {
            exported.lifeSign(client, atNanos);
        }
    }

    /** Which objects living ping sets have. */
    interface Pings {
        boolean has(long oid);

        /** In a set of that client's. */
        boolean has(long oid, Client client);

        static Pings none() {
            return new Pings() {
                @Override
                public boolean has(long oid) {
                    return false;
                }

                @Override
                public boolean has(long oid, Client client) {
                    return false;
                }
            };
        }
    }

    /**
     * Takes back what the dead held, and the objects that nobody else holds, calls or pings ([MS-DCOM] 3.1.1.6.2).
     *
     * @param timeoutNanos from the last sign of life
     * @return the objects that were taken back
     */
    List<ComObject> collect(Pings pings, long timeoutNanos, long nowNanos) {
        List<Exported> dead = new ArrayList<>();
        for (Exported exported : byOid.values()) {
            if (!exported.object().isPinged() || exported.isHeld()) {
                continue;
            }
            long oid = exported.oid();
            exported.forgetSilent(client -> pings.has(oid, client), pings.has(oid), timeoutNanos, nowNanos)
                    .forEach(entry -> byIpid.remove(entry.ipid()));
            if (exported.isUnreferenced()) {
                dead.add(exported);
            }
        }
        dead.forEach(this::remove);
        return dead.stream().map(Exported::object).toList();
    }

    /** Takes everything back: the exporter ends. */
    List<ComObject> clear() {
        List<Exported> all = List.copyOf(byOid.values());
        all.forEach(this::remove);
        return all.stream().map(Exported::object).toList();
    }

    private Optional<ComObject> removedIfUnreferenced(Exported exported) {
        if (!exported.isUnreferenced()) {
            return Optional.empty();
        }
        remove(exported);
        return Optional.of(exported.object());
    }

    private void remove(Exported exported) {
        byOid.remove(exported.oid());
        byObject.remove(exported.object());
        exported.entries().forEach(entry -> byIpid.remove(entry.ipid()));
        objectsOf.computeIfPresent(exported.chargedTo(), (client, count) -> count == 1 ? null : count - 1);
    }
}
