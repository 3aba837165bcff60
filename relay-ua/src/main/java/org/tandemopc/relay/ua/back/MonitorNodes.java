package org.tandemopc.relay.ua.back;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.jspecify.annotations.Nullable;

/** NodeIds of monitor items as people write them (Part 6, 5.3.1.10 and 5.3.1.11). Pure. */
final class MonitorNodes {
    private static final String BY_URI = "nsu=";

    private MonitorNodes() {}

    /**
     * The node on a member with this namespace array; null when the array does not have the namespace, or the text is no
     * NodeId after all.
     */
    static @Nullable NodeId resolve(String item, List<String> namespaceArray) {
        String text = item;
        if (item.startsWith(BY_URI)) {
            int end = item.indexOf(';');
            if (end < 0) {
                return null;
            }
            int index = namespaceArray.indexOf(unescaped(item.substring(BY_URI.length(), end)));
            if (index < 0) {
                return null;
            }
            text = "ns=" + index + item.substring(end);
        }
        try {
            return NodeId.parse(text);
        } catch (UaRuntimeException | IllegalArgumentException e) {
            return null;
        }
    }

    /** In a URI the semicolon and the percent sign are written as %3B and %25. */
    private static String unescaped(String uri) {
        return uri.replace("%3B", ";").replace("%3b", ";").replace("%25", "%");
    }
}
