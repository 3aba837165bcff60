package org.tandemopc.service.rest;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.RecordListener;

/** How often each pair moved its clients since the start, by the cause. Any thread. */
final class SwitchCounts implements RecordListener {
    private final ConcurrentMap<String, ConcurrentMap<String, AtomicLong>> all = new ConcurrentHashMap<>();

    @Override
    public void recorded(LoggedRecord record) {
        if (record.record().kind() == RecordKind.PROMOTED) {
            String cause = String.valueOf(record.record().fields().get("cause")).toLowerCase(Locale.ROOT);
            all.computeIfAbsent(record.pair(), _ -> new ConcurrentHashMap<>())
                    .computeIfAbsent(cause, _ -> new AtomicLong())
                    .incrementAndGet();
        }
    }

    @Override
    public void removed(String pair) {
        all.remove(pair);
    }

    /** Of every cause there is, in lower case; zero where there was none, so that a first one shows as a rise. */
    Map<String, Long> of(String pair) {
        Map<String, Long> counts = new TreeMap<>();
        for (LossCause cause : LossCause.values()) {
            counts.put(cause.name().toLowerCase(Locale.ROOT), 0L);
        }
        all.getOrDefault(pair, new ConcurrentHashMap<>()).forEach((cause, count) -> counts.put(cause, count.get()));
        return counts;
    }
}
