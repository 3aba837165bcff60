package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;

/**
 * How a server listens, what it tells of itself, and whom it serves.
 *
 * @param addresses to listen at
 * @param resolverPorts for activation and resolution: 135, as clients know no other; anything else is for tests and for objects of
 *     clients
 * @param objectPorts for calls on objects, the first of the range that is free: what a firewall must let through besides 135. Empty:
 *     objects are called at the resolver's port too
 * @param tellsReached whether clients are told first the address that they have reached the server by; not where that means
 *     nothing to them, as behind a translation of addresses
 * @param published names or addresses that clients are told besides
 * @param sinkAddresses where objects of clients may be, besides the address that the client has come from
 * @param policy logins, and the levels asked for
 * @param access who may do what
 * @param importer makes pointers of clients' references
 */
public record DcomServerSettings(
        List<InetAddress> addresses,
        PortRange resolverPorts,
        Optional<PortRange> objectPorts,
        boolean tellsReached,
        List<String> published,
        Set<InetAddress> sinkAddresses,
        ServerPolicy policy,
        Access access,
        Importer importer,
        ServerLimits limits,
        ExportLimits exports,
        PingLimits pings,
        PduTap tap) {
    private static final int ADDRESSES_MAX = 64;
    private static final int NAME_MAX = 255;

    /** @throws IllegalArgumentException no address to listen at, too many, or a published one that is none */
    public DcomServerSettings {
        addresses = List.copyOf(addresses);
        published = List.copyOf(published);
        sinkAddresses = Set.copyOf(sinkAddresses);
        if (addresses.isEmpty() || addresses.size() > ADDRESSES_MAX || published.size() > ADDRESSES_MAX) {
            throw new IllegalArgumentException(
                    "listening addresses: %d, published ones: %d; there may be 1 to %d, and %d"
                            .formatted(addresses.size(), published.size(), ADDRESSES_MAX, ADDRESSES_MAX));
        }
        for (String name : published) {
            if (name.isEmpty() || name.length() > NAME_MAX || !name.matches("[0-9A-Za-z._:-]+")) {
                throw new IllegalArgumentException(
                        "published address \"%s\": give a name or an address, without port".formatted(name));
            }
        }
    }

    /** At all addresses, port 135, objects at any port; clients log in, sign, and are not called back. */
    public static DcomServerSettings of(ServerPolicy policy) {
        return new DcomServerSettings(
                List.of(new InetSocketAddress(0).getAddress()),
                PortRange.only(EndpointMapper.PORT),
                Optional.of(PortRange.ANY),
                true,
                List.of(),
                Set.of(),
                policy,
                Access.LOGGED_IN,
                Importer.none(),
                ServerLimits.defaults(),
                ExportLimits.DEFAULT,
                PingLimits.DEFAULT,
                PduTap.NONE);
    }

    /** As {@link #of(ServerPolicy)}, for logins by NTLM, bare or within SPNEGO, and the same policy for all peers. */
    public static DcomServerSettings of(NtlmAcceptor acceptor, PeerPolicy peers) {
        return of(new ServerPolicy() {
            @Override
            public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
                return acceptor.accept(authType, level);
            }

            @Override
            public PeerPolicy peer(InetSocketAddress client) {
                return peers;
            }
        });
    }

    public DcomServerSettings at(InetAddress... listening) {
        return with(List.of(listening), resolverPorts, objectPorts);
    }

    public DcomServerSettings withResolverPorts(PortRange ports) {
        return with(addresses, ports, objectPorts);
    }

    /** A range for firewalls. */
    public DcomServerSettings withObjectPorts(PortRange ports) {
        return with(addresses, resolverPorts, Optional.of(ports));
    }

    /** Objects at the resolver's port. */
    public DcomServerSettings withOnePort() {
        return with(addresses, resolverPorts, Optional.empty());
    }

    private DcomServerSettings with(List<InetAddress> listening, PortRange resolver, Optional<PortRange> objects) {
        return new DcomServerSettings(
                listening,
                resolver,
                objects,
                tellsReached,
                published,
                sinkAddresses,
                policy,
                access,
                importer,
                limits,
                exports,
                pings,
                tap);
    }

    /** @param reached whether the address that the client has reached is told before those */
    public DcomServerSettings withPublished(boolean reached, List<String> names) {
        return new DcomServerSettings(
                addresses,
                resolverPorts,
                objectPorts,
                reached,
                names,
                sinkAddresses,
                policy,
                access,
                importer,
                limits,
                exports,
                pings,
                tap);
    }

    /** Calls back objects that clients hand over. */
    public DcomServerSettings withCallbacks(Importer calling, Set<InetAddress> alsoAt) {
        return new DcomServerSettings(
                addresses,
                resolverPorts,
                objectPorts,
                tellsReached,
                published,
                alsoAt,
                policy,
                access,
                calling,
                limits,
                exports,
                pings,
                tap);
    }

    public DcomServerSettings withAccess(Access changed) {
        return new DcomServerSettings(
                addresses,
                resolverPorts,
                objectPorts,
                tellsReached,
                published,
                sinkAddresses,
                policy,
                changed,
                importer,
                limits,
                exports,
                pings,
                tap);
    }

    public DcomServerSettings withLimits(ServerLimits rpc, ExportLimits objects, PingLimits silence) {
        return new DcomServerSettings(
                addresses,
                resolverPorts,
                objectPorts,
                tellsReached,
                published,
                sinkAddresses,
                policy,
                access,
                importer,
                rpc,
                objects,
                silence,
                tap);
    }

    public DcomServerSettings withTap(PduTap listener) {
        return new DcomServerSettings(
                addresses,
                resolverPorts,
                objectPorts,
                tellsReached,
                published,
                sinkAddresses,
                policy,
                access,
                importer,
                limits,
                exports,
                pings,
                listener);
    }
}
