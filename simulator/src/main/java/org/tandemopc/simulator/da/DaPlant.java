package org.tandemopc.simulator.da;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.simulator.Ledger;

/**
 * The device behind the server: the values of all items at any moment, and what was written. Counters, watchdogs and ramps follow
 * from the time alone, so that all instances agree. Any thread.
 */
final class DaPlant {
    /** Time of values that nobody has written: the same in all instances. */
    static final FileTime FIXED = FileTime.of(Instant.parse("2026-01-01T00:00:00Z"));

    private static final int RAMP_STEPS = 200;
    private static final double RAMP_STEP = 0.5;

    private final DaAddressSpace space;
    private final int periodMs;
    private final Ledger ledger;
    private final LongSupplier clockMs;
    private final Map<String, OpcReading> written = new HashMap<>();
    private final Map<String, Quality> qualities = new HashMap<>();
    private final Map<String, OpcReading> frozen = new HashMap<>();

    /**
     * @param periodMs of a tick
     * @param clockMs of the wall, in ms since the epoch
     */
    DaPlant(DaAddressSpace space, int periodMs, Ledger ledger, LongSupplier clockMs) {
        this.space = space;
        this.periodMs = periodMs;
        this.ledger = ledger;
        this.clockMs = clockMs;
    }

    long nowMs() {
        return clockMs.getAsLong();
    }

    int periodMs() {
        return periodMs;
    }

    /** What the device has of an item at a moment; of what is written, what it has now. Whether it may be read is not asked. */
    synchronized OpcReading read(DaItem item, long atMs) {
        OpcReading reading = frozen.get(item.id());
        if (reading == null) {
            reading = own(item, atMs);
        }
        Quality forced = qualities.get(item.id());
        Quality quality = forced != null ? forced : isNumber(reading.value()) ? reading.quality() : Quality.BAD;
        return new OpcReading(reading.value(), quality, reading.timestamp());
    }

    private OpcReading own(DaItem item, long atMs) {
        long tick = Math.floorDiv(atMs, (long) periodMs);
        FileTime time = FileTime.of(Instant.ofEpochMilli(tick * periodMs));
        return switch (item.source()) {
            case DaSource.Counter counter -> new OpcReading(new Variant.R8(tick), Quality.GOOD, time);
            case DaSource.Watchdog watchdog -> new OpcReading(new Variant.Bool(tick % 2 == 0), Quality.GOOD, time);
            case DaSource.Ramp ramp ->
                new OpcReading(new Variant.R8(Math.floorMod(tick, RAMP_STEPS) * RAMP_STEP), Quality.GOOD, time);
            case DaSource.Stored(Variant initial, boolean takesQuality) ->
                written.getOrDefault(item.id(), new OpcReading(initial, Quality.GOOD, FIXED));
        };
    }

    /** A REAL that is none comes with a bad quality (DA 3.0 6.9). */
    private static boolean isNumber(Variant value) {
        return switch (value) {
            case Variant.R4(float number) -> Float.isFinite(number);
            case Variant.R8(double number) -> Double.isFinite(number);
            default -> true;
        };
    }

    /**
     * Writes value, quality and time, all that is given or nothing, and notes it in the ledger.
     *
     * @param vqt VT_EMPTY: the value stays
     * @param who for the ledger
     * @return S_OK, OPC_S_CLAMP, OPC_E_BADRIGHTS, OPC_E_BADTYPE, OPC_E_RANGE, OPC_E_NOTSUPPORTED
     */
    synchronized int write(DaItem item, OpcItemVqt vqt, String who) {
        if (!item.isWriteable() || !(item.source() instanceof DaSource.Stored stored)) {
            return OpcResult.OPC_E_BADRIGHTS;
        }
        if (!stored.takesQuality()
                && (vqt.quality().isPresent() || vqt.timestamp().isPresent())) {
            return OpcResult.OPC_E_NOTSUPPORTED;
        }
        OpcReading before = own(item, 0);
        Variant value = before.value();
        int status = HResult.S_OK;
        if (!(vqt.value() instanceof Variant.Empty)) {
            Result<Variant> converted = Conversions.convert(vqt.value(), item.type());
            if (!converted.isSuccess()) {
                return converted.hresult() == OpcResult.DISP_E_OVERFLOW
                        ? OpcResult.OPC_E_RANGE
                        : OpcResult.OPC_E_BADTYPE;
            }
            Result<Variant> fitted = fit(item, converted.value());
            if (!fitted.isSuccess()) {
                return fitted.hresult();
            }
            status = fitted.hresult();
            value = fitted.value();
        }
        FileTime time = vqt.timestamp().orElseGet(() -> FileTime.of(Instant.ofEpochMilli(nowMs())));
        written.put(item.id(), new OpcReading(value, vqt.quality().orElse(Quality.GOOD), time));
        ledger.append("write", item.id(), Texts.of(value), who);
        return status;
    }

    private static Result<Variant> fit(DaItem item, Variant value) {
        Optional<BigDecimal> number = Conversions.number(value);
        if (!(item.units() instanceof DaUnits.Analog range) || number.isEmpty()) {
            return Result.ok(value);
        }
        double wanted = number.get().doubleValue();
        if (wanted >= range.low() && wanted <= range.high()) {
            return Result.ok(value);
        }
        return switch (range.beyond()) {
            case WRITTEN -> Result.ok(value);
            case REFUSED -> Result.failure(OpcResult.OPC_E_RANGE);
            case CLAMPED -> {
                Variant nearest = new Variant.R8(wanted < range.low() ? range.low() : range.high());
                yield Result.success(
                        OpcResult.OPC_S_CLAMP,
                        Conversions.convert(nearest, value.vt()).value());
            }
        };
    }

    /** @return how many items match */
    synchronized int setQuality(Predicate<String> ids, Optional<Quality> quality) {
        int matches = 0;
        for (DaItem item : space.items()) {
            if (ids.test(item.id())) {
                matches++;
                quality.ifPresentOrElse(forced -> qualities.put(item.id(), forced), () -> qualities.remove(item.id()));
            }
        }
        return matches;
    }

    /** @return how many items match */
    synchronized int setFrozen(Predicate<String> ids, boolean isFrozen) {
        long now = nowMs();
        int matches = 0;
        for (DaItem item : space.items()) {
            if (ids.test(item.id())) {
                matches++;
                if (isFrozen) {
                    frozen.put(item.id(), own(item, now));
                } else {
                    frozen.remove(item.id());
                }
            }
        }
        return matches;
    }
}
