package org.tandemopc.core.notify;

import java.util.List;

/**
 * What one notification tells: mostly one event, more where they came faster than they could be told. Of a storm its
 * beginning and its end are told, and how many events are left out.
 *
 * @param first oldest first; never empty, unless there is nothing but {@code omitted}
 * @param omitted events between {@code first} and {@code last}, and those that found the queue full
 * @param last the newest ones of a storm, oldest first
 */
public record Batch(List<Notice> first, long omitted, List<Notice> last) {
    public Batch {
        first = List.copyOf(first);
        last = List.copyOf(last);
    }

    /**
     * Everything that waits, as one.
     *
     * @param waiting oldest first
     * @param lost events that nobody has been told of and that are gone
     * @param most events that are told in full; at least 2
     */
    public static Batch gather(List<Notice> waiting, long lost, int most) {
        if (most < 2) {
            throw new IllegalArgumentException("most " + most);
        }
        if (waiting.size() <= most) {
            return new Batch(waiting, lost, List.of());
        }
        int beginning = most / 2;
        int end = waiting.size() - (most - beginning);
        return new Batch(waiting.subList(0, beginning), lost + end - beginning, waiting.subList(end, waiting.size()));
    }

    /** How many events it is about, also those that it does not tell. */
    public long size() {
        return first.size() + omitted + last.size();
    }
}
