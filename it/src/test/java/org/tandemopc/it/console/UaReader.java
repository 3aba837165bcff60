package org.tandemopc.it.console;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;

/** An OPC UA client that reads one counter; it is never started again, whatever happens to its pair. One thread. */
final class UaReader implements AutoCloseable {
    private static final NodeId COUNTER = new NodeId(2, "counter/0");
    private static final int REQUEST_MS = 10_000;

    private final OpcUaClient client;

    /** Not yet connected. @param url as the console shows it */
    UaReader(String url) throws UaException {
        client = OpcUaClient.create(
                url,
                endpoints -> endpoints.stream().findFirst(),
                transport -> {},
                config -> config.setRequestTimeout(uint(REQUEST_MS)));
    }

    void connect() throws UaException {
        client.connect();
    }

    /** Whether it is given a good value now, on the session that it has. */
    boolean reads() {
        try {
            List<DataValue> values = client.readValues(0, TimestampsToReturn.Both, List.of(COUNTER));
            return values.getFirst().statusCode().isGood();
        } catch (UaException e) {
            return false;
        }
    }

    /** Whether it is let in, and given a good value. */
    boolean isLetIn() {
        try {
            client.connect();
            return reads();
        } catch (UaException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            client.disconnect();
        } catch (UaException e) {
            // It has no connection.
        }
    }
}
