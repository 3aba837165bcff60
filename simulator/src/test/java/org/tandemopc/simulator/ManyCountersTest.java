package org.tandemopc.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

/** The server is not the bottleneck of tests with many items. */
@Timeout(180)
class ManyCountersTest {
    private static final int ITEMS = 100_000;
    private static final int TICKS = 3;

    @Test
    void aHundredThousandItemsTickEverySecond() throws Exception {
        try (ServerProcess server =
                        ServerProcess.start("A", List.of("-Xmx700m"), "--counters", "" + ITEMS, "--period-ms", "1000");
                TestClient client = TestClient.connect(server.url())) {
            AtomicLong values = new AtomicLong();
            OpcUaSubscription subscription = new OpcUaSubscription(client.milo());
            subscription.setPublishingInterval(500.0);
            subscription.setMaxMonitoredItemsPerCall(uint(10_000));
            subscription.create();
            subscription.addMonitoredItems(items(values));
            subscription.createMonitoredItems();
            assertThat(server.stat("monitoredItems")).isEqualTo(ITEMS);
            Await.until("values", Duration.ofSeconds(60), () -> values.get() >= (long) ITEMS * TICKS);
        }
    }

    private static List<OpcUaMonitoredItem> items(AtomicLong values) {
        List<OpcUaMonitoredItem> items = new ArrayList<>(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, "counter/" + i));
            item.setSamplingInterval(0.0);
            item.setQueueSize(uint(5));
            item.setDataValueListener((each, value) -> values.incrementAndGet());
            items.add(item);
        }
        return items;
    }
}
