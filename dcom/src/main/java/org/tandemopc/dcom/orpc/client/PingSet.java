package org.tandemopc.dcom.orpc.client;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;

/**
 * The objects at one resolver that a client uses, and what has to be said so that they live ([MS-DCOM] 3.2.6.1). Says what the
 * next ping is, and hears how it went; sends nothing and knows no time. Not thread-safe.
 *
 * <p>Changes gather between pings. A resolver that has forgotten the set gets a new one with everything in it; a ping that did
 * not go through is forgotten, and the next one says what that one would have.
 */
final class PingSet {
    /** Of each kind in one ping; the count itself has 16 bits. */
    static final int CHANGES_MAX = 10_000;

    private static final int SEQUENCE_MASK = 0xFFFF;

    /** How many pointers into each object there are. */
    private final Map<Long, Integer> uses = new HashMap<>();

    /** What the resolver has heard of. */
    private final Set<Long> told = new HashSet<>();

    private long setId;
    private int sequence;

    /** What is to be sent. */
    sealed interface Ping {
        /** Nothing has changed. */
        record Simple(IObjectExporter.SimplePingRequest request) implements Ping {}

        record Complex(IObjectExporter.ComplexPingRequest request) implements Ping {}
    }

    void use(long oid) {
        uses.merge(oid, 1, Integer::sum);
    }

    void unuse(long oid) {
        uses.computeIfPresent(oid, (key, count) -> count == 1 ? null : count - 1);
    }

    boolean isEmpty() {
        return uses.isEmpty();
    }

    int size() {
        return uses.size();
    }

    /** @return empty: nothing is in use there, and nothing is left to say */
    Optional<Ping> next() {
        List<Long> added = uses.keySet().stream()
                .filter(oid -> !told.contains(oid))
                .limit(CHANGES_MAX)
                .toList();
        List<Long> removed = told.stream()
                .filter(oid -> !uses.containsKey(oid))
                .limit(CHANGES_MAX)
                .toList();
        if (setId == 0 && added.isEmpty()) {
            return Optional.empty();
        }
        if (added.isEmpty() && removed.isEmpty()) {
            return Optional.of(new Ping.Simple(new IObjectExporter.SimplePingRequest(setId)));
        }
        sequence = (sequence + 1) & SEQUENCE_MASK;
        return Optional.of(new Ping.Complex(new IObjectExporter.ComplexPingRequest(setId, sequence, added, removed)));
    }

    /** @return whether there is more to say at once: the resolver has forgotten the set, or not all fitted */
    boolean answered(Ping ping, long answeredSetId, int status) {
        if (status == IObjectExporter.INVALID_SET) {
            boolean wasKnown = setId != 0;
            forget();
            return wasKnown && !uses.isEmpty();
        }
        if (!(ping instanceof Ping.Complex(IObjectExporter.ComplexPingRequest request))) {
            return false;
        }
        // an object that is not there any more is none that lives longer for being told again: its calls say what is
        // wrong
        boolean isTaken = status == 0 || status == IObjectExporter.INVALID_OID;
        if (!isTaken || answeredSetId == 0) {
            return false;
        }
        setId = answeredSetId;
        told.addAll(request.added());
        told.removeAll(new HashSet<>(request.removed()));
        if (told.isEmpty() && uses.isEmpty()) {
            // the resolver lets an empty set lapse by itself
            forget();
            return false;
        }
        return !told.containsAll(uses.keySet()) || told.size() > uses.size();
    }

    private void forget() {
        setId = 0;
        sequence = 0;
        told.clear();
    }
}
