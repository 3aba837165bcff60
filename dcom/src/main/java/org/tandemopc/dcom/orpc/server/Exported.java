package org.tandemopc.dcom.orpc.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.InterfaceDef;

/**
 * An object that is handed out: its interfaces, who has references on them, and when each of those was last heard of.
 * Not thread-safe.
 */
final class Exported {
    /** One of its interfaces. */
    static final class Entry {
        private final Guid ipid;
        private final InterfaceDef<?> type;
        private final Exported owner;
        private final ReferenceCounts counts;

        private Entry(Guid ipid, InterfaceDef<?> type, Exported owner, ReferenceCounts counts) {
            this.ipid = ipid;
            this.type = type;
            this.owner = owner;
            this.counts = counts;
        }

        Guid ipid() {
            return ipid;
        }

        InterfaceDef<?> type() {
            return type;
        }

        Exported owner() {
            return owner;
        }

        ReferenceCounts counts() {
            return counts;
        }
    }

    private final long oid;
    private final ComObject object;
    private final Client chargedTo;
    private final Map<Guid, Entry> byIid = new LinkedHashMap<>();

    /** Of clients that have references by name: when each was last heard of. */
    private final Map<Client, Long> signs = new HashMap<>();

    /** Of all others together. */
    private long othersSignNanos;

    private int holds;

    /** @param chargedTo whose room it takes: who had it handed out first */
    Exported(long oid, ComObject object, Client chargedTo, long nowNanos) {
        this.oid = oid;
        this.object = object;
        this.chargedTo = chargedTo;
        this.othersSignNanos = nowNanos;
    }

    long oid() {
        return oid;
    }

    ComObject object() {
        return object;
    }

    Client chargedTo() {
        return chargedTo;
    }

    Collection<Entry> entries() {
        return byIid.values();
    }

    @Nullable
    Entry find(Guid iid) {
        return byIid.get(iid);
    }

    Entry add(Guid ipid, InterfaceDef<?> type, ReferenceCounts counts) {
        Entry entry = new Entry(ipid, type, this, counts);
        byIid.put(type.iid(), entry);
        return entry;
    }

    void hold() {
        holds++;
    }

    boolean isHeld() {
        return holds > 0;
    }

    /** @return false: it was not held */
    boolean unhold() {
        if (holds == 0) {
            return false;
        }
        holds--;
        return true;
    }

    boolean isUnreferenced() {
        return holds == 0
                && byIid.values().stream().allMatch(entry -> entry.counts().isNone());
    }

    /** The client needs the object, as it said then. */
    void lifeSign(Client client, long atNanos) {
        if (isHolder(client)) {
            signs.merge(client, atNanos, Exported::later);
        } else {
            othersSignNanos = later(othersSignNanos, atNanos);
        }
    }

    /** The client gave references back: a sign of life, unless they were its last. */
    void released(Client client, long nowNanos) {
        boolean wasHolder = signs.containsKey(client);
        signs.keySet().removeIf(one -> !isHolder(one));
        if (!wasHolder || signs.containsKey(client)) {
            lifeSign(client, nowNanos);
        }
    }

    private boolean isHolder(Client client) {
        return byIid.values().stream().anyMatch(entry -> entry.counts().isHolder(client));
    }

    /** Nanoseconds of a clock that may turn over. */
    private static long later(long a, long b) {
        return b - a > 0 ? b : a;
    }

    /**
     * Takes back what clients held that are gone: that say nothing for so long, and have no set of pings with the object any more.
     * Their public references count on while anybody else pings the object, who may have been handed them.
     *
     * @param isPingedBy whether a living set of that client has the object
     * @param isPinged whether one of anybody has
     * @return interfaces that nobody has any more
     */
    List<Entry> forgetSilent(Predicate<Client> isPingedBy, boolean isPinged, long timeoutNanos, long nowNanos) {
        List<Entry> held = byIid.values().stream()
                .filter(entry -> !entry.counts().isNone())
                .toList();
        signs.entrySet().removeIf(sign -> {
            boolean isGone = nowNanos - sign.getValue() >= timeoutNanos && !isPingedBy.test(sign.getKey());
            if (isGone) {
                held.forEach(entry -> entry.counts().orphan(sign.getKey()));
                othersSignNanos = later(othersSignNanos, sign.getValue());
            }
            return isGone;
        });
        if (!isPinged && nowNanos - othersSignNanos >= timeoutNanos) {
            held.forEach(entry -> entry.counts().dropStrays());
        }
        return held.stream().filter(this::removeIfUnheld).toList();
    }

    /** @return true: nobody has the interface any more, and it is one no longer */
    boolean removeIfUnheld(Entry entry) {
        return entry.counts().isNone() && byIid.remove(entry.type().iid(), entry);
    }
}
