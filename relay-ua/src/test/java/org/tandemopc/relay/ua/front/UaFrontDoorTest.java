package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Await;

class UaFrontDoorTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void anonymousClientReadsThroughAnUnsecuredSession() throws Exception {
        try (DoorFixture door = DoorFixture.with(FrontDoorConfig.Security.NONE)) {
            FakePair pair = door.publish("/plant1");

            OpcUaClient client = door.client("/plant1");
            client.connect();

            assertThat(read(client, "x")).isEqualTo("plant1:x");
            assertThat(pair.last().history).containsExactly("activate Anonymous[]");
            client.disconnect();
            Await.until("session closed", SOON, () -> pair.last().history.contains("closed CloseSession"));
            assertThat(door.door().sessions()).isZero();
        }
    }

    static Object read(OpcUaClient client, String name) throws Exception {
        List<DataValue> values = client.readValues(0.0, TimestampsToReturn.Neither, List.of(new NodeId(1, name)));
        Object value = values.get(0).getValue().getValue();
        return value == null ? values.get(0).getStatusCode() : value;
    }
}
