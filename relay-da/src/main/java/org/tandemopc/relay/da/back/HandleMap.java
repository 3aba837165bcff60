package org.tandemopc.relay.da.back;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;

/**
 * Which handle the member has for each item of a group, or why it has none. A member's handles leave this class only towards that
 * member; clients see Tandem's own. Any thread.
 */
final class HandleMap {
    private record Entry(int theirs, int error) {}

    private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();

    void put(int ours, int theirs) {
        entries.put(ours, new Entry(theirs, HResult.S_OK));
    }

    /** @param error why the member does not take the item */
    void refused(int ours, int error) {
        entries.put(ours, new Entry(0, error));
    }

    void remove(int ours) {
        entries.remove(ours);
    }

    /** Whether the member was asked for the item, whatever it said. */
    boolean isKnown(int ours) {
        return entries.containsKey(ours);
    }

    /** The items of a call as the member knows them; the others are answered here. */
    Subset subset(Ints ours) {
        int[] errors = new int[ours.size()];
        int[] theirs = new int[ours.size()];
        int count = 0;
        for (int i = 0; i < errors.length; i++) {
            @Nullable Entry entry = entries.get(ours.at(i));
            errors[i] = entry == null ? OpcResult.OPC_E_INVALIDHANDLE : entry.error();
            if (errors[i] == HResult.S_OK) {
                theirs[count] = entry == null ? 0 : entry.theirs();
                count++;
            }
        }
        return new Subset(Ints.of(java.util.Arrays.copyOf(theirs, count)), Ints.of(errors));
    }
}
