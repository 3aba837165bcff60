package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * The OPC DA front door, and the door for members that call back.
 *
 * @param host address or name to listen on
 * @param port 135, as clients know no other; 1 to 65535
 * @param objectPorts for calls on objects; empty: at {@code port} too
 * @param callbackPorts where members call back
 * @param level of clients' calls, the least
 * @param oldClients whether clients may log in by NTLM of old, without keys and signatures
 * @param accounts of clients; also those by which members may call back
 * @param callbackLevel of members' callbacks, the least
 */
public record OpcDaConfig(
        String host,
        int port,
        Optional<PortSpan> objectPorts,
        PortSpan callbackPorts,
        DaLevel level,
        boolean oldClients,
        List<MemberConfig.Account> accounts,
        DaLevel callbackLevel)
        implements DoorConfig {
    /** [MS-DCOM] 1.9. */
    public static final int RESOLVER_PORT = 135;

    public OpcDaConfig {
        accounts = List.copyOf(accounts);
    }

    /**
     * The account that a client means: {@code user} fits any domain, {@code DOMAIN\\user} that one alone. Capitals do not count.
     *
     * @param domain as the client names it; may be empty
     */
    public Optional<MemberConfig.Account> account(String domain, String user) {
        return accounts.stream()
                .filter(one -> one.user().equalsIgnoreCase(domain + '\\' + user))
                .findFirst()
                .or(() -> accounts.stream()
                        .filter(one -> one.user().equalsIgnoreCase(user))
                        .findFirst());
    }

    @Override
    public ProtocolKind kind() {
        return ProtocolKind.OPC_DA;
    }
}
