package org.tandemopc.relay.ua.back;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.NamespaceMap;

/**
 * The namespace array of a pair, in whose indexes its clients speak: that of the most preferred member among those that were
 * seen before the pair served anybody. From then on it never changes, and grows at its end by what another member has in
 * addition. A member with the same namespaces in another order is mapped by URI ({@link NamespaceMap}); entry 1 is each
 * server's own (S10, LIM-2). Any thread.
 */
public final class PairNamespaces implements NamespaceCheck {
    private static final int OWN_NAMESPACE = 1;

    private final AtomicReference<@Nullable State> state = new AtomicReference<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private final Consumer<List<String>> onChange;

    /** @param of the member whose order it is */
    private record State(int of, List<String> table) {}

    public PairNamespaces() {
        this(unused -> {});
    }

    /**
     * @param onChange hears the table once it is settled, and each one that has grown since; by several threads at once, so
     *     maybe out of order, must return at once
     */
    public PairNamespaces(Consumer<List<String>> onChange) {
        this.onChange = onChange;
    }

    /** Null until a member has been seen. Another table is another object. */
    public @Nullable List<String> current() {
        State now = state.get();
        return now == null ? null : now.table;
    }

    /** The pair is about to serve: from now on clients know the indexes. */
    public void settle() {
        if (settled.compareAndSet(false, true)) {
            tell();
        }
    }

    private void tell() {
        List<String> table = current();
        if (table != null && settled.get()) {
            onChange.accept(table);
        }
    }

    @Override
    public List<String> table(List<String> namespaceArray) {
        List<String> known = current();
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
            State known = state.get();
            List<String> table = known == null ? namespaceArray : known.table;
            String difference = NamespaceMap.difference(table, namespaceArray);
            if (difference != null) {
                return difference;
            }
            State next = next(known, member, namespaceArray);
            if (next.equals(known)) {
                return null;
            }
            if (state.compareAndSet(known, next)) {
                tell();
                return null;
            }
        }
    }

    private State next(@Nullable State known, int member, List<String> namespaceArray) {
        if (known == null) {
            return new State(member, List.copyOf(namespaceArray));
        }
        if (!settled.get() && member < known.of) {
            return new State(member, grown(namespaceArray, known.table));
        }
        return new State(known.of, grown(known.table, namespaceArray));
    }

    private static List<String> grown(List<String> table, List<String> other) {
        return NamespaceMap.isSame(table, other) ? List.copyOf(table) : NamespaceMap.grown(table, other);
    }
}
