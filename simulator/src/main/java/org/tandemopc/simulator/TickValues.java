package org.tandemopc.simulator;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;

/** The values of one tick; shared by all items, since all counters are alike. */
record TickValues(DataValue counter, DataValue watchdog, DataValue bad) {
    private static final StatusCode DEVICE_FAILURE = new StatusCode(StatusCodes.Bad_DeviceFailure);

    /** @param skewMs by which the server's clock is ahead */
    static TickValues of(long tick, long periodMs, long skewMs) {
        DateTime source = Times.ofEpochMs(tick * periodMs + skewMs);
        DateTime server = Times.nowWith(skewMs);
        return new TickValues(
                new DataValue(Variant.ofInt64(tick), StatusCode.GOOD, source, server),
                new DataValue(Variant.ofBoolean(tick % 2 == 0), StatusCode.GOOD, source, server),
                new DataValue(Variant.NULL_VALUE, DEVICE_FAILURE, source, server));
    }
}
