package org.tandemopc.core.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port of an address as people write it; the host is a name, an IPv4 address, or an IPv6 address in brackets.
 *
 * @param host without brackets
 */
record Address(String host, int port) {
    static final int OPC_UA_PORT = 4840;
    static final int PORT_MAX = 65_535;
    private static final String HOST =
            "(\\[[0-9a-fA-F:.%a-zA-Z0-9]+]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?)";
    private static final Pattern LISTEN = Pattern.compile(HOST + ":([0-9]{1,5})");
    private static final Pattern URL =
            Pattern.compile("opc\\.tcp://" + HOST + "(?::([0-9]{1,5}))?(/[^\\s?#]{0,1000})?");

    /** {@code host:port}; port 0 is allowed. */
    static Optional<Address> ofListen(String text) {
        Matcher m = LISTEN.matcher(text);
        return m.matches() ? address(m.group(1), Integer.parseInt(m.group(2)), 0) : Optional.empty();
    }

    /** {@code opc.tcp://host:port/path}; without a port 4840. */
    static Optional<Address> ofUrl(String text) {
        Matcher m = URL.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        String port = m.group(2);
        return address(m.group(1), port == null ? OPC_UA_PORT : Integer.parseInt(port), 1);
    }

    /** As people write it. */
    String text() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether both surely mean the same place, without asking anybody. */
    boolean isSamePlaceAs(Address other) {
        return port == other.port && isOnSameHostAs(other);
    }

    /** Whether both surely are on one machine, without asking anybody. */
    boolean isOnSameHostAs(Address other) {
        return canonical(host).equals(canonical(other.host));
    }

    /** Whether it surely is an address that only this machine reaches, without asking anybody. */
    boolean isLoopback() {
        return canonical(host).equals("localhost") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static Optional<Address> address(String host, int port, int least) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return port < least || port > PORT_MAX ? Optional.empty() : Optional.of(new Address(bare, port));
    }

    private static String canonical(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("127.0.0.1") || lower.equals("::1") ? "localhost" : lower;
    }
}
