package org.tandemopc.simulator;

import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilter;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilterContext;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.jspecify.annotations.Nullable;

/** The server's own time, as a clock shows it that is ahead or behind. */
final class SkewedTime implements AttributeFilter {
    private volatile long skewMs;

    void setSkew(long ms) {
        skewMs = ms;
    }

    @Override
    public @Nullable Object getAttribute(AttributeFilterContext context, AttributeId attribute) {
        if (attribute != AttributeId.Value) {
            return context.getAttribute(attribute);
        }
        DateTime now = Times.nowWith(skewMs);
        return new DataValue(Variant.ofDateTime(now), StatusCode.GOOD, now, now);
    }
}
