package org.tandemopc.simulator.da;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;

/** An item as one group has it: handles, state and type belong to the group, not to the item (DA 3.0 4.4.2). Guarded by its group. */
final class DaGroupItem {
    /** Samples that wait for the next update; more push the oldest out. */
    static final int SAMPLES_MAX = 1_000;

    private static final OpcReading WAITING =
            new OpcReading(Variant.EMPTY, Quality.WAITING_FOR_INITIAL_DATA, FileTime.ZERO);

    final DaItem item;
    final int serverHandle;
    int clientHandle;
    boolean isActive;
    int requestedType;

    /** In percent; null: that of the group. */
    @Nullable
    Float deadband;

    /** In ms; null: that of the group. */
    @Nullable
    Long samplingMs;

    boolean isBuffered;

    /** The newest sample, of the canonical type. */
    OpcReading cache = WAITING;

    /** When it was taken. */
    long cachedAtMs = Long.MIN_VALUE;

    /** What the client was told last, or is going to be; null: it must be told whatever there is. */
    private @Nullable OpcItemChange told;

    private final ArrayDeque<OpcItemChange> samples = new ArrayDeque<>();
    private boolean isOverflown;

    DaGroupItem(DaItem item, int serverHandle, int clientHandle, boolean isActive, int requestedType) {
        this.item = item;
        this.serverHandle = serverHandle;
        this.clientHandle = clientHandle;
        this.isActive = isActive;
        this.requestedType = requestedType;
    }

    /** The same in another group. */
    DaGroupItem copy() {
        DaGroupItem copy = new DaGroupItem(item, serverHandle, clientHandle, isActive, requestedType);
        copy.deadband = deadband;
        copy.samplingMs = samplingMs;
        copy.isBuffered = isBuffered;
        return copy;
    }

    void sample(OpcReading reading, long atMs) {
        cache = reading;
        cachedAtMs = atMs;
    }

    /** In the type that the client wants; a value that does not fit it is VT_EMPTY and bad (DA 3.0 4.4.2.1). */
    OpcItemChange change(OpcReading reading) {
        Result<Variant> value = Conversions.convert(reading.value(), requestedType);
        return value.isSuccess()
                ? new OpcItemChange(clientHandle, value.value(), reading.quality(), reading.timestamp(), HResult.S_OK)
                : new OpcItemChange(clientHandle, Variant.EMPTY, Quality.BAD, reading.timestamp(), value.hresult());
    }

    /** Must be told anew, as it is. */
    void forget() {
        told = null;
        samples.clear();
        isOverflown = false;
    }

    void telling(OpcItemChange change) {
        told = change;
        samples.clear();
        isOverflown = false;
    }

    /** Whether the client would want to hear of it. @param groupDeadband in percent */
    boolean isNews(OpcItemChange change, float groupDeadband) {
        if (told == null || !told.quality().equals(change.quality()) || told.error() != change.error()) {
            return true;
        }
        float percent = deadband == null ? groupDeadband : deadband;
        if (percent > 0 && item.units() instanceof DaUnits.Analog range) {
            var before = Conversions.number(told.value());
            var now = Conversions.number(change.value());
            if (before.isPresent() && now.isPresent()) {
                double moved = Math.abs(now.get().subtract(before.get()).doubleValue());
                return moved > percent / 100 * range.range();
            }
        }
        return !told.value().equals(change.value());
    }

    /** Of a buffered item: keeps a sample for the next update if it is news. */
    void keep(OpcItemChange change, float groupDeadband) {
        if (!isNews(change, groupDeadband)) {
            return;
        }
        if (samples.size() == SAMPLES_MAX) {
            samples.removeFirst();
            isOverflown = true;
        }
        samples.addLast(change);
        told = change;
    }

    /** All samples that were kept, oldest first; the first after a loss says so (DA 3.0 4.4.10). */
    List<OpcItemChange> takeSamples() {
        List<OpcItemChange> all = new ArrayList<>(samples);
        if (isOverflown && !all.isEmpty()) {
            OpcItemChange first = all.getFirst();
            all.set(
                    0,
                    new OpcItemChange(
                            first.clientHandle(),
                            first.value(),
                            first.quality(),
                            first.timestamp(),
                            OpcResult.OPC_S_DATAQUEUEOVERFLOW));
        }
        samples.clear();
        isOverflown = false;
        return all;
    }

    OpcItemAttributes attributes() {
        return new OpcItemAttributes(
                "",
                item.id(),
                isActive,
                clientHandle,
                serverHandle,
                item.accessRights(),
                Bytes.EMPTY,
                requestedType,
                item.type(),
                item.units().type(),
                item.units().info());
    }
}
