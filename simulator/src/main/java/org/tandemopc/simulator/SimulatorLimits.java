package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfigLimits;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;

/** Wide enough for 100,000 items and many sessions. */
final class SimulatorLimits implements OpcUaServerConfigLimits {
    /** 65,535 values of 34 bytes exceed the SDK's own 2 MB. */
    static final EncodingLimits ENCODING = new EncodingLimits(65_535, 1_024, 64 * 1024 * 1024, 128);

    @Override
    public UInteger getMaxSessions() {
        return uint(10_000);
    }

    @Override
    public UInteger getMaxMonitoredItemsPerCall() {
        return uint(100_000);
    }
}
