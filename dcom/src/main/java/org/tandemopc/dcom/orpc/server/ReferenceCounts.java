package org.tandemopc.dcom.orpc.server;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The references on one interface, by whom they were given to ([MS-DCOM] 3.1.1.5.6.1.2, 3.1.1.5.6.1.3). Private ones are their
 * client's alone, and end with it. Public ones may be handed on from client to client without a word to the server: who gives
 * back more than he was given, gives back another's, and those of a client that is gone may be somebody else's by now. Decides,
 * and does nothing. Not thread-safe.
 */
final class ReferenceCounts {
    private static final class Held {
        private long publicRefs;
        private long privateRefs;

        boolean isNothing() {
            return publicRefs == 0 && privateRefs == 0;
        }
    }

    private final int holdersMax;
    private final Map<Client, Held> holders = new LinkedHashMap<>();

    /** Public ones of nobody by name: their client is gone, or was one of too many. */
    private long strays;

    /** @param holdersMax clients that are known by name */
    ReferenceCounts(int holdersMax) {
        this.holdersMax = holdersMax;
    }

    boolean isNone() {
        return holders.isEmpty() && strays == 0;
    }

    boolean isHolder(Client client) {
        return holders.containsKey(client);
    }

    /** @return false: nothing was added, as too many clients have private ones */
    boolean add(Client client, long publicRefs, long privateRefs) {
        if (publicRefs == 0 && privateRefs == 0) {
            return true;
        }
        Held held = holders.get(client);
        if (held == null && holders.size() >= holdersMax) {
            if (privateRefs > 0) {
                return false;
            }
            strays += publicRefs;
            return true;
        }
        if (held == null) {
            held = new Held();
            holders.put(client, held);
        }
        // two billion times the most that one call can add fits: nobody's count can shut out another
        held.publicRefs += publicRefs;
        held.privateRefs += privateRefs;
        return true;
    }

    /** More than there are is all of them: his own first, then those of nobody by name, then another's. */
    void release(Client client, long publicRefs, long privateRefs) {
        long left = publicRefs;
        Held own = holders.get(client);
        if (own != null) {
            own.privateRefs -= Math.min(own.privateRefs, privateRefs);
            left -= take(own, left);
            if (own.isNothing()) {
                holders.remove(client);
            }
        }
        long stray = Math.min(strays, left);
        strays -= stray;
        left -= stray;
        Iterator<Held> others = holders.values().iterator();
        while (left > 0 && others.hasNext()) {
            Held other = others.next();
            left -= take(other, left);
            if (other.isNothing()) {
                others.remove();
            }
        }
    }

    private static long take(Held held, long most) {
        long taken = Math.min(held.publicRefs, most);
        held.publicRefs -= taken;
        return taken;
    }

    /** The client is gone: its private references with it, and its public ones are nobody's by name. */
    void orphan(Client client) {
        Held held = holders.remove(client);
        if (held != null) {
            strays += held.publicRefs;
        }
    }

    /** Nobody can be left who has those of nobody by name. */
    void dropStrays() {
        strays = 0;
    }
}
