package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.SecurityBinding;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.rpc.EndpointMapper;

/**
 * The addresses that a server tells its clients ([MS-DCOM] 2.2.19): first the one that the client has reached it by, then those
 * that are configured. Objects' addresses always name the port; the resolver's do if it is not the usual one, as clients that
 * do not look take 135. Any thread.
 */
final class Bindings {
    private static final List<SecurityBinding> SECURITIES = List.of(SecurityBinding.of(10), SecurityBinding.of(9));

    private final boolean tellsReached;
    private final List<String> published;
    private final Map<InetAddress, Integer> resolverPorts;
    private final Map<InetAddress, Integer> objectPorts;

    /**
     * @param tellsReached whether the address that the client has reached is told: not if it means nothing to clients, as
     *     behind a translation of addresses
     * @param published names or addresses
     * @param resolverPorts by listening address; filled before anybody asks
     * @param objectPorts as well
     */
    Bindings(
            boolean tellsReached,
            List<String> published,
            Map<InetAddress, Integer> resolverPorts,
            Map<InetAddress, Integer> objectPorts) {
        this.tellsReached = tellsReached;
        this.published = List.copyOf(published);
        this.resolverPorts = resolverPorts;
        this.objectPorts = objectPorts;
    }

    /** @param reached the server's address of the connection that asks */
    DualStringArray objects(InetAddress reached) {
        String port = "[%d]".formatted(portFor(reached, objectPorts));
        return of(reached, port);
    }

    /** @param reached the server's address of the connection that asks */
    DualStringArray resolver(InetAddress reached) {
        int port = portFor(reached, resolverPorts);
        return of(reached, port == EndpointMapper.PORT ? "" : "[%d]".formatted(port));
    }

    private DualStringArray of(InetAddress reached, String port) {
        Set<String> hosts = new LinkedHashSet<>();
        if (tellsReached || published.isEmpty()) {
            hosts.add(text(reached));
        }
        hosts.addAll(published);
        List<StringBinding> strings = new ArrayList<>();
        hosts.forEach(host -> strings.add(new StringBinding(StringBinding.TCP, host + port)));
        return new DualStringArray(strings, SECURITIES);
    }

    /** Without the zone of a link-local one, which is this machine's own business. */
    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /** Of the listener at that address, or at all of them. */
    private static int portFor(InetAddress reached, Map<InetAddress, Integer> ports) {
        Integer own = ports.get(reached);
        return own == null ? ports.values().iterator().next() : own;
    }
}
