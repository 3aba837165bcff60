package org.tandemopc.dcom.rpc;

/**
 * Ports to listen on, the first that is free; a range for firewalls.
 *
 * @param first 0 together with {@code last}: any port that the system gives
 */
public record PortRange(int first, int last) {
    public static final PortRange ANY = new PortRange(0, 0);

    /** @throws IllegalArgumentException no ports, or an empty range */
    public PortRange {
        boolean any = first == 0 && last == 0;
        if (!any && (first < 1 || last > 0xFFFF || first > last)) {
            throw new IllegalArgumentException("ports %d to %d".formatted(first, last));
        }
    }

    public static PortRange only(int port) {
        return new PortRange(port, port);
    }
}
