package org.tandemopc.service.rest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.RecordListener;

/**
 * The newest records of all pairs in the order in which they came, numbered through, so that a stream that was interrupted
 * goes on where it was. Bounded: whoever is further behind learns how many were missed. Any thread; whoever puts in waits for
 * nobody.
 */
final class LiveRecords implements RecordListener {
    static final int KEPT = 2_000;
    private static final int BATCH = 100;
    private static final Pattern ID = Pattern.compile("([0-9a-f]{1,16})-([0-9]{1,18})-([0-9]{1,15})");

    private final String life;
    private final ArrayDeque<LoggedRecord> newest = new ArrayDeque<>();
    private long last;

    /** @param life tells the ids of this service's life from those of another */
    LiveRecords(long life) {
        this.life = Long.toHexString(life);
    }

    /**
     * Records that came after a number.
     *
     * @param last the number of the last of them
     * @param missed between the number that was asked for and the first of them
     */
    record Batch(List<LoggedRecord> records, long last, long missed) {}

    /** @param number empty: of another life @param millis of its record */
    record Place(Optional<Long> number, long millis) {}

    @Override
    public synchronized void recorded(LoggedRecord record) {
        if (newest.size() == KEPT) {
            newest.removeFirst();
        }
        newest.addLast(record);
        last++;
        notifyAll();
    }

    @Override
    public void removed(String pair) {
        // Its status says so.
    }

    synchronized long last() {
        return last;
    }

    /** What came after the number; waits for it, but not longer than so. */
    synchronized Batch await(long after, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; last <= after && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        long oldest = last - newest.size();
        long from = Math.max(after, oldest);
        List<LoggedRecord> some = new ArrayList<>();
        newest.stream().skip(from - oldest).limit(BATCH).forEach(some::add);
        return new Batch(some, from + some.size(), from - after);
    }

    String id(long number, LoggedRecord record) {
        return life + "-" + number + "-" + record.at().toEpochMilli();
    }

    /** Where a stream was; empty when the id is none. */
    Optional<Place> place(String id) {
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(2));
        boolean isOfThisLife = matcher.group(1).equals(life) && number <= last();
        return Optional.of(
                new Place(isOfThisLife ? Optional.of(number) : Optional.empty(), Long.parseLong(matcher.group(3))));
    }
}
