package org.tandemopc.it.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tandemopc.it.pair.Security;
import org.tandemopc.testkit.process.TestFolder;
import tools.jackson.databind.json.JsonMapper;

/** {@code script.js}: a fixed sequence of requests of a node-opcua client. */
public final class NodeScript extends NodePeer {
    private static final Duration RUN_MAX = Duration.ofSeconds(120);

    private NodeScript(TestFolder folder, Security security, Path keys, List<String> urls) {
        super(
                "script.js",
                folder,
                Stream.concat(Stream.of(security.ofNode(), keys.toString()), urls.stream())
                        .toList());
    }

    /**
     * Runs the sequence at one server after the other; for each of them the answers by request.
     *
     * @param keys folder that holds the client's keys after the first run
     */
    public static List<Map<String, String>> run(Security security, Path keys, String... urls) {
        try (NodeScript script = new NodeScript(new TestFolder("node-script"), security, keys, List.of(urls))) {
            List<Map<String, String>> all = new ArrayList<>();
            for (int i = 0; i < urls.length; i++) {
                all.add(script.report("REPORT " + i + " "));
            }
            return all;
        }
    }

    private Map<String, String> report(String prefix) {
        String line = process.awaitLine(prefix, RUN_MAX).substring(prefix.length());
        Map<String, String> answers = new LinkedHashMap<>();
        JsonMapper.shared()
                .readTree(line)
                .properties()
                .forEach(each -> answers.put(each.getKey(), each.getValue().asString()));
        return answers;
    }
}
