package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session at a model server with its subscriptions: samples into per-item queues, publishes at intervals as far as
 * Publish requests are at hand, counts keep-alives (OPC UA Part 4, 5.13.1, 5.14.1).
 */
final class ServerSession {
    /** What the server reports; {@code batch} null: a keep-alive. */
    interface Receiver {
        void notified(long subscription, @Nullable SimBatch batch);
    }

    private final World world;
    private final ModelServer server;
    private final Connection connection;
    private final int clientSession;
    private final Receiver receiver;
    private final Map<Long, Subscription> subscriptions = new LinkedHashMap<>();
    /** Had something to say and no Publish request (Part 4, 5.14.1.2, LATE): the next ones are theirs, in turn. */
    private final java.util.ArrayDeque<Subscription> late = new java.util.ArrayDeque<>();

    private int credits;
    private boolean open = true;

    ServerSession(World world, ModelServer server, Connection connection, int clientSession, Receiver receiver) {
        this.world = world;
        this.server = server;
        this.connection = connection;
        this.clientSession = clientSession;
        this.receiver = receiver;
        this.credits = world.knobs.credits;
    }

    void close() {
        open = false;
        subscriptions.clear();
        late.clear();
    }

    void credit() {
        credits++;
        if (server.running() && !server.mute) {
            Subscription longest = late.poll();
            if (longest != null) {
                longest.catchUp();
            }
        }
    }

    /** @param clientSubscription whose it is, for the truth about its values */
    void createSubscription(
            long id,
            int clientSubscription,
            long publishing,
            long keepAliveCount,
            int maxNotifications,
            boolean enabled) {
        Subscription s =
                new Subscription(id, clientSubscription, publishing, keepAliveCount, maxNotifications, enabled);
        subscriptions.put(id, s);
        s.schedule();
    }

    void deleteSubscription(long id) {
        Subscription s = subscriptions.remove(id);
        if (s != null) {
            s.deleted = true;
            late.remove(s);
        }
    }

    void modifySubscription(long id, long publishing, long keepAliveCount, int maxNotifications) {
        Subscription s = subscriptions.get(id);
        if (s != null) {
            s.publishing = publishing;
            s.keepAliveCount = keepAliveCount;
            s.maxNotifications = maxNotifications;
        }
    }

    void publishingMode(long id, boolean enabled) {
        Subscription s = subscriptions.get(id);
        if (s != null) {
            s.enabled = enabled;
        }
    }

    /** @return the run of the new item, or null if this server does not have it */
    @Nullable
    Run createItem(long subscription, ItemDef item, int queueSize, boolean discardOldest) {
        Subscription s = subscriptions.get(subscription);
        if (s == null || item.missingAt() == server.member) {
            return null;
        }
        long now = world.time.now();
        long tick = item.tickAt(server.sampleTime(now));
        Run run = new Run(server.member, item, clientSession, s.clientSubscription, tick, now);
        Item created = new Item(item, run, queueSize, discardOldest);
        created.sampleNow(tick);
        s.items.put(item.id(), created);
        return run;
    }

    void modifyItem(long subscription, int item, int queueSize, boolean discardOldest) {
        Subscription s = subscriptions.get(subscription);
        Item i = s == null ? null : s.items.get(item);
        if (i != null) {
            i.sampleUpTo(world.time.now());
            i.queueSize = queueSize;
            i.discardOldest = discardOldest;
            i.shrink();
        }
    }

    void deleteItem(long subscription, int item) {
        Subscription s = subscriptions.get(subscription);
        if (s != null) {
            s.items.remove(item);
        }
    }

    /** Takes all samples that are due; before anything changes how this server samples. */
    void catchUp(long now) {
        for (Subscription s : subscriptions.values()) {
            for (Item i : s.items.values()) {
                i.sampleUpTo(now);
            }
        }
    }

    /** The server did not sample for a while. */
    void skipTo(long now) {
        for (Subscription s : subscriptions.values()) {
            for (Item i : s.items.values()) {
                i.lastTick = Math.max(i.lastTick, i.def.tickAt(now));
            }
        }
    }

    void resumeCycles() {
        for (Subscription s : subscriptions.values()) {
            s.schedule();
        }
    }

