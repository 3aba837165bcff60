package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** docs/reference/own-nodes.md says which nodes and methods of namespace 0 are Tandem's. */
class OwnNodesPageTest {
    private static final int IDS_MAX = 100_000;
    private static final Pattern NODE = Pattern.compile("(?m)^\\| `i=(\\d+)` \\| (\\w+) \\| [^|]+ \\| [^|]+ \\|$");
    private static final Pattern METHOD = Pattern.compile("(?m)^\\| `i=(\\d+)` \\| (\\w+) \\| ([a-z]+) [^|]+ \\|$");

    @Test
    @Requirement(
            value = {"CON-1", "GAP-16"},
            protocol = Protocol.UA)
    void pageNamesEveryNodeWhoseValueIsTandems() throws Exception {
        Map<Integer, String> onThePage = new TreeMap<>();
        Matcher rows = NODE.matcher(page());
        while (rows.find()) {
            onThePage.put(Integer.valueOf(rows.group(1)), rows.group(2));
        }
        Map<Integer, String> names = names();
        Map<Integer, String> inTheCode = new TreeMap<>();
        for (int id = 0; id < IDS_MAX; id++) {
            if (OwnNodes.owns(id)) {
                inTheCode.put(id, names.get(id));
            }
        }

        assertThat(onThePage).isEqualTo(inTheCode);
    }

    @Test
    @Requirement(value = "CON-1", protocol = Protocol.UA)
    void pageNamesEveryMethodThatIsNotRelayedAsItComes() throws Exception {
        Map<Integer, String> onThePage = new TreeMap<>();
        Matcher rows = METHOD.matcher(page());
        while (rows.find()) {
            onThePage.put(Integer.valueOf(rows.group(1)), rows.group(2) + " " + rows.group(3));
        }
        Map<Integer, String> names = names();
        Map<Integer, String> inTheCode = new TreeMap<>();
        for (int id = 0; id < IDS_MAX; id++) {
            String handling = handling(id);
            if (!handling.isEmpty()) {
                inTheCode.put(id, names.get(id) + " " + handling);
            }
        }

        assertThat(onThePage).isEqualTo(inTheCode);
    }

    private static String handling(int method) {
        if (RelayServices.listsItems(method)) {
            return "answers";
        }
        if (RelayServices.changesState(method)) {
            return "refuses";
        }
        return RelayServices.namesOurIds(method) ? "relays" : "";
    }

    private static Map<Integer, String> names() throws IllegalAccessException {
        Map<Integer, String> names = new HashMap<>();
        for (Field field : NodeIds.class.getFields()) {
            if (field.get(null) instanceof NodeId id && id.getIdentifier() instanceof UInteger number) {
                names.put(number.intValue(), field.getName());
            }
        }
        return names;
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "reference", "own-nodes.md"));
    }
}
