package org.tandemopc.simulator;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.milo.opcua.sdk.server.identity.UsernameIdentityValidator.AuthenticationChallenge;

/** Who may log in with a password. What is withdrawn counts for logins to come. Thread-safe. */
final class Users {
    private final Map<String, String> passwords;
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();

    Users(Map<String, String> passwords) {
        this.passwords = passwords;
    }

    boolean areLetIn(AuthenticationChallenge challenge) {
        String user = challenge.getUsername();
        return !revoked.contains(user) && challenge.getPassword().equals(passwords.get(user));
    }

    /** @throws IllegalArgumentException for somebody unknown */
    void setRevoked(String user, boolean isRevoked) {
        if (!passwords.containsKey(user)) {
            throw new IllegalArgumentException("no user " + user);
        }
        if (isRevoked) {
            revoked.add(user);
        } else {
            revoked.remove(user);
        }
    }
}
