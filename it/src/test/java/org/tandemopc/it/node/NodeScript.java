package org.tandemopc.it.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.it.pair.Security;
import org.tandemopc.testkit.process.TestFolder;
import tools.jackson.databind.json.JsonMapper;

/** {@code script.js}: a fixed sequence of requests of a node-opcua client. */
public final class NodeScript extends NodePeer {
    private static final Duration RUN_MAX = Duration.ofSeconds(120);

    private NodeScript(TestFolder folder, String url, Security security, Path keys) {
        super("script.js", folder, List.of(url, security.ofNode(), keys.toString()));
    }

    /**
     * Runs the sequence; the answers by request.
     *
     * @param keys folder that holds the client's keys after the first run
     */
    public static Map<String, String> run(String url, Security security, Path keys) {
        try (NodeScript script = new NodeScript(new TestFolder("node-script"), url, security, keys)) {
            String line = script.process.awaitLine("REPORT ", RUN_MAX).substring("REPORT ".length());
            Map<String, String> answers = new LinkedHashMap<>();
            JsonMapper.shared()
                    .readTree(line)
                    .properties()
                    .forEach(each -> answers.put(each.getKey(), each.getValue().asString()));
            return answers;
        }
    }
}
