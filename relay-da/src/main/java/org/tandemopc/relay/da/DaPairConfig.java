package org.tandemopc.relay.da;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.rpc.Principal;

/**
 * What OPC DA needs to know of a pair, beside its settings.
 *
 * @param clsid by which clients activate it here
 * @param members in the order of the pair's settings
 * @param readers which accounts may connect
 * @param writers which accounts may write, of those that may connect
 */
public record DaPairConfig(
        Guid clsid, List<Member> members, Predicate<Principal> readers, Predicate<Principal> writers) {
    public DaPairConfig {
        members = List.copyOf(members);
    }

    /** Who may log in may connect. */
    public DaPairConfig(Guid clsid, List<Member> members, Predicate<Principal> writers) {
        this(clsid, members, account -> true, writers);
    }

    /**
     * One server of the pair.
     *
     * @param clsid empty: the host's OpcEnum is asked for that of the ProgID
     * @param account by which Tandem calls it, for all clients: a login of NTLM cannot be handed on
     */
    public record Member(RemoteHost host, Optional<Guid> clsid, Optional<String> progId, ClientSecurity account) {
        public Member(RemoteHost host, Guid clsid, ClientSecurity account) {
            this(host, Optional.of(clsid), Optional.empty(), account);
        }
    }
}