    private final class Subscription {
        final long id;
        final int clientSubscription;
        long publishing;
        long keepAliveCount;
        int maxNotifications;
        boolean enabled;
        boolean deleted;
        /** Part 4, 5.14.1.1: the first message, if only a keep-alive, is due after the first interval. */
        boolean firstMessage = true;

        long idleCycles;
        long round;
        final Map<Integer, Item> items = new LinkedHashMap<>();

        Subscription(
                long id,
                int clientSubscription,
                long publishing,
                long keepAliveCount,
                int maxNotifications,
                boolean enabled) {
            this.id = id;
            this.clientSubscription = clientSubscription;
            this.publishing = publishing;
            this.keepAliveCount = keepAliveCount;
            this.maxNotifications = maxNotifications;
            this.enabled = enabled;
        }

        void schedule() {
            long of = ++round;
            world.time.after(publishing, () -> {
                if (of == round && open && !deleted && server.running()) {
                    cycle();
                    schedule();
                }
            });
        }

        private void cycle() {
            if (server.mute) {
                return;
            }
            long now = world.time.now();
            for (Item i : items.values()) {
                i.sampleUpTo(now);
            }
            boolean sent = false;
            while (enabled && credits > 0) {
                SimBatch batch = take();
                if (batch == null) {
                    break;
                }
                send(batch);
                sent = true;
            }
            boolean hasMore = enabled && items.values().stream().anyMatch(i -> !i.queue.isEmpty());
            boolean owesKeepAlive = !sent && !hasMore && (firstMessage || ++idleCycles >= keepAliveCount);
            if (sent || owesKeepAlive) {
                idleCycles = 0;
                late.remove(this);
            }
            if (owesKeepAlive && credits > 0) {
                send(null);
            } else if ((owesKeepAlive || hasMore) && !late.contains(this)) {
                late.add(this);
            }
        }

        /** A Publish request has come while this was the longest late one. */
        void catchUp() {
            SimBatch batch = enabled ? take() : null;
            idleCycles = 0;
            send(batch);
            if (enabled && items.values().stream().anyMatch(i -> !i.queue.isEmpty())) {
                late.add(this);
            }
        }

        private void send(@Nullable SimBatch batch) {
            credits--;
            firstMessage = false;
            connection.toRelay(() -> receiver.notified(id, batch));
        }

        private @Nullable SimBatch take() {
            List<Sample> taken = new ArrayList<>();
            int most = maxNotifications > 0 ? maxNotifications : Integer.MAX_VALUE;
            for (Item i : items.values()) {
                while (!i.queue.isEmpty() && taken.size() < most) {
                    Sample s = i.queue.removeFirst();
                    i.run.sent(s);
                    taken.add(s);
                }
            }
            return taken.isEmpty() ? null : new SimBatch(taken);
        }
    }

    private final class Item {
        final ItemDef def;
        final Run run;
        int queueSize;
        boolean discardOldest;
        long lastTick;
        final java.util.ArrayDeque<Sample> queue = new java.util.ArrayDeque<>();

        Item(ItemDef def, Run run, int queueSize, boolean discardOldest) {
            this.def = def;
            this.run = run;
            this.queueSize = queueSize;
            this.discardOldest = discardOldest;
        }

        void sampleUpTo(long now) {
            if (server.frozenItems) {
                return;
            }
            long due = def.tickAt(now);
            for (long tick = lastTick + 1; tick <= due; tick++) {
                sampleNow(tick);
            }
        }

        void sampleNow(long tick) {
            boolean change = run.firstTick == tick || !def.equal(tick, lastTick);
            lastTick = tick;
            if (!change) {
                return;
            }
            run.sampled(tick);
            queue.addLast(new Sample(
                    run,
                    def.id(),
                    tick,
                    def.sourceTime(tick, server.lag, server.clockOffset),
                    def.value(tick),
                    def.status(tick)));
            shrink();
        }

        /** Part 4, 5.13.1.5: what does not fit goes, and the neighbour that stays says so, but not at queue size 1. */
        void shrink() {
            while (queue.size() > queueSize) {
                if (discardOldest) {
                    Sample gone = queue.removeFirst();
                    run.discarded(gone.tick);
                    queue.getFirst().overflow = queueSize > 1;
                } else {
                    Sample newest = queue.removeLast();
                    Sample gone = queue.removeLast();
                    run.discarded(gone.tick);
                    newest.overflow = queueSize > 1;
                    queue.addLast(newest);
                }
            }
        }
    }
}
