package org.tandemopc.dcom.orpc.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ping sets of a resolver ([MS-DCOM] 3.1.2.1): which objects each client says to need, and when it last said so. Decides,
 * and does nothing. A set is its maker's: to everybody else it does not exist. Not thread-safe.
 */
final class PingSets implements ExportTable.Pings {
    static final int OK = 0;

    /** OR_INVALID_OID ([MS-ERREF] 2.2). */
    static final int INVALID_OID = 1911;

    /** OR_INVALID_SET. */
    static final int INVALID_SET = 1912;

    /** ERROR_OUTOFMEMORY: a limit. */
    static final int NO_ROOM = 14;

    private static final int HALF_OF_NUMBERS = 0x8000;

    private static final class PingSet {
        private final Client owner;
        private final Set<Long> oids = new LinkedHashSet<>();
        private int sequence;
        private long pingedNanos;

        PingSet(Client owner) {
            this.owner = owner;
        }
    }

    /** @param setId 0: there is none */
    record Answer(long setId, int status) {}

    /** @param pingedNanos when the client last said that it needs the object */
    record Dropped(long oid, Client client, long pingedNanos) {}

    private final PingLimits limits;
    private final LongSupplier setIds;
    private final Map<Long, PingSet> sets = new HashMap<>();
    private final Map<Client, Integer> setsOf = new HashMap<>();
    private final Map<Client, Integer> objectsOf = new HashMap<>();
    private final Map<Long, Map<Client, Integer>> setsWith = new HashMap<>();
    private int objects;

    /** @param setIds fresh numbers that nobody can guess, never 0 */
    PingSets(PingLimits limits, LongSupplier setIds) {
        this.limits = limits;
        this.setIds = setIds;
    }

    int size() {
        return sets.size();
    }

    @Override
    public boolean has(long oid) {
        return setsWith.containsKey(oid);
    }

    @Override
    public boolean has(long oid, Client client) {
        return setsWith.getOrDefault(oid, Map.of()).containsKey(client);
    }

    /** @return OK or INVALID_SET */
    int simplePing(long setId, Client client, long nowNanos) {
        PingSet set = find(setId, client);
        if (set == null) {
            return INVALID_SET;
        }
        set.pingedNanos = nowNanos;
        return OK;
    }

    /**
     * Makes a set, or changes one ([MS-DCOM] 3.1.2.5.1.3). What can be added is added, also if other objects are unknown; of a
     * new set unknown ones say nothing. A number before the set's own is late: nothing is done, which is OK. Some peers send 0
     * always.
     *
     * @param setId 0: a new one
     * @param known whether an object is exported
     * @param dropped is told what the client took out
     */
    Answer complexPing(
            long setId,
            int sequence,
            List<Long> add,
            List<Long> remove,
            Client client,
            LongPredicate known,
            List<Dropped> dropped,
            long nowNanos) {
        if (setId == 0) {
            return made(sequence, add, client, known, nowNanos);
        }
        PingSet set = find(setId, client);
        if (set == null) {
            return new Answer(setId, INVALID_SET);
        }
        if (isBefore(sequence, set.sequence)) {
            return new Answer(setId, OK);
        }
        int status = add(set, add, known);
        for (long oid : remove) {
            if (set.oids.remove(oid)) {
                forget(oid, set);
                dropped.add(new Dropped(oid, client, nowNanos));
            }
        }
        set.pingedNanos = nowNanos;
        set.sequence = sequence;
        return new Answer(setId, status);
    }

    private Answer made(int sequence, List<Long> add, Client client, LongPredicate known, long nowNanos) {
        int ofClient = setsOf.getOrDefault(client, 0);
        if (sets.size() >= limits.setsMax() || ofClient >= limits.setsPerClientMax()) {
            return new Answer(0, NO_ROOM);
        }
        PingSet set = new PingSet(client);
        set.sequence = sequence;
        set.pingedNanos = nowNanos;
        long setId = setIds.getAsLong();
        sets.put(setId, set);
        setsOf.put(client, ofClient + 1);
        int status = add(set, add, known);
        if (status == NO_ROOM) {
            set.oids.forEach(oid -> forget(oid, set));
            sets.remove(setId);
            ended(set);
            return new Answer(0, NO_ROOM);
        }
        return new Answer(setId, OK);
    }

    private int add(PingSet set, List<Long> add, LongPredicate known) {
        if (!hasRoom(set, add.size())) {
            // many clients never take out what is gone anyhow
            List<Long> gone = set.oids.stream().filter(oid -> !known.test(oid)).toList();
            gone.forEach(set.oids::remove);
            gone.forEach(oid -> forget(oid, set));
        }
        int status = OK;
        for (long oid : add) {
            if (!known.test(oid)) {
                status = INVALID_OID;
            } else if (!set.oids.contains(oid)) {
                if (!hasRoom(set, 1)) {
                    return NO_ROOM;
                }
                set.oids.add(oid);
                objects++;
                objectsOf.merge(set.owner, 1, Integer::sum);
                setsWith.computeIfAbsent(oid, key -> new HashMap<>()).merge(set.owner, 1, Integer::sum);
            }
        }
        return status;
    }

    /** On a circle of 65,536. */
    private static boolean isBefore(int sequence, int mine) {
        return Math.floorMod(sequence - mine, 2 * HALF_OF_NUMBERS) >= HALF_OF_NUMBERS;
    }

    private @Nullable PingSet find(long setId, Client client) {
        PingSet set = sets.get(setId);
        return set == null || !set.owner.equals(client) ? null : set;
    }

    /** Ends the sets of clients that were silent for too long ([MS-DCOM] 3.1.2.6), and says which objects they had. */
    List<Dropped> expire(long nowNanos) {
        long timeoutNanos = limits.timeout().toNanos();
        List<Dropped> dropped = new ArrayList<>();
        sets.values().removeIf(set -> {
            boolean isDead = nowNanos - set.pingedNanos >= timeoutNanos;
            if (isDead) {
                for (long oid : set.oids) {
                    forget(oid, set);
                    dropped.add(new Dropped(oid, set.owner, set.pingedNanos));
                }
                ended(set);
            }
            return isDead;
        });
        return dropped;
    }

    private boolean hasRoom(PingSet set, int more) {
        return set.oids.size() + more <= limits.objectsPerSetMax()
                && objectsOf.getOrDefault(set.owner, 0) + more <= limits.objectsPerClientMax()
                && objects + more <= limits.objectsMax();
    }

    private void forget(long oid, PingSet set) {
        objects--;
        objectsOf.computeIfPresent(set.owner, (client, count) -> count == 1 ? null : count - 1);
        setsWith.computeIfPresent(oid, (ignored, owners) -> {
            owners.computeIfPresent(set.owner, (client, count) -> count == 1 ? null : count - 1);
            return owners.isEmpty() ? null : owners;
        });
    }

    private void ended(PingSet set) {
        setsOf.computeIfPresent(set.owner, (client, count) -> count == 1 ? null : count - 1);
    }
}
