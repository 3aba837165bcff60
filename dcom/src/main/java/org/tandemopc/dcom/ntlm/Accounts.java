package org.tandemopc.dcom.ntlm;

import java.util.Optional;

/** The users that a server knows. Any thread. */
@FunctionalInterface
public interface Accounts {
    /**
     * @param domain as the client named it, which nothing vouches for; may be empty
     * @param user in any case
     * @return empty: there is no such user
     */
    Optional<NtHash> find(String domain, String user);
}
