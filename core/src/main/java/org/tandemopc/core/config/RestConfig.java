package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * Where commands and consoles talk to the service.
 *
 * @param host an address of this machine; without TLS one that no other machine reaches: 127.x.y.z, ::1 or localhost
 * @param port 0 to 65535; 0 lets the system choose
 * @param names under which browsers know this machine, each with a port or without; the addresses need not be among them
 * @param tls empty: plain HTTP
 * @param console whether the pages of the console are served; commands are in any case
 */
public record RestConfig(String host, int port, List<String> names, Optional<RestTls> tls, boolean console) {
    public static final RestConfig DEFAULT = new RestConfig("127.0.0.1", 0);
    /** Of {@code names}. */
    public static final int NAMES_MAX = 20;

    public RestConfig {
        names = List.copyOf(names);
    }

    /** With the console. */
    public RestConfig(String host, int port, List<String> names, Optional<RestTls> tls) {
        this(host, port, names, tls, true);
    }

    /** Plain. */
    public RestConfig(String host, int port) {
        this(host, port, List.of(), Optional.empty());
    }

    /** Whether both listen alike: what else there is counts at once. */
    public boolean listensAs(RestConfig other) {
        return equals(new RestConfig(other.host, other.port, other.names, other.tls, console));
    }
}
