package org.tandemopc.relay.ua.wire;

import org.eclipse.milo.opcua.stack.core.NamespaceTable;
import org.eclipse.milo.opcua.stack.core.ServerTable;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingManager;
import org.eclipse.milo.opcua.stack.core.encoding.OpcUaEncodingManager;
import org.eclipse.milo.opcua.stack.core.types.DataTypeManager;

/** An encoding context with limits and types of its own. Its tables hold namespace 0 only and are never filled. */
final class WireContext implements EncodingContext {
    private final EncodingLimits limits;
    private final DataTypeManager types;
    private final NamespaceTable namespaces = new NamespaceTable();
    private final ServerTable servers = new ServerTable();

    WireContext(EncodingLimits limits, DataTypeManager types) {
        this.limits = limits;
        this.types = types;
    }

    @Override
    public DataTypeManager getDataTypeManager() {
        return types;
    }

    @Override
    public EncodingManager getEncodingManager() {
        return OpcUaEncodingManager.getInstance();
    }

    @Override
    public EncodingLimits getEncodingLimits() {
        return limits;
    }

    @Override
    public NamespaceTable getNamespaceTable() {
        return namespaces;
    }

    @Override
    public ServerTable getServerTable() {
        return servers;
    }
}
