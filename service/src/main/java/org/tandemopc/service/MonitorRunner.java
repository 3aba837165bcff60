package org.tandemopc.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
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
 * the work, so that an event loop of a link has none. It must not be the thread of pings and of the beat: how much there
 * is to do is up to the members. Any thread.
 */
final class MonitorRunner {
    /** Reports and other messages that may wait; a member sends some tens a second. */
    static final int WAITING_MAX = 4 * Monitoring.ITEMS_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(MonitorRunner.class);

    private record Message(int member, long connection, boolean isOfLink, MonitorEvent event) {
        int weight() {
            return event instanceof MonitorEvent.Reported reported
                    ? reported.reports().size()
                    : 1;
        }
    }

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
    /** The weights of those that wait. */
    private int waitingReports;

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
            put(member, true, new MonitorEvent.Reported(nanoClock.getAsLong(), newest(reports)));
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

    /** Of a message that tells of an item very often, its last value: so that no message is larger than the box. */
    private List<MonitorReport> newest(List<MonitorReport> reports) {
        if (reports.size() <= 2 * Monitoring.ITEMS_MAX) {
            return reports;
        }
        Set<Integer> told = new HashSet<>();
        ArrayDeque<MonitorReport> kept = new ArrayDeque<>();
        for (int i = reports.size() - 1; i >= 0 && kept.size() < 2 * Monitoring.ITEMS_MAX; i--) {
            MonitorReport report = reports.get(i);
            if (!(report instanceof MonitorReport.Value value)) {
                told.clear();
                kept.addFirst(report);
            } else if (told.add(value.item())) {
                kept.addFirst(report);
            }
        }
        dropped += reports.size() - kept.size();
        return List.copyOf(kept);
    }

    /** Reports and messages given up since the start. */
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
        Message message = new Message(member, members.get(member).connection, isOfLink, event);
        while (waitingReports + message.weight() > WAITING_MAX && dropOldestReports()) {}
        waitingReports += message.weight();
        waiting.addLast(message);
        if (waiting.size() == 1) {
            scheduler.after(0, this::work);
        }
    }

    /** @return false when nothing waits that may be dropped: all else must arrive, and is little */
    private boolean dropOldestReports() {
        for (Iterator<Message> i = waiting.iterator(); i.hasNext(); ) {
            Message oldest = i.next();
            if (oldest.isOfLink()) {
                i.remove();
                waitingReports -= oldest.weight();
                dropped += oldest.weight();
                return true;
            }
        }
        return false;
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
        Message next = waiting.pollFirst();
        waitingReports -= next == null ? 0 : next.weight();
        return next;
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
