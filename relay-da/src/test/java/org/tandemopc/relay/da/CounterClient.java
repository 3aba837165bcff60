package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Await;

/** A client with a group of two counters that is told their changes. */
final class CounterClient implements AutoCloseable {
    private static final int SOME = 3;
    private static final int STORED = 9;

    final TestClient client;
    final TestClient.Group group;
    final Ints handles;

    CounterClient(RemoteHost host) throws Exception {
        client = new TestClient(host);
        group = client.group("Counters", 7);
        handles = group.add("counter.0", "counter.1");
        group.advise();
        flow();
    }

    /** Items under client handles of the caller's choice. @return the server handles */
    Ints add(OpcItemDef... defs) throws Exception {
        return Ints.copyOf(group.items.addItems(List.of(defs)).value().values().stream()
                .map(OpcItemResult::serverHandle)
                .toList());
    }

    /** One that can be written, I4, under client handle 9. @return its server handle */
    Ints addStored() throws Exception {
        return add(OpcItemDef.of("static.0", STORED));
    }

    List<Long> values(int item) {
        String start = item + "=";
        return group.told.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> Long.valueOf(line.substring(start.length(), line.indexOf(' '))))
                .toList();
    }

    /** Until some more values have come. */
    void flow() {
        flow(SOME);
    }

    void flow(int more) {
        int before = values(1).size();
        Await.until("values flow", Rig.PATIENCE, () -> values(1).size() >= before + more);
    }

    /** Good ones alone, in order, none twice. */
    void requireInOrder() {
        assertThat(group.told).allMatch(line -> line.endsWith(" C0"));
        for (int item = 1; item <= 2; item++) {
            assertThat(values(item)).isSorted().doesNotHaveDuplicates();
        }
    }

    /** And none was missed. */
    void requireAll() {
        requireInOrder();
        for (int item = 1; item <= 2; item++) {
            List<Long> values = values(item);
            assertThat(values)
                    .containsExactlyElementsOf(LongStream.rangeClosed(values.getFirst(), values.getLast())
                            .boxed()
                            .toList());
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
