package org.tandemopc.it.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;

/** docs/reference/own-nodes.md, which a test of {@code relay-ua} holds to the code. */
public final class OwnNodesPage {
    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| `i=(\\d+)` \\| \\w+ \\| (yes|no|other member|one member|may)(?:: [^|]+)? \\| [^|]+ \\|$");

    private static final Pattern SERVICE = Pattern.compile("(?m)^\\| `([A-Z]\\w+)` \\| [^|]+ \\|$");

    private static final Pattern REFUSED =
            Pattern.compile("(?m)^\\| `i=\\d+` \\| (Server_\\w+) \\| refuses it [^|]+ \\|$");

    private OwnNodesPage() {}

    /** Services, and methods of the Server object, that Tandem may answer otherwise than the member. */
    public static Set<String> services() {
        Set<String> services = new LinkedHashSet<>();
        for (Pattern pattern : List.of(SERVICE, REFUSED)) {
            Matcher rows = pattern.matcher(page());
            while (rows.find()) {
                services.add(rows.group(1));
            }
        }
        return services;
    }

    /** Whether the value differs from the active member's, in the words of the page. */
    public static Map<NodeId, String> differs() {
        Matcher rows = ROW.matcher(page());
        Map<NodeId, String> differs = new LinkedHashMap<>();
        while (rows.find()) {
            differs.put(new NodeId(0, Integer.parseInt(rows.group(1))), rows.group(2));
        }
        return differs;
    }

    private static String page() {
        try {
            return Files.readString(Path.of("..", "docs", "reference", "own-nodes.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
