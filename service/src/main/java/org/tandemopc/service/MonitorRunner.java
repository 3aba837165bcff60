package org.tandemopc.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.MonitorEffect;
import org.tandemopc.core.monitor.MonitorEvent;
import org.tandemopc.core.monitor.MonitorMachine;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorSnapshot;
import org.tandemopc.core.monitor.MonitorState;
import org.tandemopc.core.monitor.MonitorStep;
import org.tandemopc.core.monitor.MonitorSubject;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.relay.ControlLink;

/**
 * Tests the members of a pair by their monitor items: keeps one {@link MonitorMachine}'s state per member, feeds it what
 * the links report, and hands on what follows.
 *
 * <p>Whoever reports only puts a message into a bounded box, with the time at which it came; the scheduler's thread does
 * the work, so that an event loop of a link has none. Any thread.
 */
final class MonitorRunner {
    /** Messages that may wait; a member sends some tens a second. */
    static final int WAITING_MAX = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(MonitorRunner.class);

    private record Message(int member, long connection, boolean isOfLink, MonitorEvent event) {}

    private static final class Member {
        final ControlLink link;
        /** Grows with each end of the link: what an earlier connection brought is not handed on any more. */
        long connection;

        volatile MonitorState state;
        long timerNanos = Long.MAX_VALUE;
        Scheduler.@Nullable Cancellable timer;

        Member(ControlLink link, MonitorState state) {
            this.link = link;
            this.state = state;
        }
    }

    private final PairConfig config;
    private final LongSupplier nanoClock;
    private final Scheduler scheduler;
    private final PauseDetector pauses;
    private final Mailbox mailbox;
    private final EventLog log;
    private final List<Member> members = new ArrayList<>();
    private final ArrayDeque<Message> waiting = new ArrayDeque<>();
    private final Object working = new Object();
    private Monitoring monitoring;
    private long revision;
    private long dropped;

    MonitorRunner(
            PairConfig config,
            LongSupplier nanoClock,
            Scheduler scheduler,
            PauseDetector pauses,
            Mailbox mailbox,
            EventLog log) {
        this.config = config;
        this.nanoClock = nanoClock;
        this.scheduler = scheduler;
        this.pauses = pauses;
        this.mailbox = mailbox;
        this.log = log;
        this.monitoring = config.monitoring();
    }

    /** In the order of the pair's members. */
    synchronized void add(ControlLink link) {
        int member = members.size();
        MonitorSubject subject = new MonitorSubject(
                config.name(), member, config.settings().members().get(member).machine());
        members.add(new Member(link, MonitorMachine.initial(subject, monitoring)));
        if (!monitoring.items().isEmpty()) {
            link.monitor(revision, monitoring.items());
        }
    }

    /** The link is open. */
    synchronized void opened(int member) {
        tell(member, MonitorEvent.LinkOpened::new);
    }

    /** The link ended, by itself or by our order. */
    synchronized void closed(int member) {
        members.get(member).connection++;
        tell(member, MonitorEvent.LinkClosed::new);
    }

    /** What the link says of the items of that revision. */
    synchronized void reported(int member, long ofRevision, List<MonitorReport> reports) {
        if (ofRevision == revision) {
            put(member, true, new MonitorEvent.Reported(nanoClock.getAsLong(), reports));
        }
    }

    /** S35; called before anything that became due meanwhile is reported. */
    synchronized void paused(long pausedNanos) {
        for (int member = 0; member < members.size(); member++) {
            tell(member, now -> new MonitorEvent.OwnPauseNoticed(now, pausedNanos));
        }
    }

    /** Watches these items from now on; clients do not notice. */
    synchronized void monitor(Monitoring changed) {
        if (changed.equals(monitoring)) {
            return;
        }
        monitoring = changed;
        revision++;
        for (int member = 0; member < members.size(); member++) {
            tell(member, now -> new MonitorEvent.MonitoringChanged(now, changed));
            members.get(member).link.monitor(revision, changed.items());
        }
    }

    /** For people. */
    MonitorSnapshot snapshot(int member) {
        return member(member).state.snapshot();
    }

    /** Messages given up since the start. */
    synchronized long dropped() {
        return dropped;
    }

    private synchronized Member member(int member) {
        return members.get(member);
    }

    /** A message that must arrive. */
    private void tell(int member, LongFunction<MonitorEvent> event) {
        put(member, false, event.apply(nanoClock.getAsLong()));
    }

    private void put(int member, boolean isOfLink, MonitorEvent event) {
        if (waiting.size() >= WAITING_MAX) {
            dropOldestReport();
        }
        waiting.addLast(new Message(member, members.get(member).connection, isOfLink, event));
        if (waiting.size() == 1) {
            scheduler.after(0, this::work);
        }
    }

    private void dropOldestReport() {
        for (Iterator<Message> i = waiting.iterator(); i.hasNext(); ) {
            if (i.next().isOfLink()) {
                i.remove();
                dropped++;
                return;
            }
        }
    }

    /** Takes what waits, one message at a time and in order. */
    private void work() {
        synchronized (working) {
            for (Message next = poll(); next != null; next = poll()) {
                step(next);
            }
            for (int member = 0; member < count(); member++) {
                schedule(member);
            }
        }
    }

    private synchronized @Nullable Message poll() {
        return waiting.pollFirst();
    }

    private synchronized int count() {
        return members.size();
    }

    private synchronized boolean isCurrent(Message message) {
        return members.get(message.member()).connection == message.connection();
    }

    private void step(Message message) {
        if (message.isOfLink() && !isCurrent(message)) {
            return;
        }
        Member member = member(message.member());
        try {
            MonitorStep step = MonitorMachine.next(member.state, message.event());
            member.state = step.state();
            perform(message, step.effects());
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("pair", config.name())
                    .addKeyValue("member", message.member())
                    .setCause(e)
                    .log("A defect of Tandem was met while testing monitor items; the event is given up.");
        }
    }

    /** Under the lock: after the end of a link, or of the last item, has been told to us, nothing more is said of it. */
    private synchronized void perform(Message message, List<MonitorEffect> effects) {
        if (isCurrent(message) && !monitoring.items().isEmpty()) {
            effects.forEach(effect -> perform(message.member(), effect));
        }
    }

    private void perform(int member, MonitorEffect effect) {
        switch (effect) {
            case MonitorEffect.Record e -> log.add(e.record());
            case MonitorEffect.TestChanged e ->
                mailbox.fact(member, now -> new PairEvent.MonitorTestChanged(now, member, e.passed(), e.detail()));
        }
    }

    /** An earlier timer stays: when it fires, the next one is set. */
    private void schedule(int index) {
        Member member = member(index);
        long due = MonitorMachine.dueNanos(member.state);
        if (due >= member.timerNanos && due != Long.MAX_VALUE) {
            return;
        }
        if (member.timer != null) {
            member.timer.cancel();
            member.timer = null;
        }
        member.timerNanos = due;
        if (due == Long.MAX_VALUE) {
            return;
        }
        member.timer = scheduler.after(due - nanoClock.getAsLong(), () -> tick(index, due));
    }

    private void tick(int index, long ofNanos) {
        pauses.check();
        synchronized (working) {
            Member member = member(index);
            if (member.timerNanos == ofNanos) {
                member.timerNanos = Long.MAX_VALUE;
                member.timer = null;
            }
        }
        synchronized (this) {
            tell(index, MonitorEvent.Ticked::new);
        }
        work();
    }
}
