package org.tandemopc.dcom.rpc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logins of a connection by auth_context_id. Peers make new ones without end (impacket one for each change of interface):
 * beyond the limit the one goes that was not used for longest. For the reader thread alone.
 */
final class SecurityContexts {
    private final int max;
    private final Map<Long, SecurityContext> byId = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable SecurityContext first;

    SecurityContexts(int max) {
        this.max = max;
    }

    @Nullable
    SecurityContext get(long id) {
        return byId.get(id);
    }

    /** Takes the place of one that had the same id. */
    void put(SecurityContext context) {
        byId.put(context.id(), context);
        if (first == null || first.id() == context.id()) {
            first = context;
        }
        if (byId.size() > max) {
            byId.remove(byId.keySet().iterator().next());
        }
    }

    /** That of the bind: whom a PDU without trailer is from. */
    @Nullable
    SecurityContext first() {
        return first;
    }

    int size() {
        return byId.size();
    }
}
