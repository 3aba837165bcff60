package org.tandemopc.relay.ua;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.UaValueBatch;
import org.tandemopc.relay.ua.wire.UpstreamPublish;

/** What exists at one member for one client session, as far as the member has answered. Owned by the session's loop. */
final class MemberState {
    private final Map<Integer, MemberSubscription> subscriptions = new LinkedHashMap<>();
    private final Map<Long, MemberSubscription> byUpstreamId = new HashMap<>();

    /** A client's subscription at the member. */
    static final class MemberSubscription {
        /** Tandem's own id, which the client sees. */
        final int id;

        final long upstreamId;
        /** Of the wanted parameters that the member was told. */
        int version;

        boolean publishing;
        /** It was made with a shorter interval than the wanted one, for its first values to come soon. */
        boolean hurried;
        /** Values of it have come. */
        boolean saidValues;
        /** What was delivered last is not all that it had ready. */
        boolean hasMore;

        final Map<Integer, MemberItem> items = new LinkedHashMap<>();
        /** Triggering item to triggered ones, by Tandem's ids. */
        final Map<Integer, Set<Integer>> triggers = new HashMap<>();

        /** Of items that were made anew: under which handle; and the other way round. */
        private final Map<Integer, Integer> handles = new HashMap<>();

        private final Map<Integer, Integer> renewed = new HashMap<>();
        private int lastHandle;

        final MessageOrder<UpstreamPublish> order = new MessageOrder<>();
        boolean republishing;
        /** Until when the member may answer Publish requests of a connection that was lost; null: it does not. */
        @Nullable
        Long catchUpUntilNanos;

        /** It has spoken since it was made, or since its publishing was switched on. */
        boolean heard;
        /** How often it was told to speak: each time with its own deadline. */
        int expectations;

        boolean reportedMissing;
        /** All its items are here for so long that what is held of them reaches back behind what the active has delivered. */
        boolean current;
        /** So often the member speaks at least, by its own answer. */
        double keepAliveMs;
        /** When its last message came, or what is to be heard of it changed. */
        long spokeNanos;
        /** It was seen to speak though its publishing is off (Part 4, 5.14.1.1, has it so; not all servers do). */
        boolean speaksParked;

        private MemberSubscription(int id, long upstreamId, int version, boolean publishing) {
            this.id = id;
            this.upstreamId = upstreamId;
            this.version = version;
            this.publishing = publishing;
        }

        /** The client handle under which the member reports the item, or is to: its id, unless it was made anew. */
        int handle(int item) {
            return handles.getOrDefault(item, item);
        }

        /**
         * The item was deleted at the member and is to be made again, under another handle: what the member still says of
         * the old one, however late, is told from what it says of the new one.
         */
        void renewHandle(int item) {
            forgetHandle(item);
            handles.put(item, --lastHandle);
            renewed.put(lastHandle, item);
        }

        void forgetHandle(int item) {
            Integer handle = handles.remove(item);
            if (handle != null) {
                renewed.remove(handle);
            }
        }

        /** The values of items that are there, by their ids; null if there are none. */
        @Nullable
        UaValueBatch ofItems(UaValueBatch reported) {
            return handles.isEmpty() ? reported : reported.ofItems(this::itemOf);
        }

        private int itemOf(int handle) {
            // Ids are above 0.
            return handle < 0
                    ? renewed.getOrDefault(handle, UaValueBatch.NO_ITEM)
                    : handles.containsKey(handle) ? UaValueBatch.NO_ITEM : handle;
        }

        Set<Integer> triggeredBy(int item) {
            return triggers.computeIfAbsent(item, k -> new HashSet<>());
        }

        /** The item is deleted at the member, and its triggering links with it. */
        void forget(int item) {
            items.remove(item);
            triggers.remove(item);
            triggers.values().forEach(linked -> linked.remove(item));
        }
    }

    /** A client's item at the member. */
    static final class MemberItem {
        private static final long RETRY_FIRST_MS = 1_000;
        private static final long RETRY_MAX_MS = 60_000;

        final UaItem item;
        /** 0 while the member refuses the item. */
        long upstreamId;
        /** Since when the member has it, monotonic. */
        long madeNanos;
        /** Of the wanted parameters that the member was told. */
        int version;

        boolean bigQueue;
        /** To be deleted and made again, for its initial value. */
        boolean renew;

