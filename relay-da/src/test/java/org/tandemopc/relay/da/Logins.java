package org.tandemopc.relay.da;

import java.util.Optional;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.client.ClientSecurity;

/** The one account of the tests, "opc", in both roles. */
public final class Logins {
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    private static final NtHash HASH = NtHash.of(PASSWORD.toCharArray());

    private Logins() {}

    public static NtlmAcceptor acceptor() {
        return new NtlmAcceptor(
                NtlmServerSettings.of("PLANT"),
                (domain, user) -> user.equals(USER) ? Optional.of(HASH) : Optional.empty());
    }

    public static ClientSecurity account() {
        return ClientSecurity.of(NtlmClientSettings.of("STATION"), NtlmCredentials.of(USER, PASSWORD.toCharArray()));
    }

    /** Known to nobody. */
    public static ClientSecurity stranger() {
        return ClientSecurity.of(NtlmClientSettings.of("STATION"), NtlmCredentials.of("eve", "guess".toCharArray()));
    }
}
