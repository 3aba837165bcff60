package org.tandemopc.relay.ua.wire;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;

/** A table of client handles. */
final class Handles implements HandleMap {
    /** Every item under its own id, with both timestamps. */
    static final HandleMap SAME = new HandleMap() {
        @Override
        public long clientHandle(int item) {
            return item & 0xFFFF_FFFFL;
        }

        @Override
        public TimestampsToReturn timestamps(int item) {
            return TimestampsToReturn.Both;
        }
    };

    private record Handle(long clientHandle, TimestampsToReturn timestamps) {}

    private final Map<Integer, Handle> handles = new HashMap<>();

    Handles with(int item, long clientHandle, TimestampsToReturn timestamps) {
        handles.put(item, new Handle(clientHandle, timestamps));
        return this;
    }

    @Override
    public long clientHandle(int item) {
        Handle handle = handles.get(item);
        return handle == null ? NO_ITEM : handle.clientHandle();
    }

    @Override
    public TimestampsToReturn timestamps(int item) {
        Handle handle = handles.get(item);
        return handle == null ? TimestampsToReturn.Neither : handle.timestamps();
    }
}
