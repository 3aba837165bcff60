package org.tandemopc.dcom.rpc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says aloud that calls are made or taken which whoever sits between may read, change and add: below packet integrity, as a
 * {@link PeerPolicy} allows for old peers. Once for each level; not for what is open to all by its nature, such as the endpoint
 * mapper. Thread-safe.
 */
public final class WeakCalls {
    private static final Logger LOG = LoggerFactory.getLogger(WeakCalls.class);

    private static final String UNSIGNED_ANSWER = "unsigned answer";

    private final Set<Object> said = ConcurrentHashMap.newKeySet();
    private final Consumer<String> log;

    public WeakCalls() {
        this(LOG::warn);
    }

    /** @param log where the lines go */
    public WeakCalls(Consumer<String> log) {
        this.log = log;
    }

    /**
     * A call is made or taken; nothing is said of one that is signed, and of others once.
     *
     * @param setting that allows it
     * @param with the peer
     */
    public void used(AuthLevel level, String setting, Object with) {
        if (!level.isAtLeast(AuthLevel.PKT_INTEGRITY) && said.add(level)) {
            say("at level " + level, setting, with);
        }
    }

    /** An answer without signature is taken where all should have one. */
    void unsignedAnswer(Object with) {
        if (said.add(UNSIGNED_ANSWER)) {
            say("with answers that nobody has signed", "PeerPolicy.lenientUnsignedResponses", with);
        }
    }

    private void say(String how, String setting, Object with) {
        log.accept(
                ("INSECURE CALLS (setting %s) %s, with %s: whoever sits between may read, change and add calls. Said once;"
                                + " not repeated for other peers.")
                        .formatted(setting, how, with));
    }
}
