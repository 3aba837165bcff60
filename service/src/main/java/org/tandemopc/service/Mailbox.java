package org.tandemopc.service;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.PairEvent;

/**
 * What a pair's actor has yet to hear of: bounded, many writers, one reader. A message is a function of the time, so
 * that the actor stamps it when it takes it.
 *
 * <p>A full box never loses an order of a person silently (it is refused) and gives up reports that a newer one will
 * replace anyway before it gives up anything else. Any thread.
 */
final class Mailbox {
    static final int CAPACITY = 1024;

    /** Reports of one kind about one member: of several in a row only the newest counts. */
    private record Key(String kind, int member) {}

    /** @param key null: not replaceable */
    private record Message(
            LongFunction<PairEvent> event,
            int member,
            @Nullable Key key) {}

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<Message> queue = new ArrayDeque<>();
    private long dropped;

    Mailbox() {
        this(CAPACITY);
    }

    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    /** A person's order. @return false when the box is full: tell the person, nothing was kept */
    boolean order(LongFunction<PairEvent> event) {
        lock.lock();
        try {
            if (queue.size() >= capacity) {
                return false;
            }
            add(new Message(event, -1, null));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A fact that happens once. Dropped, and counted, only when the box is full of such facts. */
    void fact(int member, LongFunction<PairEvent> event) {
        lock.lock();
        try {
            makeRoom();
            if (queue.size() < capacity) {
                add(new Message(event, member, null));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A report that replaces a waiting one of its kind about the same member, unless something else about that member
     * came in between: then both stay, for their order matters.
     */
    void report(String kind, int member, LongFunction<PairEvent> event) {
        Key key = new Key(kind, member);
        lock.lock();
        try {
            Message last = lastAbout(member);
            if (last != null && key.equals(last.key())) {
                queue.removeLastOccurrence(last);
            }
            makeRoom();
            if (queue.size() < capacity) {
                add(new Message(event, member, key));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next message. */
    LongFunction<PairEvent> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty()) {
                // Bounded, so that a missed signal costs a second and not a pair.
                filled.await(1, TimeUnit.SECONDS);
            }
            return queue.removeFirst().event();
        } finally {
            lock.unlock();
        }
    }

    /** The next message, or null. */
    @Nullable
    LongFunction<PairEvent> poll() {
        lock.lock();
        try {
            Message next = queue.pollFirst();
            return next == null ? null : next.event();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** Messages given up since start. */
    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void add(Message message) {
        queue.addLast(message);
        filled.signal();
    }

    private void makeRoom() {
        if (queue.size() < capacity) {
            return;
        }
        dropped++;
        for (Iterator<Message> i = queue.iterator(); i.hasNext(); ) {
            if (i.next().key() != null) {
                i.remove();
                return;
            }
        }
    }

    private @Nullable Message lastAbout(int member) {
        for (Iterator<Message> i = queue.descendingIterator(); i.hasNext(); ) {
            Message m = i.next();
            if (m.member() == member) {
                return m;
            }
        }
        return null;
    }
}
