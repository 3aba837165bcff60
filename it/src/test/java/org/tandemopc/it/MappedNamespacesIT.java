package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * The namespaces of the secondary are in another order: where the primary has the values, it has others that never change, under
 * the same identifiers, and takes writes to them that no ledger shows.
 */
@ExtendWith(Timelines.class)
@Timeout(300)
class MappedNamespacesIT {
    private static final int ITEMS = 10;
    private static final int SIMULATOR = 2;
    private static final String LAST = "--extra-namespace-last";
    private static final String FIRST = "--extra-namespace-first";

    private static PairUnderTest start(Mode mode, String... moreOfB) {
        List<String> ofB = new ArrayList<>(List.of(FIRST));
        ofB.addAll(List.of(moreOfB));
        ServerProcess a = ServerProcess.launchOnly("A", List.of("-Xmx256m"), LAST);
        ServerProcess b = ServerProcess.launchOnly("B", List.of("-Xmx256m"), ofB.toArray(String[]::new));
        a.awaitReady();
        b.awaitReady();
        return PairUnderTest.of(mode, spec -> spec, a, b);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"LIM-2", "S10", "I1", "I2", "I6"},
            protocol = Protocol.UA)
    void theClientNoticesNothingOfTheOtherOrder(Mode mode) throws Exception {
        try (PairUnderTest pair = start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            client.keepCalling("c", Duration.ofMillis(20));
            List<String> browsed = browsed(client);
            List<String> namespaces = namespaces(client);
            List<Long> faults = new ArrayList<>();
            for (int victim : new int[] {0, 1}) {
                awaitRedundancy(pair, client, mode);
                faults.add(System.nanoTime());
                pair.server(victim).kill();
                pair.awaitServing(1 - victim);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);

                assertThat(browsed(client)).isEqualTo(browsed);
                assertThat(namespaces(client)).isEqualTo(namespaces);
                pair.server(victim).restart();
            }
            awaitRedundancy(pair, client, mode);
            client.stopWorking();

            if (mode == Mode.COLD) {
                Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
            } else {
                Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            }
            Unnoticed.operations(client, faults, pair.ledgers());
            assertThat(namespaces).element(SIMULATOR).isEqualTo("urn:tandemopc:simulator");
            assertThat(pair.ledgers().get(1))
                    .as("B")
                    .isNotEmpty()
                    .allMatch(e -> e.node().startsWith("ns=3;"));
            assertThat(pair.tandem().records(PairUnderTest.NAME))
                    .filteredOn(line -> line.contains("mapped by URI"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S10", "SYS-12"},
            protocol = Protocol.UA)
    void anItemThatIsMissingOnBIsBadThereAndTheOthersFlow(Mode mode) throws Exception {
        try (PairUnderTest pair = start(mode, "--omit-node", "counter/3")) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            awaitRedundancy(pair, client, mode);

            pair.server(0).kill();
            pair.awaitServing(1);

            Await.until("counter/3 is Bad", PairUnderTest.LONG, () -> isBad(client.stream(3)));
            for (int i = 0; i < ITEMS; i++) {
                if (i != 3) {
                    client.awaitPresentOf(i, PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                    assertThat(isBad(client.stream(i))).as("counter/" + i).isFalse();
                }
            }
            assertThat(read(client, "counter/3")).isEqualTo(StatusCodes.Bad_NodeIdUnknown);
            assertThat(read(client, "counter/4")).isEqualTo(StatusCodes.Good);
        }
    }

    /** A write to the wrong node would be the worst: B comes back with the order that A has, and again with the other. */
    @Test
    @Requirement(
            value = {"LIM-2", "S10", "I1", "I2"},
            protocol = Protocol.UA)
    void aServerThatComesBackInAnotherOrderIsMappedAnew() throws Exception {
        try (PairUnderTest pair = start(Mode.HOT)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepWriting("static/0", Duration.ofMillis(5));
            List<Long> faults = new ArrayList<>();
            for (String order : List.of(LAST, FIRST)) {
                awaitRedundancy(pair, client, Mode.HOT);
                pair.server(1).restartWith(order);
                awaitRedundancy(pair, client, Mode.HOT);
                faults.add(System.nanoTime());
                pair.server(0).kill();
                pair.awaitServing(1);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                pair.server(0).restart();
                awaitRedundancy(pair, client, Mode.HOT);
                faults.add(System.nanoTime());
                pair.server(1).kill();
                pair.awaitServing(0);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                pair.server(1).restart();
            }
            client.stopWorking();

            Unnoticed.values(client, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(client, faults, pair.ledgers());
            assertThat(pair.ledgers().get(1))
                    .extracting(entry -> entry.node().substring(0, 5))
                    .contains("ns=2;", "ns=3;");
        }
    }

    private static void awaitRedundancy(PairUnderTest pair, StreamClient client, Mode mode) {
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
        int seen = client.fewestSamples();
        Await.until("ten more samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 10);
    }

    private static boolean isBad(List<Sample> stream) {
        return !stream.isEmpty() && (stream.getLast().status() & 0x8000_0000L) != 0;
    }

    private static long read(StreamClient client, String id) throws UaException {
        return client.milo()
                .readValues(0, TimestampsToReturn.Both, List.of(new NodeId(SIMULATOR, id)))
                .getFirst()
                .statusCode()
                .value();
    }

    private static List<String> namespaces(StreamClient client) throws UaException {
        return List.of((String[]) Objects.requireNonNull(client.milo()
                .readValues(0, TimestampsToReturn.Both, List.of(NodeIds.Server_NamespaceArray))
                .getFirst()
                .value()
                .value()));
    }

    /** What the Objects folder and one of the simulator's own hold, with the names and types of it. */
    private static List<String> browsed(StreamClient client) throws UaException {
        List<String> found = new ArrayList<>();
        for (NodeId node : List.of(NodeIds.ObjectsFolder, new NodeId(SIMULATOR, "methods"))) {
            BrowseDescription description =
                    new BrowseDescription(node, BrowseDirection.Forward, NodeIds.References, true, uint(0), uint(63));
            ReferenceDescription[] references =
                    Objects.requireNonNull(client.milo().browse(description).getReferences());
            Arrays.stream(references)
                    .map(each -> each.getNodeId().toParseableString() + " "
                            + each.getBrowseName().toParseableString())
                    .forEach(found::add);
        }
        return found.stream().sorted().toList();
    }
}
