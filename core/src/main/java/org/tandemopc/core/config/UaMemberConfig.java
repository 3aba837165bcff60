package org.tandemopc.core.config;

import org.jspecify.annotations.Nullable;

/**
 * One OPC UA server of a pair.
 *
 * @param url {@code opc.tcp://host:port/path}; host and port are always used, whatever the server's endpoints say
 * @param mode of messages; without meaning for policy None
 * @param account of Tandem's own control link; null: anonymous. Client sessions use what the client presents
 */
public record UaMemberConfig(
        String url,
        SecurityChoice security,
        MessageMode mode,
        @Nullable Account account,
        Trust trust) implements MemberConfig {
    /** Policy None, anonymous: demo and tests. */
    public static UaMemberConfig open(String url) {
        return new UaMemberConfig(url, SecurityChoice.NONE, MessageMode.SIGN_AND_ENCRYPT, null, Trust.ALL);
    }

    @Override
    public String machine() {
        return url;
    }

    @Override
    public ProtocolKind kind() {
        return ProtocolKind.OPC_UA;
    }
}
