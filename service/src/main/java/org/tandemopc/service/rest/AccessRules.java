package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * From where may be asked. Who listens on loopback keeps other machines out, not a web page in a browser on this machine, which
 * can send requests to loopback and, by rebinding a name of its own, even read the answers. So the Host header must name this
 * service, a page of another origin is refused, and nothing is ever allowed to other origins (no CORS). Pure; any thread.
 */
final class AccessRules {
    private final String scheme;
    private final int port;
    private final Set<String> hosts = new HashSet<>();

    /**
     * @param listening what is bound; clients of a wildcard name the address that they came to
     * @param names under which this service is known, each with or without a port
     */
    AccessRules(boolean isTls, InetSocketAddress listening, List<String> names) {
        this.scheme = isTls ? "https" : "http";
        this.port = listening.getPort();
        boolean isUsualPort = port == (isTls ? 443 : 80);
        if (isReachableHere(listening.getAddress())) {
            List.of("127.0.0.1", "localhost", "[::1]").forEach(host -> add(host, isUsualPort));
        }
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.matches(".*[^:]:[0-9]{1,5}")) {
                hosts.add(lower);
                // Something forwards the usual port, of which a browser says nothing.
                if (lower.endsWith(isTls ? ":443" : ":80")) {
                    hosts.add(lower.substring(0, lower.lastIndexOf(':')));
                }
            } else {
                add(lower, isUsualPort);
            }
        }
        if (!listening.getAddress().isAnyLocalAddress()) {
            add(host(listening.getAddress()), isUsualPort);
        }
    }

    private static boolean isReachableHere(InetAddress listening) {
        return listening.isLoopbackAddress() || listening.isAnyLocalAddress();
    }

    private void add(String host, boolean isUsualPort) {
        hosts.add(host + ":" + port);
        if (isUsualPort) {
            hosts.add(host);
        }
    }

    /**
     * @param local the address to which this connection was made: no name of a web page's is one
     * @throws Problem not from here
     */
    void check(Headers headers, InetSocketAddress local) throws Problem {
        List<String> given = headers.getOrDefault("Host", List.of());
        String host = given.size() == 1 ? given.getFirst().toLowerCase(Locale.ROOT) : "";
        String named = spelledAsHere(host);
        if (!hosts.contains(named) && !named.equals(hostAndPort(local))) {
            throw new Problem(
                    403,
                    "wrong-host",
                    "The Host header does not name this service.",
                    "Use its address, or add the name to rest.names.");
        }
        List<String> origin = headers.getOrDefault("Origin", List.of());
        if (!origin.isEmpty() && !origin.equals(List.of(scheme + "://" + host))) {
            throw new Problem(403, "cross-origin", "A page of another origin asks.", "Ask from no web page.");
        }
    }

    /** Of IPv6 there are many spellings of one address. */
    private static String spelledAsHere(String host) {
        int end = host.indexOf(']');
        if (!host.startsWith("[") || end < 0) {
            return host;
        }
        try {
            return host(Inet6Address.ofLiteral(host.substring(1, end))) + host.substring(end + 1);
        } catch (IllegalArgumentException e) {
            return host; // none
        }
    }

    /** As in a URL. */
    static String hostAndPort(InetSocketAddress bound) {
        return host(bound.getAddress()) + ":" + bound.getPort();
    }

    private static String host(InetAddress address) {
        String text = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return text;
        }
        if (address.isLoopbackAddress()) {
            return "[::1]";
        }
        int scope = text.indexOf('%');
        return "[" + (scope < 0 ? text : text.substring(0, scope)) + "]";
    }
}
