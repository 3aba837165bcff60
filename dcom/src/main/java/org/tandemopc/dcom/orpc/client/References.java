package org.tandemopc.dcom.orpc.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;

/**
 * The references that this side owns at one exporter, by IPID, and how many pointers share them ([MS-DCOM] 3.2.4.4). Several
 * pointers to one interface share one heap of references; what is left of it goes back when the last of them is closed.
 * Not thread-safe.
 */
final class References {
    private static final long COUNT_MAX = 0xFFFF_FFFFL;

    private final Map<Guid, Heap> heaps = new HashMap<>();
    private final Map<Guid, Long> owed = new HashMap<>();

    private static final class Heap {
        private long owned;
        private int pointers;
    }

    /** A pointer came, with that many references. */
    void take(Guid ipid, long count) {
        Heap heap = heaps.computeIfAbsent(ipid, key -> new Heap());
        heap.owned = sum(heap.owned, count);
        heap.pointers++;
    }

    /** Further references came for a pointer that is there. */
    void add(Guid ipid, long count) {
        Heap heap = heaps.get(ipid);
        if (heap == null) {
            owe(ipid, count);
        } else {
            heap.owned = sum(heap.owned, count);
        }
    }

    /** Whether the object may go at any moment, because the reference came with none to own. */
    boolean isWithout(Guid ipid) {
        Heap heap = heaps.get(ipid);
        return heap != null && heap.owned == 0;
    }

    /** Gives one away if one can be spared. @return 1, or 0: whoever gets the pointer asks for references himself */
    int handOn(Guid ipid) {
        Heap heap = heaps.get(ipid);
        if (heap == null || heap.owned < 2) {
            return 0;
        }
        heap.owned--;
        return 1;
    }

    /** Whether none can be given away without losing the last one. */
    boolean isShort(Guid ipid) {
        Heap heap = heaps.get(ipid);
        return heap != null && heap.owned < 2;
    }

    /** A pointer is closed. */
    void drop(Guid ipid) {
        Heap heap = heaps.get(ipid);
        if (heap != null && --heap.pointers == 0) {
            heaps.remove(ipid);
            owe(ipid, heap.owned);
        }
    }

    /** References that nobody has a pointer for. */
    void owe(Guid ipid, long count) {
        if (count > 0) {
            owed.merge(ipid, Math.min(count, COUNT_MAX), References::sum);
        }
    }

    /** What has to go back, and is owed no more. */
    List<RemInterfaceRef> takeOwed(int most) {
        List<RemInterfaceRef> batch = new ArrayList<>();
        Iterator<Map.Entry<Guid, Long>> all = owed.entrySet().iterator();
        while (all.hasNext() && batch.size() < most) {
            Map.Entry<Guid, Long> entry = all.next();
            batch.add(new RemInterfaceRef(entry.getKey(), entry.getValue(), 0));
            all.remove();
        }
        return batch;
    }

    boolean isNothingOwed() {
        return owed.isEmpty();
    }

    boolean isUnused() {
        return heaps.isEmpty();
    }

    /** Everything goes back, whoever still has pointers. */
    void dropAll() {
        heaps.forEach((ipid, heap) -> owe(ipid, heap.owned));
        heaps.clear();
    }

    /** The exporter is gone, and all references with it. */
    void clear() {
        heaps.values().forEach(heap -> heap.owned = 0);
        owed.clear();
    }

    private static long sum(long a, long b) {
        return Math.min(COUNT_MAX, a + b);
    }
}
