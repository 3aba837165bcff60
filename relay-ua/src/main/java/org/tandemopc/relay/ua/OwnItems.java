package org.tandemopc.relay.ua;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.tandemopc.relay.ua.wire.UaValueBatch;

/** Monitored items on {@link OwnNodes}: sampled here, at their sampling interval. Owned by the session's event loop. */
final class OwnItems {
    private static final double SAMPLING_MIN_MS = 100;

    private final UaSession session;
    private final Map<Integer, Sampled> sampled = new HashMap<>();
    private long nextNanos = Long.MAX_VALUE;

    private static final class Sampled {
        final UaItem item;
        final int node;
        long dueNanos;
        Variant last = Variant.NULL_VALUE;
        boolean sent;

        Sampled(UaItem item, int node, long dueNanos) {
            this.item = item;
            this.node = node;
            this.dueNanos = dueNanos;
        }
    }

    OwnItems(UaSession session) {
        this.session = session;
    }

    static double revisedSampling(double requestedMs, double publishingMs) {
        double wanted = requestedMs < 0 ? publishingMs : requestedMs;
        return Math.max(SAMPLING_MIN_MS, wanted);
    }

    void add(UaItem item) {
        int node = ((UInteger) item.node.getNodeId().getIdentifier()).intValue();
        sampled.put(item.id, new Sampled(item, node, session.now()));
        nextNanos = Math.min(nextNanos, session.now());
    }

    void remove(UaItem item) {
        sampled.remove(item.id);
    }

    long nextNanos() {
        return sampled.isEmpty() ? Long.MAX_VALUE : nextNanos;
    }

    void tick(long now) {
        if (sampled.isEmpty() || now < nextNanos) {
            return;
        }
        Map<Integer, List<Sampled>> changed = new HashMap<>();
        Map<Sampled, DataValue> values = new HashMap<>();
        nextNanos = Long.MAX_VALUE;
        OwnNodes nodes = session.pair.ownNodes();
        for (Sampled s : sampled.values()) {
            if (now - s.dueNanos >= 0) {
                s.dueNanos = now + Math.round(s.item.samplingMs * 1_000_000);
                DataValue value = nodes.value(s.node, TimestampsToReturn.Both, session.pair.encodingContext());
                if (s.item.mode == MonitoringMode.Reporting && (!s.sent || !Objects.equals(s.last, value.getValue()))) {
                    s.sent = true;
                    s.last = value.getValue();
                    values.put(s, value);
                    changed.computeIfAbsent(s.item.subscription.id, k -> new ArrayList<>())
                            .add(s);
                }
            }
            nextNanos = Math.min(nextNanos, s.dueNanos);
        }
        changed.forEach((subscription, list) -> {
            int[] ids = list.stream().mapToInt(s -> s.item.id).toArray();
            DataValue[] batch = list.stream().map(values::get).toArray(DataValue[]::new);
            session.delivery.ownValues(subscription, UaValueBatch.of(ids, batch), now);
        });
    }
}
