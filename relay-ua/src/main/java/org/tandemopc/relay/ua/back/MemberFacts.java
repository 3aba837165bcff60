package org.tandemopc.relay.ua.back;

import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.jspecify.annotations.Nullable;

/**
 * What the control link saw of a member when it last opened, to tell people that both members are one server (S33).
 *
 * @param certificate as the endpoint shows it; empty without one
 * @param startTime of the server, null when it does not say
 */
public record MemberFacts(
        String applicationUri,
        ByteString certificate,
        @Nullable InetSocketAddress address,
        @Nullable DateTime startTime,
        List<String> namespaceArray,
        List<String> serverArray) {
    public MemberFacts {
        namespaceArray = List.copyOf(namespaceArray);
        serverArray = List.copyOf(serverArray);
    }

    /**
     * The same name and the same certificate or address: a warning, no more, since the members of a redundant set may
     * share a name on purpose.
     */
    public boolean looksLikeSameServer(MemberFacts other) {
        boolean sameCertificate = !certificate.isNullOrEmpty() && certificate.equals(other.certificate);
        boolean sameAddress = address != null && address.equals(other.address);
        return applicationUri.equals(other.applicationUri) && (sameCertificate || sameAddress);
    }
}