        MonitoringMode mode = MonitoringMode.Reporting;
        StatusCode refusal = StatusCode.GOOD;
        private long retryMs;
        long retryAtNanos;

        private MemberItem(UaItem item) {
            this.item = item;
        }

        boolean exists() {
            return upstreamId != 0;
        }
    }

    boolean isEmpty() {
        return subscriptions.isEmpty();
    }

    int size() {
        return subscriptions.size();
    }

    List<MemberSubscription> all() {
        return List.copyOf(subscriptions.values());
    }

    @Nullable
    MemberSubscription subscription(int id) {
        return subscriptions.get(id);
    }

    @Nullable
    MemberSubscription byUpstreamId(long upstreamId) {
        return byUpstreamId.get(upstreamId);
    }

    /** Whether it is (still) this one: not made anew since. */
    boolean holds(MemberSubscription subscription) {
        return subscription.equals(subscriptions.get(subscription.id));
    }

    /** The member's id of a client's subscription, or 0. */
    long upstreamId(int subscription) {
        MemberSubscription has = subscriptions.get(subscription);
        return has == null ? 0 : has.upstreamId;
    }

    @Nullable
    MemberItem item(int subscription, int item) {
        MemberSubscription has = subscriptions.get(subscription);
        return has == null ? null : has.items.get(item);
    }

    /** The member's id of a client's item, or 0. */
    long upstreamId(int subscription, int item) {
        MemberItem has = item(subscription, item);
        return has == null ? 0 : has.upstreamId;
    }

    MemberSubscription created(int id, long upstreamId, int version, boolean publishing) {
        MemberSubscription made = new MemberSubscription(id, upstreamId, version, publishing);
        subscriptions.put(id, made);
        byUpstreamId.put(upstreamId, made);
        return made;
    }

    void remove(MemberSubscription gone) {
        subscriptions.remove(gone.id);
        byUpstreamId.remove(gone.upstreamId);
    }

    void clear() {
        subscriptions.clear();
        byUpstreamId.clear();
    }

    MemberItem created(MemberSubscription of, UaItem item, long upstreamId) {
        MemberItem made = new MemberItem(item);
        made.upstreamId = upstreamId;
        of.items.put(item.id, made);
        return made;
    }

    /**
     * The member refused an item: it is asked again after a while, longer each time.
     *
     * @return whether this is the first refusal
     */
    boolean refused(MemberSubscription of, UaItem item, StatusCode status, long nowNanos) {
        MemberItem known = of.items.get(item.id);
        boolean first = known == null;
        if (known == null) {
            known = new MemberItem(item);
            known.retryMs = MemberItem.RETRY_FIRST_MS;
            of.items.put(item.id, known);
        } else {
            known.retryMs = Math.min(MemberItem.RETRY_MAX_MS, known.retryMs * 2);
        }
        known.refusal = status;
        known.retryAtNanos = nowNanos + known.retryMs * 1_000_000;
        return first;
    }

    /** Items that this member does not have, with its reason. */
    Map<UaItem, StatusCode> refusedItems() {
        Map<UaItem, StatusCode> refused = new LinkedHashMap<>();
        forEachItem(item -> {
            if (!item.exists()) {
                refused.put(item.item, item.refusal);
            }
        });
        return refused;
    }

    /** When the next of them is to be asked for again; {@link Long#MAX_VALUE} = none. */
    long nextRetryNanos() {
        long[] soonest = {Long.MAX_VALUE};
        forEachItem(item -> {
            if (!item.exists()) {
                soonest[0] = Math.min(soonest[0], item.retryAtNanos);
            }
        });
        return soonest[0];
    }

    /** @return whether there is such an item that the member has */
    boolean markForRenewal(Predicate<UaItem> which) {
        boolean[] any = {false};
        forEachItem(item -> {
            if (item.exists() && which.test(item.item)) {
                item.renew = true;
                any[0] = true;
            }
        });
        return any[0];
    }

    /** The client handle under which the member reports the item, or is to. */
    int handle(UaItem item) {
        MemberSubscription has = subscriptions.get(item.subscription.id);
        return has == null ? item.id : has.handle(item.id);
    }

    private void forEachItem(java.util.function.Consumer<MemberItem> task) {
        for (MemberSubscription has : subscriptions.values()) {
            has.items.values().forEach(task);
        }
    }
}
