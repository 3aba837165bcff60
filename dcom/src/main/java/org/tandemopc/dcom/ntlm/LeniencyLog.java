package org.tandemopc.dcom.ntlm;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which leniencies are allowed, and a loud line for each when it is used first. Thread-safe. */
final class LeniencyLog {
    private static final Logger LOG = LoggerFactory.getLogger(LeniencyLog.class);

    private final Map<Leniency, AtomicBoolean> allowed = new EnumMap<>(Leniency.class);
    private final Consumer<String> log;

    LeniencyLog(Set<Leniency> allowed) {
        this(allowed, LOG::warn);
    }

    LeniencyLog(Set<Leniency> allowed, Consumer<String> log) {
        for (Leniency leniency : allowed) {
            this.allowed.put(leniency, new AtomicBoolean());
        }
        this.log = log;
    }

    boolean allows(Leniency leniency) {
        return allowed.containsKey(leniency);
    }

    /** @param with the peer or the user, as far as is known */
    void used(Leniency leniency, String with) {
        AtomicBoolean said = allowed.get(leniency);
        if (said != null && said.compareAndSet(false, true)) {
            log.accept("INSECURE NTLM LOGIN (setting %s), %s: %s. Said once; not repeated for other logins."
                    .formatted(leniency, with, leniency.consequence()));
        }
    }
}
