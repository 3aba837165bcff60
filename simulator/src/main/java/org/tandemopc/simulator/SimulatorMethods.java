package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.sdk.core.ValueRanks;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.methods.AbstractMethodInvocationHandler;
import org.eclipse.milo.opcua.sdk.server.model.objects.BaseEventTypeNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaMethodNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaNodeContext;
import org.eclipse.milo.opcua.sdk.server.nodes.UaObjectNode;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.eclipse.milo.opcua.stack.core.types.structured.Argument;

/**
 * {@code methods/add}, {@code methods/record}, {@code methods/slow} and {@code methods/raise}; each call is in the ledger.
 */
final class SimulatorMethods {
    private static final int SLOW_MS_MAX = 60_000;
    private static final int SEVERITY = 700;

    private final UaNodeContext context;
    private final UShort namespace;
    private final Ledger ledger;

    SimulatorMethods(UaNodeContext context, UShort namespace, Ledger ledger) {
        this.context = context;
        this.namespace = namespace;
        this.ledger = ledger;
    }

    private interface Body {
        Variant[] run(Variant[] inputs) throws UaException;
    }

    void addTo(UaObjectNode parent) {
        method(
                parent,
                "add",
                List.of(argument("a", NodeIds.Double), argument("b", NodeIds.Double)),
                List.of(argument("sum", NodeIds.Double)),
                SimulatorMethods::add);
        method(parent, "record", List.of(argument("text", NodeIds.String)), List.of(), inputs -> new Variant[0]);
        method(parent, "slow", List.of(argument("ms", NodeIds.Int32)), List.of(), SimulatorMethods::slow);
        method(parent, "raise", List.of(argument("text", NodeIds.String)), List.of(), this::raise);
    }

    /** A BaseEvent of the Server object with that message. The fields are those of the node-opcua peer of {@code it}. */
    private Variant[] raise(Variant[] inputs) throws UaException {
        UUID id = UUID.randomUUID();
        OpcUaServer server = context.getServer();
        BaseEventTypeNode event =
                server.getEventFactory().createEvent(new NodeId(namespace, id), NodeIds.BaseEventType);
        try {
            event.setEventId(ByteString.of(id.toString().getBytes(StandardCharsets.US_ASCII)));
            event.setEventType(NodeIds.BaseEventType);
            event.setSourceNode(NodeIds.Server);
            event.setSourceName("methods");
            event.setTime(DateTime.now());
            event.setReceiveTime(DateTime.NULL_VALUE);
            event.setMessage(new LocalizedText(null, Values.text(inputs[0].value())));
            event.setSeverity(ushort(SEVERITY));
            server.getEventNotifier().fire(event);
        } finally {
            event.delete();
        }
        return new Variant[0];
    }

    private static Variant[] add(Variant[] inputs) {
        return new Variant[] {Variant.ofDouble(number(inputs[0]) + number(inputs[1]))};
    }

    private static double number(Variant input) {
        return input.value() instanceof Number number ? number.doubleValue() : 0;
    }

    private static Variant[] slow(Variant[] inputs) {
        long ms = Math.clamp((long) number(inputs[0]), 0, SLOW_MS_MAX);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return new Variant[0];
    }

    private static Argument argument(String name, NodeId dataType) {
        return new Argument(name, dataType, ValueRanks.Scalar, null, LocalizedText.NULL_VALUE);
    }

    private void method(UaObjectNode parent, String name, List<Argument> inputs, List<Argument> outputs, Body body) {
        String id = "methods/" + name;
        UaMethodNode node = UaMethodNode.builder(context)
                .setNodeId(new NodeId(namespace, id))
                .setBrowseName(new QualifiedName(namespace, name))
                .setDisplayName(LocalizedText.english(name))
                .build();
        Argument[] in = inputs.toArray(new Argument[0]);
        Argument[] out = outputs.toArray(new Argument[0]);
        if (in.length > 0) {
            node.setInputArguments(in);
        }
        if (out.length > 0) {
            node.setOutputArguments(out);
        }
        node.setInvocationHandler(new Handler(node, in, out, body));
        context.getNodeManager().addNode(node);
        parent.addComponent(node);
    }

    private final class Handler extends AbstractMethodInvocationHandler {
        private final Argument[] inputs;
        private final Argument[] outputs;
        private final Body body;

        Handler(UaMethodNode node, Argument[] inputs, Argument[] outputs, Body body) {
            super(node);
            this.inputs = inputs;
            this.outputs = outputs;
            this.body = body;
        }

        @Override
        public Argument[] getInputArguments() {
            return inputs;
        }

        @Override
        public Argument[] getOutputArguments() {
            return outputs;
        }

        @Override
        protected Variant[] invoke(InvocationContext call, Variant[] values) throws UaException {
            String text = Arrays.stream(values)
                    .map(value -> Values.text(value.value()))
                    .collect(Collectors.joining(", "));
            ledger.append(
                    "call",
                    getNode().getNodeId().toParseableString(),
                    text,
                    SimulatorNamespace.sessionName(call.getSession().orElse(null)));
            return body.run(values);
        }
    }
}
