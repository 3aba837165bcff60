package org.tandemopc.relay.ua.security;

import java.util.Arrays;

/** Who a client says that it is, decrypted; handed to each member again, encrypted for it. */
public sealed interface UserIdentity {
    /** Equal identities may take over each other's subscriptions (Part 4, 5.14.7). */
    boolean sameUser(UserIdentity other);

    record Anonymous() implements UserIdentity {
        @Override
        public boolean sameUser(UserIdentity other) {
            return other instanceof Anonymous;
        }
    }

    /** A user name and password (UTF-8 bytes). Never printed. */
    final class UserName implements UserIdentity {
        private final String name;
        private final byte[] password;

        public UserName(String name, byte[] password) {
            this.name = name;
            this.password = password.clone();
        }

        public String name() {
            return name;
        }

        /** A copy. */
        public byte[] password() {
            return password.clone();
        }

        @Override
        public boolean sameUser(UserIdentity other) {
            return other instanceof UserName u && u.name.equals(name);
        }

        /** Overwrites the password; the identity cannot be used again. */
        public void forget() {
            Arrays.fill(password, (byte) 0);
        }

        @Override
        public String toString() {
            return "UserName[" + name + "]";
        }
    }
}
