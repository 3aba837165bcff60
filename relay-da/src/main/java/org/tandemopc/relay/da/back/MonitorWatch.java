package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * The watch over one list of monitor items on one connection of a control link, from {@link #run} to {@link #stop}: groups of Tandem's own,
 * one for each update rate ({@link MonitorPlan}).
 *
 * <p>Each item is reported as added or refused, in bounded time, whatever the server answers: what decides must not wait for a server
 * that is mute. Refused items are asked for again, quietly and seldom. That a group has gone is told by no callback, so it is looked for
 * now and then, and all groups are made anew then.
 *
 * <p>All calls are made by the one thread in {@link #run}, one after the other.
 */
final class MonitorWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorWatch.class);

    private final DaConnection connection;
    private final List<MonitorItem> items;
    private final MonitorPauses pauses;
    private final MonitorOutlet outlet;
    private List<Kept> groups = List.of();
    private volatile boolean isStopped;
    private volatile boolean isToClean;
    private volatile @Nullable Thread thread;

    /** A group, and when something is to be done about it. */
    private static final class Kept {
        final MonitorGroup group;
        boolean isMade;
        long makeNanos;
        long pollNanos;
        long lookNanos;
        long refusedNanos;

        Kept(MonitorGroup group, long nowNanos) {
            this.group = group;
            this.makeNanos = nowNanos;
        }

        long dueNanos() {
            if (!isMade) {
                return makeNanos;
            }
            long due = lookNanos;
            if (group.isPolled()) {
                due = earlier(due, pollNanos);
            }
            return group.hasRefused() ? earlier(due, refusedNanos) : due;
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    /** @param report hears the reports, in order; must return at once */
    MonitorWatch(
            DaConnection connection,
            List<MonitorItem> items,
            MonitorPauses pauses,
            Consumer<List<MonitorReport>> report) {
        this.connection = connection;
        this.items = List.copyOf(items);
        this.pauses = pauses;
        this.outlet = new MonitorOutlet(report);
    }

    /** Works until the stop; on a thread of its own, as calls block. */
    void run() {
        thread = Thread.currentThread();
        groups = fresh(System.nanoTime());
        while (!isStopped) {
            long now = System.nanoTime();
            for (Kept kept : List.copyOf(groups)) {
                if (!isStopped && groups.contains(kept) && kept.dueNanos() - now <= 0) {
                    work(kept);
                }
            }
            rest();
        }
        if (isToClean) {
            groups.forEach(kept -> kept.group.remove());
        }
    }

    private List<Kept> fresh(long nowNanos) {
        List<Kept> all = new ArrayList<>();
        for (MonitorPlan.Share share : MonitorPlan.of(items)) {
            all.add(new Kept(new MonitorGroup(connection, share, items, outlet), nowNanos));
        }
        return List.copyOf(all);
    }

    private void rest() {
        long due = Long.MAX_VALUE;
        long now = System.nanoTime();
        for (Kept kept : groups) {
            due = Math.min(due, kept.dueNanos() - now);
        }
        if (!isStopped && due > 0) {
            LockSupport.parkNanos(due);
        }
    }

    private void work(Kept kept) {
        if (!kept.isMade) {
            make(kept);
            return;
        }
        try {
            long now = System.nanoTime();
            if (kept.group.isPolled() && kept.pollNanos - now <= 0) {
                kept.pollNanos = after(Duration.ofMillis(kept.group.pollMs()));
                kept.group.poll();
            }
            if (kept.group.hasRefused() && kept.refusedNanos - now <= 0) {
                kept.refusedNanos = after(pauses.afterRefusal());
                kept.group.addRefused();
            }
            if (kept.lookNanos - now <= 0) {
                kept.lookNanos = after(pauses.look());
                kept.group.look();
            }
        } catch (RpcFaultException e) {
            if (ControlAttempt.OBJECT_GONE.contains(e.status())) {
                beginAnew();
            }
        } catch (LinkException e) {
            // whether the member is lost is for the pings to say
            LOG.debug("Monitor items at {}: {}", connection.address(), e.getMessage());
        }
    }

    private void make(Kept kept) {
        var refusal = kept.group.make();
        if (refusal.isPresent()) {
            kept.makeNanos = after(refusal.get().isFinal() ? pauses.afterRefusal() : pauses.afterLoss());
            groups = groups.stream()
                    .map(one -> one.equals(kept) ? replaced(kept) : one)
                    .toList();
            return;
        }
        kept.isMade = true;
        kept.pollNanos = System.nanoTime();
        kept.lookNanos = after(pauses.look());
        kept.refusedNanos = after(pauses.afterRefusal());
    }

    /** A group is made once: the next attempt is another one. */
    private Kept replaced(Kept failed) {
        return new Kept(failed.group.again(), failed.makeNanos);
    }

    private void beginAnew() {
        LOG.info("{} has lost a group of monitor items; they are added anew.", connection.address());
        groups.forEach(kept -> kept.group.end());
        outlet.interrupted();
        groups.forEach(kept -> kept.group.remove());
        groups = fresh(after(pauses.afterLoss()));
    }

    private static long after(Duration pause) {
        return System.nanoTime() + pause.toNanos();
    }

    /**
     * Nothing is reported any more, but by a call of the listener that has begun. Returns at once.
     *
     * @param isToClean whether the groups are to be taken away, as the connection stays
     */
    void stop(boolean isToClean) {
        this.isToClean = isToClean;
        isStopped = true;
        outlet.close();
        LockSupport.unpark(thread);
    }
}
