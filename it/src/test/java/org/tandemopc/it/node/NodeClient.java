package org.tandemopc.it.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.pair.Security;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node-opcua client that subscribes, reads, writes and calls until it is asked for its report. */
public final class NodeClient extends NodePeer {
    /** Longer than any request is held. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration REPORT_MAX = Duration.ofSeconds(60);

    private NodeClient(
            TestFolder folder,
            String url,
            int items,
            String name,
            Security security,
            Duration patience,
            List<Integer> publishingMs) {
        super("client.js", folder, arguments(folder, url, items, name, security, patience, publishingMs));
    }

    private static List<String> arguments(
            TestFolder folder,
            String url,
            int items,
            String name,
            Security security,
            Duration patience,
            List<Integer> publishingMs) {
        List<String> arguments = new ArrayList<>(List.of(
                url,
                String.valueOf(items),
                name,
                security.ofNode(),
                String.valueOf(patience.toMillis()),
                folder.path().resolve("keys").toString()));
        publishingMs.forEach(each -> arguments.add(String.valueOf(each)));
        return arguments;
    }

    /** Connects, and waits until the items are created, in one subscription of 100 ms. */
    public static NodeClient connect(String url, int items, String name, Security security) {
        return connect(url, items, name, security, PATIENCE, List.of(100));
    }

    /**
     * The same with several subscriptions.
     *
     * @param items of each subscription
     * @param patience with a request
     * @param publishingMs of the subscriptions
     */
    public static NodeClient connect(
            String url, int items, String name, Security security, Duration patience, List<Integer> publishingMs) {
        NodeClient client =
                new NodeClient(new TestFolder("node-client"), url, items, name, security, patience, publishingMs);
        client.awaitReady();
        return client;
    }

    /** Samples so far of the item with the fewest. */
    public int fewestSamples() {
        process.send("samples");
        List<String> answer = new ArrayList<>();
        Await.until("the count of samples", REPORT_MAX, () -> {
            answer.addAll(process.take("SAMPLES "));
            return !answer.isEmpty();
        });
        return Integer.parseInt(answer.getLast().substring("SAMPLES ".length()));
    }

    /**
     * What the client saw.
     *
     * @param events lost connections, sessions and subscriptions
     */
    public record Report(List<String> events, List<Operation> operations, List<Stream> streams) {}

    /**
     * One counter.
     *
     * @param marked values with the Overflow bit though nothing is missing before them
     * @param details the first few faults, for people
     */
    public record Stream(int samples, long lost, int marked, int doubled, int backwards, int notGood, String details) {}

    /** Ends the client and returns what it saw. */
    public Report finish() {
        process.endInput();
        String line = process.awaitLine("REPORT ", REPORT_MAX).substring("REPORT ".length());
        JsonNode report = JsonMapper.shared().readTree(line);
        List<String> events = new ArrayList<>();
        report.get("events").forEach(each -> events.add(each.asString()));
        List<Operation> operations = new ArrayList<>();
        report.get("operations").forEach(each -> operations.add(operation(each)));
        List<Stream> streams = new ArrayList<>();
        report.get("streams").forEach(each -> streams.add(stream(each)));
        return new Report(events, operations, streams);
    }

    private static Operation operation(JsonNode node) {
        return new Operation(
                Operation.Kind.valueOf(node.get("kind").asString()),
                0,
                node.get("tookMs").asLong() * 1_000_000,
                node.get("token").asString(),
                node.get("status").asLong(),
                node.get("detail").asString());
    }

    private static Stream stream(JsonNode node) {
        return new Stream(
                node.get("samples").asInt(),
                node.get("lost").asLong(),
                node.get("marked").asInt(),
                node.get("doubled").asInt(),
                node.get("backwards").asInt(),
                node.get("notGood").asInt(),
                node.get("details").toString());
    }
}
