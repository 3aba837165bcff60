package org.tandemopc.simulator.da;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.dcom.ndr.Decimal;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcProperty;

/** The items that a server has unless it is told others. The same in all instances. */
public final class DaContents {
    private static final int ELEMENTS = 3;

    private DaContents() {}

    /**
     * {@code counter.N}, {@code watchdog.N}, {@code ramp.N}; {@code static.N}, writeable I4; {@code types.*} and {@code arrays.*},
     * one of each data type; {@code rights.*}, {@code units.*}, {@code deep.*} as their names say. Two watchdogs.
     */
    public static List<DaItem> of(int counters, int statics) {
        return of(counters, 2, statics);
    }

    /** As {@link #of(int, int)}, with so many watchdogs. */
    public static List<DaItem> of(int counters, int watchdogs, int statics) {
        List<DaItem> all = new ArrayList<>();
        for (int i = 0; i < counters; i++) {
            all.add(DaItem.counter("counter." + i));
        }
        for (int i = 0; i < watchdogs; i++) {
            all.add(DaItem.watchdog("watchdog." + i));
        }
        for (int i = 0; i < 2; i++) {
            all.add(DaItem.ramp("ramp." + i));
        }
        for (int i = 0; i < statics; i++) {
            all.add(DaItem.stored("static." + i, new Variant.I4(i)));
        }
        scalars().forEach((name, value) -> all.add(DaItem.stored("types." + name, value)));
        arrays().forEach((name, value) -> all.add(DaItem.stored("arrays." + name, value)));
        addSpecial(all);
        return List.copyOf(all);
    }

    private static void addSpecial(List<DaItem> all) {
        Variant ten = new Variant.R8(10);
        all.add(DaItem.stored("rights.readOnly", ten).withRights(OpcDa.READABLE));
        all.add(DaItem.stored("rights.writeOnly", ten).withRights(OpcDa.WRITEABLE));
        all.add(DaItem.stored("rights.withQuality", ten).withSource(new DaSource.Stored(ten, true)));
        all.add(analog("units.level", DaUnits.Beyond.WRITTEN)
                .withProperty(OpcProperty.TIMEZONE.id(), new Variant.I4(-60))
                .withProperty(OpcProperty.VENDOR_FIRST, Variant.Str.of("a property of the vendor's")));
        all.add(analog("units.clamped", DaUnits.Beyond.CLAMPED));
        all.add(analog("units.refused", DaUnits.Beyond.REFUSED));
        all.add(DaItem.stored("units.mode", new Variant.I4(1))
                .withUnits(new DaUnits.Enumerated(List.of("off", "manual", "automatic"))));
        all.add(DaItem.stored("deep.a.b.c", new Variant.I4(3)));
        all.add(DaItem.stored("deep.a.b", new Variant.I4(2)));
    }

    private static DaItem analog(String id, DaUnits.Beyond beyond) {
        return DaItem.stored(id, new Variant.R8(50)).withUnits(new DaUnits.Analog(0, 200, "mm", beyond));
    }

    /** One of each type that a VARIANT holds by itself, by the name of the type. */
    static Map<String, Variant> scalars() {
        Map<String, Variant> all = new LinkedHashMap<>();
        all.put("I1", new Variant.I1((byte) -8));
        all.put("UI1", new Variant.UI1(200));
        all.put("I2", new Variant.I2((short) -1_600));
        all.put("UI2", new Variant.UI2(60_000));
        all.put("I4", new Variant.I4(-32_000_000));
        all.put("UI4", new Variant.UI4(4_000_000_000L));
        all.put("I8", new Variant.I8(-64_000_000_000L));
        all.put("UI8", new Variant.UI8(-1));
        all.put("INT", new Variant.Int(-42));
        all.put("UINT", new Variant.UInt(3_000_000_000L));
        all.put("R4", new Variant.R4(3.25f));
        all.put("R8", new Variant.R8(-2.718281828459045));
        all.put("CY", Variant.Cy.of(new BigDecimal("1234.5678")));
        all.put("DATE", Variant.Date.of(LocalDateTime.of(2026, 1, 1, 12, 0)));
        all.put("BSTR", Variant.Str.of("Grüße, 世界"));
        all.put("BOOL", new Variant.Bool(true));
        all.put("DECIMAL", new Variant.Dec(Decimal.of(new BigDecimal("-79228162514264.337593543950335"))));
        return all;
    }

    /** Three elements of each type that arrays have, all the same; one of VARIANTs, and one of two dimensions. */
    static Map<String, Variant> arrays() {
        Map<String, Variant> all = new LinkedHashMap<>();
        scalars()
                .forEach((name, value) -> VarType.of(value.vt())
                        .filter(VarType::inArrays)
                        .ifPresent(type -> all.put(
                                name, new Variant.Array(SafeArray.of(type, Collections.nCopies(ELEMENTS, value))))));
        all.put(
                "VARIANT",
                new Variant.Array(SafeArray.of(
                        VarType.VARIANT, List.of(new Variant.I4(1), Variant.Str.of("two"), new Variant.R8(3)))));
        all.put(
                "matrix",
                new Variant.Array(SafeArray.of(
                        VarType.I4,
                        List.of(new SafeArray.Bound(2, 0), new SafeArray.Bound(2, 1)),
                        List.of(new Variant.I4(11), new Variant.I4(12), new Variant.I4(21), new Variant.I4(22)))));
        return all;
    }
}
