package org.tandemopc.core.config;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One OPC DA server of a pair. Its class is known by its CLSID, or is asked for at the host's OpcEnum by its ProgID.
 *
 * @param host name or address
 * @param port of its object resolver: 135, unless something forwards another one
 * @param progId empty: only {@code clsid} is known
 * @param clsid is used where there is one, and nobody is asked
 * @param level of calls, the least
 * @param account by which Tandem calls it, for all clients, as a login of NTLM cannot be handed on; null with level none alone
 */
public record DaMemberConfig(
        String host,
        int port,
        String progId,
        Optional<UUID> clsid,
        DaLevel level,
        @Nullable Account account) implements MemberConfig {
    /** @throws IllegalArgumentException neither ProgID nor CLSID */
    public DaMemberConfig {
        if (progId.isEmpty() && clsid.isEmpty()) {
            throw new IllegalArgumentException("a member needs a ProgID or a CLSID");
        }
    }

    @Override
    public String machine() {
        return port == OpcDaConfig.RESOLVER_PORT ? host : new Address(host, port).text();
    }

    @Override
    public ProtocolKind kind() {
        return ProtocolKind.OPC_DA;
    }
}
