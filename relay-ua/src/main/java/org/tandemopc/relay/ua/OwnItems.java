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
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.UaValueBatch;

/** Monitored items on {@link OwnNodes}: sampled here, at their sampling interval. Owned by the session's event loop. */
final class OwnItems {
    private static final double SAMPLING_MIN_MS = 100;
    /** A time that no clock reaches overflows. */
    private static final double SAMPLING_MAX_MS = 3_600_000;

    private final UaSession session;
    private final Map<Integer, Sampled> sampled = new HashMap<>();
    private long nextNanos = Long.MAX_VALUE;

    /** How far an item on an own node has come. */
    static final class Sampled {
        private final UaItem item;
        private final int node;
        private long dueNanos;
        private Variant last = Variant.NULL_VALUE;
        private boolean sent;

        private Sampled(UaItem item, int node, long dueNanos) {
            this.item = item;
            this.node = node;
            this.dueNanos = dueNanos;
        }
    }

    OwnItems(UaSession session) {
        this.session = session;
    }

    static double revisedSampling(double requestedMs) {
        return Math.clamp(requestedMs, SAMPLING_MIN_MS, SAMPLING_MAX_MS);
    }

    /** No more samples in a publishing interval than the client's queue holds. */
    private static long periodNanos(UaItem item) {
        return Math.round(1_000_000 * Math.max(item.samplingMs, item.subscription.publishingMs / item.queueSize));
    }

    void add(UaItem item) {
        int node = ((UInteger) item.node.getNodeId().getIdentifier()).intValue();
        sampled.put(item.id, new Sampled(item, node, session.now()));
        nextNanos = Math.min(nextNanos, session.now());
    }

    @Nullable
    Sampled remove(UaItem item) {
        return sampled.remove(item.id);
    }

    /** An item of a transferred subscription: it goes on where it was, unless its value is to be told again. */
    void adopt(UaItem item, Sampled from, boolean tellAgain) {
        from.sent &= !tellAgain;
        from.dueNanos = session.now();
        sampled.put(item.id, from);
        nextNanos = Math.min(nextNanos, from.dueNanos);
    }

    /** An item that is to report begins with its value as it is, however long its old interval still lasts. */
    void mode(UaItem item, MonitoringMode mode) {
        Sampled known = sampled.get(item.id);
        if (known != null && item.mode != mode) {
            // Part 4, 5.13.1.3: an item that is enabled begins with its value, changed or not.
            known.sent &= item.mode != MonitoringMode.Disabled;
            dueBy(known, session.now());
        }
        item.mode = mode;
    }

    /** Part 4, 5.13.3.1: a shorter interval counts at once, not after the old one. */
    void modified(UaItem item) {
        Sampled known = sampled.get(item.id);
        if (known != null) {
            dueBy(known, session.now() + periodNanos(item));
        }
    }

    /** The subscription has another publishing interval, on which the rates of its items rest. */
    void modified(UaSubscription subscription) {
        for (Sampled s : sampled.values()) {
            if (s.item.subscription.equals(subscription)) {
                dueBy(s, session.now() + periodNanos(s.item));
            }
        }
    }

    private void dueBy(Sampled s, long nanos) {
        s.dueNanos = Math.min(s.dueNanos, nanos);
        nextNanos = Math.min(nextNanos, s.dueNanos);
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
                s.dueNanos = now + periodNanos(s.item);
                DataValue value = nodes.value(
                        s.node, s.item.node.getIndexRange(), TimestampsToReturn.Both, session.pair.encodingContext());
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
