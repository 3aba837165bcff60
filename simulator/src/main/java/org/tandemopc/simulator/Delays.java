package org.tandemopc.simulator;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How long answers wait after the request was carried out. Thread-safe. */
final class Delays {
    static final int DELAY_MS_MAX = 600_000;

    /** Services that can be slowed down. */
    enum Slow {
        READ,
        WRITE,
        CALL,
        BROWSE
    }

    private final Map<Slow, Integer> delays = new EnumMap<>(Slow.class);

    synchronized int of(Slow service) {
        return delays.getOrDefault(service, 0);
    }

    synchronized void set(Slow service, int delayMs) {
        if (delayMs < 0 || delayMs > DELAY_MS_MAX) {
            throw new IllegalArgumentException("the delay must be 0 to " + DELAY_MS_MAX + " ms");
        }
        delays.put(service, delayMs);
    }

    void setAll(int delayMs) {
        for (Slow service : Slow.values()) {
            set(service, delayMs);
        }
    }

    static Slow named(String name) {
        try {
            return Slow.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no service " + name + ": read, write, call or browse", e);
        }
    }
}
