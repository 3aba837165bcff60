package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;

/**
 * How a group's client is called back: its sinks, each in order, and a callback without values when there was none for as long as the
 * client has asked for. Any thread; returns at once.
 */
final class GroupCallbacks {
    private final Points<IOPCDataCallback> sinks;
    private final IntSupplier clientHandle;
    private final BooleanSupplier isToldOfChanges;
    private final KeepAlive keepAlive = new KeepAlive(this::due);

    /**
     * @param whose for the log
     * @param onChange called when there is a sink more or less; may block
     * @param clientHandle of the group, as it is now
     * @param isToldOfChanges whether the client wants to hear without asking: the group is active and enabled
     */
    GroupCallbacks(String whose, Runnable onChange, IntSupplier clientHandle, BooleanSupplier isToldOfChanges) {
        this.sinks = new Points<>(IOPCDataCallback.DEF, whose, onChange);
        this.clientHandle = clientHandle;
        this.isToldOfChanges = isToldOfChanges;
    }

    Points<IOPCDataCallback> points() {
        return sinks;
    }

    boolean isEmpty() {
        return sinks.isEmpty();
    }

    KeepAlive keepAlive() {
        return keepAlive;
    }

    /** @param isPromised see {@link ClientSink#call} */
    void changed(DataChange data, boolean isPromised) {
        keepAlive.told();
        sinks.call(sink -> sink.onDataChange(data), isPromised);
    }

    void read(DataChange data) {
        keepAlive.told();
        sinks.call(sink -> sink.onReadComplete(data), true);
    }

    void written(WriteComplete told) {
        keepAlive.told();
        sinks.call(sink -> sink.onWriteComplete(told), true);
    }

    void cancelled(int transactionId) {
        keepAlive.told();
        int group = clientHandle.getAsInt();
        sinks.call(sink -> sink.onCancelComplete(transactionId, group), true);
    }

    /** Who is being called, or has something waiting, hears from us anyhow: a slow client must not lose values for this. */
    private void due() {
        if (isToldOfChanges.getAsBoolean()) {
            DataChange nothing = new DataChange(0, clientHandle.getAsInt(), HResult.S_OK, HResult.S_OK, List.of());
            sinks.callIdle(sink -> sink.onDataChange(nothing));
        }
    }

    /** Nobody is called any more. */
    void close() {
        keepAlive.end();
        sinks.close();
    }
}
