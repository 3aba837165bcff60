package org.tandemopc.simulator.da;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcProperty;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;

/** The properties of items (DA 3.0 6.8, DA 2.05a 4.4.6). Pure but for the plant that is asked. */
final class DaProperties {
    private final DaPlant plant;
    private final DaRates rates;

    DaProperties(DaPlant plant, DaRates rates) {
        this.plant = plant;
        this.rates = rates;
    }

    /** @param hasEu whether 7 and 8 are told, which are of DA 3.0 */
    List<OpcPropertyInfo> available(DaItem item, boolean hasEu) {
        return fixed(item).entrySet().stream()
                .filter(one -> hasEu || !isEu(one.getKey()))
                .map(one -> new OpcPropertyInfo(one.getKey(), description(one.getKey()), one.getValue()))
                .toList();
    }

    private static boolean isEu(int id) {
        return id == OpcProperty.EU_TYPE.id() || id == OpcProperty.EU_INFO.id();
    }

    static String description(int id) {
        return OpcProperty.of(id).map(OpcProperty::description).orElse("Property " + id);
    }

    /** Their types by their ids. */
    private static Map<Integer, Integer> fixed(DaItem item) {
        Map<Integer, Integer> all = new LinkedHashMap<>();
        for (OpcProperty property : OpcProperty.values()) {
            if (property.isOfEveryItem()) {
                all.put(property.id(), property.type().map(VarType::code).orElse(item.type()));
            }
        }
        all.put(OpcProperty.EU_INFO.id(), item.units().info().vt());
        own(item).forEach((id, value) -> all.put(id, value.vt()));
        return all;
    }

    /** Those from 100 on, which do not change. */
    private static Map<Integer, Variant> own(DaItem item) {
        Map<Integer, Variant> all = new LinkedHashMap<>();
        if (item.units() instanceof DaUnits.Analog range) {
            all.put(OpcProperty.EU_UNITS.id(), Variant.Str.of(range.unit()));
        }
        all.put(OpcProperty.DESCRIPTION.id(), Variant.Str.of(item.description()));
        if (item.units() instanceof DaUnits.Analog range) {
            all.put(OpcProperty.HIGH_EU.id(), new Variant.R8(range.high()));
            all.put(OpcProperty.LOW_EU.id(), new Variant.R8(range.low()));
        }
        all.putAll(item.properties());
        return all;
    }

    /** @return OPC_E_INVALID_PID: the item has no such property; OPC_E_BADRIGHTS: its value may not be read */
    Result<Variant> value(DaItem item, int id) {
        Optional<OpcProperty> known = OpcProperty.of(id).filter(OpcProperty::isOfEveryItem);
        if (known.isEmpty()) {
            return Optional.ofNullable(own(item).get(id))
                    .map(Result::ok)
                    .orElseGet(() -> Result.failure(OpcResult.OPC_E_INVALID_PID));
        }
        OpcReading reading = plant.read(item, plant.nowMs());
        return switch (known.get()) {
            case DATATYPE -> Result.ok(new Variant.I2((short) item.type()));
            case VALUE -> item.isReadable() ? Result.ok(reading.value()) : Result.failure(OpcResult.OPC_E_BADRIGHTS);
            case QUALITY -> Result.ok(new Variant.I2((short) reading.quality().bits()));
            case TIMESTAMP ->
                Result.ok(Variant.Date.of(
                        LocalDateTime.ofInstant(reading.timestamp().toInstant(), ZoneOffset.UTC)));
            case ACCESS_RIGHTS -> Result.ok(new Variant.I4(item.accessRights()));
            case SCAN_RATE -> Result.ok(new Variant.R4(rates.minMs()));
            case EU_TYPE -> Result.ok(new Variant.I4(item.units().type().code()));
            case EU_INFO -> Result.ok(item.units().info());
            default -> Result.failure(OpcResult.OPC_E_INVALID_PID);
        };
    }
}
