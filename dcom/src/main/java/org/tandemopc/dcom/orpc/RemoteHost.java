package org.tandemopc.dcom.orpc;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A host that a client may connect to: its address, and the names by which the host calls itself in object references. Names
 * are compared and never looked up: a reference leads to this address or nowhere.
 *
 * @param name as the user wrote it, for messages; one of the names by which the host is known
 * @param address the only one that is connected to
 * @param resolverPort of its object resolver, where a binding tells none; 135 everywhere
 * @param aliases further names and addresses that the host may give itself, such as those behind an address translation; in
 *     lower case
 */
public record RemoteHost(String name, InetAddress address, int resolverPort, Set<String> aliases) {
    /** [MS-DCOM] 1.9. */
    public static final int RESOLVER_PORT = 135;

    private static final int PORT_MAX = 65_535;

    /** Longer than any name of DNS. */
    private static final int NAME_MAX = 255;

    /** @throws IllegalArgumentException no port, or a name that is none */
    public RemoteHost {
        aliases = aliases.stream().map(alias -> alias.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        if (resolverPort < 1 || resolverPort > PORT_MAX) {
            throw new IllegalArgumentException("port " + resolverPort + " is not 1 to " + PORT_MAX);
        }
        if (name.isEmpty() || name.length() > NAME_MAX) {
            throw new IllegalArgumentException("the name of a host has 1 to " + NAME_MAX + " characters");
        }
    }

    public static RemoteHost of(String name, InetAddress address) {
        return new RemoteHost(name, address, RESOLVER_PORT, Set.of());
    }

    public static RemoteHost of(InetAddress address) {
        return of(address.getHostAddress(), address);
    }

    public RemoteHost withResolverPort(int port) {
        return new RemoteHost(name, address, port, aliases);
    }

    public RemoteHost withAliases(Set<String> names) {
        return new RemoteHost(name, address, resolverPort, names);
    }

    /** Whether a name or address in a binding means this host. */
    boolean isNamedBy(String host) {
        if (host.isEmpty() || host.length() > NAME_MAX) {
            return false;
        }
        return host.equalsIgnoreCase(name) || aliases.contains(host.toLowerCase(Locale.ROOT)) || isAddress(host);
    }

    private boolean isAddress(String literal) {
        try {
            return InetAddress.ofLiteral(literal).equals(address);
        } catch (IllegalArgumentException e) {
            // a name, which is not looked up
            return false;
        }
    }

    @Override
    public String toString() {
        return name.equals(address.getHostAddress()) ? name : name + " (" + address.getHostAddress() + ")";
    }
}
