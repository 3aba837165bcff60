package org.tandemopc.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.relay.ControlLink;

/**
 * Asks each member whose control link is open for its status, once per interval (GEN-7, GEN-9). A question never
 * overlaps another one to the same member: the link itself refuses that (GAP-1). Any thread.
 *
 * <p>The next question is due one interval after the last one was due, not after it was answered, so that the rate at
 * the server is the configured one; questions that were missed while we did not run are not made up for.
 */
final class ProbeRunner {
    /** A suspicion is followed up at most this often, so that many failing sessions do not become many questions. */
    static final long SUSPICION_NANOS = 50_000_000L;

    private static final class Member {
        final ControlLink link;
        /** The machine wants the link open: else a late report of its opening starts nothing. */
        boolean wanted;

        boolean asking;
        long round;
        long dueNanos;
        long suspectedNanos = Long.MIN_VALUE;
        Scheduler.@Nullable Cancellable timer;

        Member(ControlLink link) {
            this.link = link;
        }
    }

    private final LongSupplier nanoClock;
    private final Scheduler scheduler;
    private final PauseDetector pauses;
    private final List<Member> members = new ArrayList<>();
    private Duration interval;
    private Duration timeout;

    ProbeRunner(LongSupplier nanoClock, Scheduler scheduler, PauseDetector pauses, PairSettings settings) {
        this.nanoClock = nanoClock;
        this.scheduler = scheduler;
        this.pauses = pauses;
        this.interval = settings.pingInterval();
        this.timeout = settings.pingTimeout();
    }

    /** In the order of the pair's members. */
    synchronized void add(ControlLink link) {
        members.add(new Member(link));
    }

    /** A question that is due later than the new interval allows is moved up. */
    synchronized void settings(PairSettings settings) {
        interval = settings.pingInterval();
        timeout = settings.pingTimeout();
        long latestNanos = nanoClock.getAsLong() + interval.toNanos();
        for (int i = 0; i < members.size(); i++) {
            Member m = members.get(i);
            if (m.asking && m.dueNanos - latestNanos > 0) {
                stop(m);
                m.asking = true;
                m.dueNanos = latestNanos;
                schedule(i, m);
            }
        }
    }

    /** The link was ordered to open. */
    synchronized void expect(int member) {
        members.get(member).wanted = true;
    }

    /** The link was ordered to close. */
    synchronized void forget(int member) {
        Member m = members.get(member);
        m.wanted = false;
        stop(m);
    }

    /** The link is open: the first question follows after one interval (opening brought a first answer). */
    synchronized void start(int member) {
        Member m = members.get(member);
        stop(m);
        if (!m.wanted) {
            return;
        }
        m.asking = true;
        m.dueNanos = nanoClock.getAsLong() + interval.toNanos();
        schedule(member, m);
    }

    /** The link ended by itself. */
    synchronized void stop(int member) {
        stop(members.get(member));
    }

    /** One question now, if the link is open. */
    synchronized void ask(int member) {
        Member m = members.get(member);
        if (m.asking) {
            m.link.probe(timeout.toMillis());
        }
    }

    /** A session had trouble with the member: ask now, but not for each session. */
    synchronized void suspect(int member) {
        if (member >= members.size()) {
            return; // the pair is being made
        }
        Member m = members.get(member);
        long now = nanoClock.getAsLong();
        if (m.suspectedNanos == Long.MIN_VALUE || now - m.suspectedNanos >= SUSPICION_NANOS) {
            m.suspectedNanos = now;
            ask(member);
        }
    }

    private void stop(Member m) {
        m.asking = false;
        m.round++;
        if (m.timer != null) {
            m.timer.cancel();
            m.timer = null;
        }
    }

    private void schedule(int member, Member m) {
        long round = m.round;
        m.timer = scheduler.after(m.dueNanos - nanoClock.getAsLong(), () -> due(member, round));
    }

    private void due(int member, long round) {
        pauses.check();
        synchronized (this) {
            Member m = members.get(member);
            if (!m.asking || m.round != round) {
                return;
            }
            m.link.probe(timeout.toMillis());
            long now = nanoClock.getAsLong();
            m.dueNanos = Math.max(m.dueNanos + interval.toNanos(), now);
            if (m.dueNanos == now) {
                m.dueNanos = now + interval.toNanos();
            }
            schedule(member, m);
        }
    }
}
