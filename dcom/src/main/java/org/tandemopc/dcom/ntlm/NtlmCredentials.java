package org.tandemopc.dcom.ntlm;

import java.util.Optional;

/** Who a client logs in as. Holds the hash of the password, not the password. Immutable. */
public final class NtlmCredentials {
    /** Nobody: [MS-NLMP] 3.2.5.1.2, NullSession. Needs {@link Leniency#ANONYMOUS}. */
    public static final NtlmCredentials ANONYMOUS = new NtlmCredentials("", "", Optional.empty());

    private final String domain;
    private final String user;
    private final Optional<NtHash> hash;

    private NtlmCredentials(String domain, String user, Optional<NtHash> hash) {
        this.domain = domain;
        this.user = user;
        this.hash = hash;
    }

    /**
     * The ways in which people write a name: user, DOMAIN\\user, user@domain.
     *
     * @param password not kept; the caller may wipe it afterwards
     * @throws IllegalArgumentException if no user is named
     */
    public static NtlmCredentials of(String name, char[] password) {
        int backslash = name.indexOf('\\');
        int at = name.lastIndexOf('@');
        if (backslash >= 0) {
            return of(name.substring(0, backslash), name.substring(backslash + 1), password);
        }
        return at >= 0 ? of(name.substring(at + 1), name.substring(0, at), password) : of("", name, password);
    }

    /**
     * @param domain where the user has the account; a computer's name for one of that computer; may be empty. Its case counts
     * @param password not kept; the caller may wipe it afterwards
     * @throws IllegalArgumentException if no user is named
     */
    public static NtlmCredentials of(String domain, String user, char[] password) {
        if (user.isEmpty()) {
            throw new IllegalArgumentException("no user is named");
        }
        return new NtlmCredentials(domain, user, Optional.of(NtHash.of(password)));
    }

    public String domain() {
        return domain;
    }

    public String user() {
        return user;
    }

    /** Empty: anonymous. */
    Optional<NtHash> hash() {
        return hash;
    }

    @Override
    public String toString() {
        return hash.isEmpty() ? "anonymous" : NtlmText.shown(domain + "\\" + user);
    }
}
