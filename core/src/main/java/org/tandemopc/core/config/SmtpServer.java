package org.tandemopc.core.config;

import org.jspecify.annotations.Nullable;

/**
 * A server that takes mail.
 *
 * @param host name or address, without brackets
 * @param account null: mail is taken without a login
 */
public record SmtpServer(String host, int port, SmtpSecurity security, MemberConfig.@Nullable Account account) {
    /** As people write it. */
    public String place() {
        return new Address(host, port).text();
    }
}
