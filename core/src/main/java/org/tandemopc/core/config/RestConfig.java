package org.tandemopc.core.config;

/**
 * Where commands and consoles on this machine talk to the service.
 *
 * @param host an address of this machine that no other machine reaches: 127.x.y.z, ::1 or localhost
 * @param port 0 to 65535; 0 lets the system choose
 */
public record RestConfig(String host, int port) {
    public static final RestConfig DEFAULT = new RestConfig("127.0.0.1", 0);
}
