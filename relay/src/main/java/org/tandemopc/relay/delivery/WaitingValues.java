package org.tandemopc.relay.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's values that wait for the client, oldest first.
 *
 * <p>Where there are too many, the oldest give way, but never an item's newest: it is the item's state, and where nothing
 * changes any more it would have been the last for ever. So they are bounded by the limit, or by one value per item if
 * that is more, as in any server.
 */
final class WaitingValues {
    /** @param number in the order of queueing; {@link Item#newestIn} refers to it */
    private record Waiting(ValueBatch batch, long number) {}

    private static final long FEW_BYTES = 4_096;
    private static final BitSet NONE = new BitSet();

    private final ArrayDeque<Waiting> batches = new ArrayDeque<>();
    private long bytes;
    private long count;
    /** Number of the batch that was taken out last. */
    private long taken;
    /** Of the beginning, which is nothing but newest values: it is passed over each time that others give way. */
    private long newestBytes;

    boolean isEmpty() {
        return batches.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** Number of the batch that will be added next: the items of its entries are told before. */
    long nextNumber() {
        return count + 1;
    }

    void add(ValueBatch batch) {
        batches.addLast(new Waiting(batch, ++count));
        bytes += batch.bytes();
    }

    /** @throws java.util.NoSuchElementException if there is none */
    ValueBatch removeFirst() {
        Waiting first = batches.removeFirst();
        taken = first.number();
        newestBytes = 0;
        bytes -= first.batch().bytes();
        return first.batch();
    }

    /** What is left of the batch that was taken out last. */
    void putBack(ValueBatch rest) {
        batches.addFirst(new Waiting(rest, taken));
        bytes += rest.bytes();
    }

    Set<Integer> items() {
        Set<Integer> items = new HashSet<>();
        for (Waiting waiting : batches) {
            for (int i = 0; i < waiting.batch().size(); i++) {
                items.add(waiting.batch().item(i));
            }
        }
        return items;
    }

    /**
     * Lets the oldest go that a newer one follows.
     *
     * @param excess so many bytes at least, if there are so many to let go
     * @param itemOf an item by its id, null if it is gone
     * @return entries let go, oldest first; empty if only newest values are left
     */
    List<ValueBatch> giveWay(long excess, IntFunction<@Nullable Item> itemOf) {
        // Many of them are passed over not for a single value, but for an eighth of their number.
        long wanted = excess + newestBytes / FEW_BYTES * (FEW_BYTES / 8);
        List<ValueBatch> gone = new ArrayList<>();
        List<ValueBatch> newest = new ArrayList<>();
        long freed = 0;
        while (freed < wanted && !batches.isEmpty()) {
            Waiting oldest = batches.removeFirst();
            ValueBatch batch = oldest.batch();
            BitSet goes = older(oldest, wanted - freed, itemOf);
            if (goes.isEmpty()) {
                newest.add(batch);
                continue;
            }
            gone.add(goes.cardinality() == batch.size() ? batch : batch.select(goes, NONE, NONE));
            freed += gone.getLast().bytes();
            BitSet stays = new BitSet(batch.size());
            stays.set(0, batch.size());
            stays.andNot(goes);
            if (stays.isEmpty()) {
                continue;
            }
            ValueBatch rest = batch.select(stays, NONE, NONE);
            if (freed >= wanted) {
                batches.addFirst(new Waiting(rest, oldest.number()));
            } else {
                newest.add(rest);
            }
        }
        bytes -= freed;
        putFirst(newest, itemOf);
        return gone;
    }

    /** The first entries of a batch that others follow, so many that their size is enough. */
    private static BitSet older(Waiting of, long enough, IntFunction<@Nullable Item> itemOf) {
        ValueBatch batch = of.batch();
        BitSet goes = new BitSet(batch.size());
        Set<Item> followed = new HashSet<>();
        for (int i = batch.size() - 1; i >= 0; i--) {
            Item item = itemOf.apply(batch.item(i));
            // Events are no states: the newest says nothing of the ones before.
            goes.set(i, item == null || item.isEvents() || item.newestIn != of.number() || !followed.add(item));
        }
        long bytesEach = Math.max(1, batch.bytes() / batch.size());
        long most = (enough + bytesEach - 1) / bytesEach;
        int last = -1;
        for (int i = goes.nextSetBit(0); i >= 0 && most > 0; i = goes.nextSetBit(i + 1)) {
            most--;
            last = i;
        }
        goes.clear(last + 1, batch.size());
        return goes;
    }

    /** Newest values of whatever batches become one: a message of many small parts is a burden for the client. */
    private void putFirst(List<ValueBatch> newest, IntFunction<@Nullable Item> itemOf) {
        newestBytes = 0;
        if (newest.isEmpty()) {
            return;
        }
        ValueBatch all = newest.getFirst().append(newest.subList(1, newest.size()));
        long number = ++count;
        for (int i = 0; i < all.size(); i++) {
            Item item = itemOf.apply(all.item(i));
            if (item != null) {
                item.newestIn = number;
            }
        }
        batches.addFirst(new Waiting(all, number));
        newestBytes = all.bytes();
    }
}
