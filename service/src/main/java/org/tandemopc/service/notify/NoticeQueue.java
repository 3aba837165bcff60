package org.tandemopc.service.notify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Notice;

/** What one way of one pair has still to tell, bounded: the oldest goes, and is counted. Any thread offers, one takes. */
final class NoticeQueue {
    /** S24: holds what was not tried yet. */
    static final int MAX = 1_000;

    private final ArrayDeque<Notice> waiting = new ArrayDeque<>();
    private long lost;
    private long lostEver;
    private boolean closed;

    /** Never blocks. */
    synchronized void offer(Notice notice) {
        if (closed) {
            return;
        }
        if (waiting.size() == MAX) {
            waiting.removeFirst();
            lost++;
            lostEver++;
        }
        waiting.addLast(notice);
        notifyAll();
    }

    /** All at once, so that whoever takes gets all of them. */
    synchronized void offerAll(List<Notice> notices) {
        notices.forEach(this::offer);
    }

    /** @return false: closed, and there is nothing left */
    synchronized boolean awaitSome() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return !waiting.isEmpty();
    }

    /** Waits so long, or until it is closed. */
    synchronized void awaitClosed(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !closed; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Takes everything as one. @param most events that are told in full */
    synchronized Batch take(int most) {
        Batch batch = Batch.gather(new ArrayList<>(waiting), lost, most);
        lostEver += batch.omitted() - lost;
        lost = 0;
        waiting.clear();
        return batch;
    }

    /** Takes no more; what waits may still be told. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Takes no more, and gives back what waits. */
    synchronized List<Notice> abandon() {
        List<Notice> rest = new ArrayList<>(waiting);
        waiting.clear();
        close();
        return rest;
    }

    synchronized int size() {
        return waiting.size();
    }

    /** Events that were counted instead of told. */
    synchronized long suppressed() {
        return lostEver;
    }
}
