package org.tandemopc.relay.ua.back;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.NamespaceMap;

/**
 * The namespace array of a pair, in whose indexes its clients speak: that of the first member seen. It never changes, and
 * grows at its end by what another member has in addition. A member with the same namespaces in another order is mapped by
 * URI ({@link NamespaceMap}); entry 1 is each server's own (S10, LIM-2). Any thread.
 */
public final class PairNamespaces implements NamespaceCheck {
    private static final int OWN_NAMESPACE = 1;

    private final AtomicReference<@Nullable List<String>> pair = new AtomicReference<>();
    private final Consumer<List<String>> onChange;

    public PairNamespaces() {
        this(unused -> {});
    }

    /** @param onChange hears each new table; by several threads at once, so maybe out of order, must return at once */
    public PairNamespaces(Consumer<List<String>> onChange) {
        this.onChange = onChange;
    }

    /** Null until a member has been seen. A grown table is another object. */
    public @Nullable List<String> current() {
        return pair.get();
    }

    @Override
    public List<String> table(List<String> namespaceArray) {
        List<String> known = pair.get();
        if (known == null || known.size() <= OWN_NAMESPACE || namespaceArray.size() <= OWN_NAMESPACE) {
            return namespaceArray;
        }
        List<String> table = new ArrayList<>(known);
        table.set(OWN_NAMESPACE, namespaceArray.get(OWN_NAMESPACE));
        return List.copyOf(table);
    }

    @Override
    public @Nullable String difference(int member, List<String> namespaceArray) {
        while (true) {
            List<String> known = pair.get();
            String difference = NamespaceMap.difference(known == null ? namespaceArray : known, namespaceArray);
            if (difference != null) {
                return difference;
            }
            List<String> grown = known == null
                    ? List.copyOf(namespaceArray)
                    : NamespaceMap.isSame(known, namespaceArray) ? known : NamespaceMap.grown(known, namespaceArray);
            if (grown.equals(known)) {
                return null;
            }
            if (pair.compareAndSet(known, grown)) {
                onChange.accept(grown);
                return null;
            }
        }
    }
}
