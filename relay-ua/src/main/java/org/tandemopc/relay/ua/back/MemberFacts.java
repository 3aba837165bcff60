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
     * The same name, and the same certificate, address or moment of its start: a warning, no more, since the members of a
     * redundant set may share a name on purpose. The start tells where a server without certificates is reached on two
     * ways, of which none knows of the other.
     */
    public boolean looksLikeSameServer(MemberFacts other) {
        boolean sameCertificate = !certificate.isNullOrEmpty() && certificate.equals(other.certificate);
        boolean sameAddress = address != null && address.equals(other.address);
        boolean sameStart = startTime != null && startTime.equals(other.startTime);
        return hasSameName(other) && (sameCertificate || sameAddress || sameStart);
    }

    /** Whether the two may be one server at all. */
    public boolean hasSameName(MemberFacts other) {
        return applicationUri.equals(other.applicationUri);
    }
}
