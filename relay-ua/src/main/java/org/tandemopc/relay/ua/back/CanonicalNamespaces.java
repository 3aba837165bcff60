package org.tandemopc.relay.ua.back;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The namespace array of a pair: that of the first member seen, then frozen. Entry 1 is the server's own and may differ;
 * any other difference makes node ids of one member mean something else on the other (S10, architecture 9). Any thread.
 */
public final class CanonicalNamespaces implements NamespaceCheck {
    private static final int OWN_NAMESPACE = 1;

    private final AtomicReference<@Nullable List<String>> canonical = new AtomicReference<>();

    /** Null until a member has been seen. */
    public @Nullable List<String> current() {
        return canonical.get();
    }

    @Override
    public @Nullable String difference(int member, List<String> namespaceArray) {
        List<String> first = canonical.get();
        if (first == null) {
            if (canonical.compareAndSet(null, List.copyOf(namespaceArray))) {
                return null;
            }
            first = Objects.requireNonNull(canonical.get());
        }
        int length = Math.max(first.size(), namespaceArray.size());
        for (int i = 0; i < length; i++) {
            String expected = i < first.size() ? first.get(i) : "";
            String found = i < namespaceArray.size() ? namespaceArray.get(i) : "";
            if (i != OWN_NAMESPACE && !expected.equals(found)) {
                return "namespace " + i + " is \"" + found + "\", expected \"" + expected + "\"";
            }
        }
        return null;
    }
}
