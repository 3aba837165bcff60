package org.tandemopc.relay.delivery;

import java.util.Arrays;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * What delivery knows of one monitored item: the watermark (what the client has been given last) and the runs at the
 * members.
 */
final class Item {
    private static final int SAME_TIME_MAX = 16;
    private static final int EVENTS_MAX = 1_000;

    final int id;
    final SubscriptionDelivery subscription;
    ItemSettings settings;

    // ---- the watermark
    boolean seen;
    long time;
    long fingerprint;
    /** All that was delivered with the watermark's time: several changes may carry one time. */
    private long[] sameTime = new long[2];

    private int sameTimeCount;
    /** The client was given a Bad value of Tandem's own since: the next value is delivered whatever its time. */
    boolean reset;
    /** The next value delivered carries the Overflow mark (I4). */
    boolean mark;

    // ---- a switch under way
    boolean bridging;
    /** Entries of the ring to be passed over because the watermark's value is found behind them; -1 if not searched. */
    int skip = -1;

    /** The watermark's value was found in the ring: what follows it is exactly what is missing. */
    boolean found;

    int ordinal;
    /** Whether times can be compared in this switch. */
    boolean byTime = true;

    Run[] runs = new Run[0];
    private @Nullable LinkedHashSet<Long> events;

    Item(int id, SubscriptionDelivery subscription, ItemSettings settings) {
        this.id = id;
        this.subscription = subscription;
        this.settings = settings;
    }

    boolean isEvents() {
        return settings.kind() == ItemSettings.Kind.EVENTS;
    }

    Run run(int member) {
        if (member >= runs.length) {
            int old = runs.length;
            runs = Arrays.copyOf(runs, member + 1);
            for (int i = old; i < runs.length; i++) {
                runs[i] = new Run();
            }
        }
        return runs[member];
    }

    /** Whether every entry needs a look: cheap to ask, false in steady state. */
    boolean special() {
        return bridging || mark || reset || isEvents();
    }

    void delivered(long entryTime, long entryFingerprint) {
        if (isEvents()) {
            rememberEvent(entryFingerprint);
            seen = true;
            return;
        }
        if (!seen || entryTime != time) {
            sameTimeCount = 0;
        }
        if (sameTimeCount < SAME_TIME_MAX) {
            if (sameTimeCount == sameTime.length) {
                sameTime = Arrays.copyOf(sameTime, 2 * sameTimeCount);
            }
            sameTime[sameTimeCount++] = entryFingerprint;
        }
        seen = true;
        time = entryTime;
        fingerprint = entryFingerprint;
    }

    private void rememberEvent(long entryFingerprint) {
        LinkedHashSet<Long> known = events;
        if (known == null) {
            known = new LinkedHashSet<>();
            events = known;
        }
        if (known.add(entryFingerprint) && known.size() > EVENTS_MAX) {
            known.removeFirst();
        }
    }

    boolean eventDelivered(long entryFingerprint) {
        return events != null && events.contains(entryFingerprint);
    }

    boolean deliveredAtWatermark(long entryFingerprint) {
        for (int i = 0; i < sameTimeCount; i++) {
            if (sameTime[i] == entryFingerprint) {
                return true;
            }
        }
        return false;
    }

    /** The client has this entry or a later one. Without source times only the very last one is known. */
    boolean covers(long entryTime, long entryFingerprint) {
        if (!seen) {
            return false;
        }
        if (isEvents()) {
            return eventDelivered(entryFingerprint);
        }
        if (entryTime == 0 || time == 0) {
            return entryTime == time && deliveredAtWatermark(entryFingerprint);
        }
        return entryTime < time || (entryTime == time && deliveredAtWatermark(entryFingerprint));
    }
}
