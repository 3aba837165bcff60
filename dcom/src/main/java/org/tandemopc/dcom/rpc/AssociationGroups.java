package org.tandemopc.dcom.rpc;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The groups that have connections; as many as there are connections at most. Thread-safe. */
final class AssociationGroups {
    private static final class Members {
        private final AssociationGroup group;
        private int connections = 1;

        Members(AssociationGroup group) {
            this.group = group;
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Members> byId = new HashMap<>();

    /**
     * @param asked 0: a new group
     * @return null: there is no such group, or it is another machine's: whoever guesses a number gets nobody's handles
     */
    @Nullable
    synchronized AssociationGroup join(long asked, InetAddress client) {
        if (asked == 0) {
            AssociationGroup group = new AssociationGroup(freeId(), client);
            byId.put(group.id(), new Members(group));
            return group;
        }
        Members members = byId.get(asked);
        if (members == null || !members.group.client().equals(client)) {
            return null;
        }
        members.connections++;
        return members.group;
    }

    synchronized void leave(AssociationGroup group) {
        Members members = byId.get(group.id());
        if (members != null && --members.connections == 0) {
            byId.remove(group.id());
        }
    }

    synchronized int size() {
        return byId.size();
    }

    private long freeId() {
        long id;
        do {
            id = Integer.toUnsignedLong(random.nextInt());
        } while (id == 0 || byId.containsKey(id));
        return id;
    }
}
