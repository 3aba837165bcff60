package org.tandemopc.relay.da;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.ServerPolicy;

/**
 * The front door for OPC DA clients, and the door for members that call back.
 *
 * @param address where clients activate
 * @param resolverPorts 135, as clients know no other; anything else is for tests
 * @param objectPorts for calls on objects; empty: at the resolver's port
 * @param clients their logins, and the levels asked of them
 * @param toClients how a client's sinks are called
 * @param sinkAddress where members reach our sinks
 * @param sinkPorts of the sinks
 * @param members logins of members that call sinks
 */
public record DaFrontConfig(
        InetAddress address,
        PortRange resolverPorts,
        Optional<PortRange> objectPorts,
        ServerPolicy clients,
        Function<Importer.Origin, DcomClientSettings> toClients,
        InetAddress sinkAddress,
        PortRange sinkPorts,
        ServerPolicy members) {}
