package org.tandemopc.service.users;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a user may do; each role may do all that those before it may. */
public enum Role {
    /** Sees everything but secrets. */
    VIEWER,
    /** Also orders: switch, pin, enable, disable, reset. */
    OPERATOR,
    /** Also changes: configuration, users, certificates, and whatever connects to other machines. */
    ENGINEER;

    /** Whether this is the role that is needed, or one that may do more. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** As it is written. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @return empty: there is no role that is written so */
    public static Optional<Role> of(String label) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(label))
                .findFirst();
    }
}
