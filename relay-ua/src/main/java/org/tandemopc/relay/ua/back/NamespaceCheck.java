package org.tandemopc.relay.ua.back;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a member's NamespaceArray (i=2255) fits its pair. Called on an event loop, must return at once.
 */
@FunctionalInterface
public interface NamespaceCheck {
    /** Null when it fits, else what differs, for people. */
    @Nullable
    String difference(int member, List<String> namespaceArray);
}
