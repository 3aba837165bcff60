package org.tandemopc.relay.da.back;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;

/**
 * Where a member of a pair is. Immutable.
 *
 * @param member index in the pair's list
 * @param host the only one that is connected to for it, whatever its object references say
 * @param clsid of the server; its ProgID is for people
 */
public record DaMemberAddress(int member, RemoteHost host, Guid clsid) {
    @Override
    public String toString() {
        return "member %d, %s at %s".formatted(member, clsid, host);
    }
}
