package org.tandemopc.relay.ua.back;

import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.jspecify.annotations.Nullable;

/**
 * Where a member is and how to talk to it.
 *
 * @param endpointUrl as configured: {@code opc.tcp://host:port/path}; its host and port are always used, whatever the
 *     server's own endpoints say
 * @param policy wanted security policy: None or one of SecurityPolicies.SECURED
 * @param applicationUri expected ApplicationUri of the server, or null: accept the first one and keep to it (S34)
 */
public record MemberAddress(
        int member,
        String endpointUrl,
        SecurityPolicy policy,
        MessageSecurityMode mode,
        @Nullable String applicationUri) {}
