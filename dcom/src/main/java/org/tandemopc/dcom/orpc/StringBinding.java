package org.tandemopc.dcom.orpc;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * STRINGBINDING ([MS-DCOM] 2.2.19.3): one address at which a resolver or exporter listens.
 *
 * @param towerId the protocol: 7 is TCP
 * @param address {@code host} or {@code host[endpoint]}, as the peer wrote it
 */
public record StringBinding(int towerId, String address) {
    /** ncacn_ip_tcp (C706 appendix I). */
    public static final int TCP = 7;

    private static final int PORT_MAX = 65_535;

    /** @throws IllegalArgumentException the tower id would end the list, or the address contains a NUL */
    public StringBinding {
        if (towerId < 1 || towerId > 0xFFFF) {
            throw new IllegalArgumentException("tower id " + towerId + " is not 1 to 65535");
        }
        if (address.indexOf(0) >= 0) {
            throw new IllegalArgumentException("a NUL within an address");
        }
    }

    /** The address without the endpoint. */
    public String host() {
        return endpointAt() < 0 ? address : address.substring(0, endpointAt());
    }

    /** What stands in the brackets at the end. */
    public Optional<String> endpoint() {
        return endpointAt() < 0
                ? Optional.empty()
                : Optional.of(address.substring(endpointAt() + 1, address.length() - 1));
    }

    /** The endpoint as a TCP port; empty: there is none, or it is no number of 1 to 65,535. */
    public OptionalInt port() {
        String digits = endpoint().orElse("");
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalInt.empty();
        }
        int port = Integer.parseInt(digits);
        return port < 1 || port > PORT_MAX ? OptionalInt.empty() : OptionalInt.of(port);
    }

    private int endpointAt() {
        return address.endsWith("]") ? address.lastIndexOf('[') : -1;
    }
}
