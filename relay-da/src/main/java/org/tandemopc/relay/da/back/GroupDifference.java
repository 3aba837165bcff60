package org.tandemopc.relay.da.back;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must be done at a member so that a group has the items that it is to have. Pure, immutable.
 *
 * @param removed handles
 * @param activated handles
 * @param deactivated handles
 * @param retuned items that are to be tuned otherwise, new ones too
 */
record GroupDifference(
        List<Integer> removed,
        List<ItemSpec> added,
        List<Integer> activated,
        List<Integer> deactivated,
        List<ItemSpec> retyped,
        List<Retuned> retuned) {
    /** An item whose deadband or sampling is to be another. */
    record Retuned(int handle, ItemTuning before, ItemTuning now) {}

    /** @param has by handle, what the member was asked for last */
    static GroupDifference of(Map<Integer, ItemSpec> has, Collection<ItemSpec> wanted) {
        Set<Integer> removed = new LinkedHashSet<>(has.keySet());
        List<ItemSpec> added = new ArrayList<>();
        List<Integer> activated = new ArrayList<>();
        List<Integer> deactivated = new ArrayList<>();
        List<ItemSpec> retyped = new ArrayList<>();
        List<Retuned> retuned = new ArrayList<>();
        wanted.forEach(item -> removed.remove(item.handle()));
        for (ItemSpec item : wanted) {
            ItemSpec before = has.get(item.handle());
            ItemTuning tuning = before == null ? ItemTuning.NONE : before.tuning();
            if (!tuning.equals(item.tuning())) {
                retuned.add(new Retuned(item.handle(), tuning, item.tuning()));
            }
            if (before == null) {
                added.add(item);
                continue;
            }
            if (before.requestedType() != item.requestedType()) {
                retyped.add(item);
            }
            if (before.isActive() != item.isActive()) {
                (item.isActive() ? activated : deactivated).add(item.handle());
            }
        }
        return new GroupDifference(List.copyOf(removed), added, activated, deactivated, retyped, retuned);
    }
}
