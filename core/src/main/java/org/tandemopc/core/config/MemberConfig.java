package org.tandemopc.core.config;

/** One server of a pair, as configured. All members of a pair speak one protocol. */
public sealed interface MemberConfig permits UaMemberConfig, DaMemberConfig {
    /** Where it is, for people and records: the URL, or the host. */
    String machine();

    ProtocolKind kind();

    /** A user of the member. */
    record Account(String user, Secret password) {}
}
