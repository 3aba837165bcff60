package org.tandemopc.relay.ua.back;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a member's NamespaceArray (i=2255) fits its pair. Called on an event loop, must return at once.
 */
@FunctionalInterface
public interface NamespaceCheck {
    /** Null when it fits or can be mapped, else what differs, for people. */
    @Nullable
    String difference(int member, List<String> namespaceArray);

    /**
     * The table to whose indexes node ids on the link to a member belong: the pair's, with the member's own name in entry 1.
     *
     * @param namespaceArray the member's own
     */
    default List<String> table(List<String> namespaceArray) {
        return namespaceArray;
    }
}
