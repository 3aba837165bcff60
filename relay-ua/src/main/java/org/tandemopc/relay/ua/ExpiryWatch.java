package org.tandemopc.relay.ua;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tandemopc.relay.Certificates.Entry;
import org.tandemopc.relay.Certificates.State;

/**
 * Which certificates end soon: one warning for each of the steps 30, 7 and 1 days before the end and one when it is over,
 * for Tandem's own certificates and for those that are trusted. Refused ones are nobody's matter. What was said is kept
 * in memory, so a restart says the latest step again. Confined to one caller at a time; time is an argument.
 */
final class ExpiryWatch {
    private static final List<Integer> STEPS_DAYS = List.of(30, 7, 1, 0);

    private final Map<String, Integer> said = new HashMap<>();

    /**
     * @param step 30, 7, 1; 0 when it is over
     */
    record Warning(Entry entry, int step, long daysLeft) {}

    /** What is to be said now and was not said before. */
    List<Warning> check(List<Entry> entries, Instant now) {
        List<Warning> warnings = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.state() == State.REFUSED) {
                continue;
            }
            String key = entry.side() + " " + entry.thumbprint();
            if (!present.add(key)) {
                continue; // trusted and an issuer as well
            }
            Duration left = Duration.between(now, entry.notAfter());
            int step = step(left);
            if (step < said.getOrDefault(key, Integer.MAX_VALUE) && step >= 0) {
                said.put(key, step);
                warnings.add(new Warning(entry, step, Math.max(0, left.toDays())));
            }
        }
        said.keySet().retainAll(present);
        return warnings;
    }

    /** The closest step that is reached; -1 for none. */
    private static int step(Duration left) {
        int reached = -1;
        for (int days : STEPS_DAYS) {
            if (left.compareTo(Duration.ofDays(days)) <= 0) {
                reached = days;
            }
        }
        return reached;
    }
}
