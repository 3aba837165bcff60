package org.tandemopc.it.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.tandemopc.it.pair.TandemRecord;

/** When a member was the active one, both switches included, in ms since the epoch. */
public record Tenure(int member, long fromMs, long untilMs) {
    static List<Tenure> of(History history) {
        return of(history.recordsOf("PROMOTED"), history.firstActive(), history::member);
    }

    /** Reads them off the records of switches. @param members which member a machine is */
    public static List<Tenure> of(List<TandemRecord> promoted, int firstActive, ToIntFunction<String> members) {
        List<Tenure> tenures = new ArrayList<>();
        int member = firstActive;
        long fromMs = Long.MIN_VALUE;
        for (TandemRecord switched : promoted) {
            tenures.add(new Tenure(member, fromMs, atMs(switched)));
            member = members.applyAsInt(switched.field("to"));
            fromMs = decidedMs(switched);
        }
        tenures.add(new Tenure(member, fromMs, Long.MAX_VALUE));
        return tenures;
    }

    static long atMs(TandemRecord switched) {
        return Instant.parse(switched.at()).toEpochMilli();
    }

    /** When the switch began that the record tells the end of; of an outage: when it began. */
    static long decidedMs(TandemRecord switched) {
        String duration = switched.field("durationMs");
        return atMs(switched) - (duration.isEmpty() ? 0 : Long.parseLong(duration));
    }

    /** Whether the two spans have a moment in common, give or take. */
    public boolean touches(long startMs, long endMs, long slackMs) {
        return (fromMs == Long.MIN_VALUE || fromMs - slackMs <= endMs)
                && (untilMs == Long.MAX_VALUE || untilMs + slackMs >= startMs);
    }

    public boolean isAt(long ms, long slackMs) {
        return touches(ms, ms, slackMs);
    }
}
