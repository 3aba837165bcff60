package org.tandemopc.core.config;

import org.jspecify.annotations.Nullable;

/**
 * One server of a pair, as configured.
 *
 * @param url {@code opc.tcp://host:port/path}; host and port are always used, whatever the server's endpoints say
 * @param mode of messages; without meaning for policy None
 * @param account of Tandem's own control link; null: anonymous. Client sessions use what the client presents
 */
public record MemberConfig(
        String url,
        SecurityChoice security,
        MessageMode mode,
        @Nullable Account account,
        Trust trust) {
    /** A user of the member. */
    public record Account(String user, Secret password) {}

    /** Policy None, anonymous: demo and tests. */
    public static MemberConfig open(String url) {
        return new MemberConfig(url, SecurityChoice.NONE, MessageMode.SIGN_AND_ENCRYPT, null, Trust.ALL);
    }
}
