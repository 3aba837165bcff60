package org.tandemopc.dcom.rpc;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;

/**
 * The connections of one client process to this server (C706 9.3.3.2), and the context handles that it holds. A group
 * lives as long as one of its connections. Thread-safe.
 */
public final class AssociationGroup {
    /** A client that opens handles and never closes them loses its oldest. */
    private static final int HANDLES_MAX = 64;

    private final long id;
    private final InetAddress client;
    private final Map<Guid, Object> handles = new LinkedHashMap<>();

    AssociationGroup(long id, InetAddress client) {
        this.id = id;
        this.client = client;
    }

    /** Not 0. */
    public long id() {
        return id;
    }

    InetAddress client() {
        return client;
    }

    /** @return the handle's UUID, which no other client can guess */
    public Guid open(Object state) {
        Guid handle = Guid.random();
        synchronized (handles) {
            if (handles.size() == HANDLES_MAX) {
                handles.remove(handles.keySet().iterator().next());
            }
            handles.put(handle, state);
        }
        return handle;
    }

    /** @return null: not a handle of this group, or of another type */
    public <T> @Nullable T find(Guid handle, Class<T> type) {
        synchronized (handles) {
            Object state = handles.get(handle);
            return type.isInstance(state) ? type.cast(state) : null;
        }
    }

    /** @return false: there is none */
    public boolean close(Guid handle) {
        synchronized (handles) {
            return handles.remove(handle) != null;
        }
    }
}
