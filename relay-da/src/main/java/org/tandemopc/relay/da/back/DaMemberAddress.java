package org.tandemopc.relay.da.back;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;

/**
 * Where a member of a pair is. Immutable.
 *
 * @param member index in the pair's list
 * @param host the only one that is connected to for it, whatever its object references say
 * @param clsid of the server, used as it is; empty: OpcEnum of the host is asked for that of the ProgID
 * @param progId for people where there is a CLSID; empty: none is known
 */
public record DaMemberAddress(int member, RemoteHost host, Optional<Guid> clsid, Optional<String> progId) {
    /** @throws IllegalArgumentException neither CLSID nor ProgID */
    public DaMemberAddress {
        if (clsid.isEmpty() && progId.isEmpty()) {
            throw new IllegalArgumentException("member %d at %s has neither CLSID nor ProgID".formatted(member, host));
        }
    }

    public DaMemberAddress(int member, RemoteHost host, Guid clsid) {
        this(member, host, Optional.of(clsid), Optional.empty());
    }

    /** The server as people know it. */
    String server() {
        return progId.orElseGet(() -> clsid.map(Guid::toString).orElse(""));
    }

    @Override
    public String toString() {
        return "member %d, %s at %s".formatted(member, server(), host);
    }
}
