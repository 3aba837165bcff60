package org.tandemopc.core.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports to listen on, the first that is free; a range for firewalls.
 *
 * @param first 0 together with {@code last}: any that the system gives
 */
public record PortSpan(int first, int last) {
    public static final PortSpan ANY = new PortSpan(0, 0);

    private static final int PORT_MAX = 65_535;
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    /** @throws IllegalArgumentException no ports, or an empty range */
    public PortSpan {
        boolean isAny = first == 0 && last == 0;
        if (!isAny && (first < 1 || last > PORT_MAX || first > last)) {
            throw new IllegalArgumentException("ports %d to %d".formatted(first, last));
        }
    }

    /** {@code 0}, {@code 5000} or {@code 5000-5099}. */
    static Optional<PortSpan> of(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        int first = Integer.parseInt(m.group(1));
        int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
        try {
            return Optional.of(new PortSpan(first, last));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As people write it. */
    public String text() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
