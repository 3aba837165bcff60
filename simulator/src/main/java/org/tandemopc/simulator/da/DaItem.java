package org.tandemopc.simulator.da;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcDa;

/**
 * An item of the address space. Immutable.
 *
 * @param id fully qualified, its parts separated by {@link DaAddressSpace#DELIMITER}
 * @param type the canonical VARTYPE
 * @param accessRights {@link OpcDa#READABLE}, {@link OpcDa#WRITEABLE}
 * @param description of property 101
 * @param properties further ones by their ids, 100 and above
 */
public record DaItem(
        String id,
        int type,
        int accessRights,
        DaSource source,
        DaUnits units,
        String description,
        SortedMap<Integer, Variant> properties) {
    public DaItem {
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    }

    static DaItem counter(String id) {
        return ticking(id, VarType.R8, new DaSource.Counter(), new DaUnits.None(), "number of the tick");
    }

    static DaItem watchdog(String id) {
        return ticking(id, VarType.BOOL, new DaSource.Watchdog(), new DaUnits.None(), "true in every second tick");
    }

    static DaItem ramp(String id) {
        DaUnits range = new DaUnits.Analog(0, 100, "%", DaUnits.Beyond.WRITTEN);
        return ticking(id, VarType.R8, new DaSource.Ramp(), range, "rises by 0.5 a tick");
    }

    private static DaItem ticking(String id, VarType type, DaSource source, DaUnits units, String description) {
        return new DaItem(id, type.code(), OpcDa.READABLE, source, units, description, new TreeMap<>());
    }

    /** Readable and writeable, of the type of its first value. */
    public static DaItem stored(String id, Variant initial) {
        return new DaItem(
                id,
                initial.vt(),
                OpcDa.READABLE | OpcDa.WRITEABLE,
                new DaSource.Stored(initial, false),
                new DaUnits.None(),
                "keeps what is written",
                new TreeMap<>());
    }

    public DaItem withRights(int rights) {
        return new DaItem(id, type, rights, source, units, description, properties);
    }

    public DaItem withUnits(DaUnits changed) {
        return new DaItem(id, type, accessRights, source, changed, description, properties);
    }

    public DaItem withSource(DaSource changed) {
        return new DaItem(id, type, accessRights, changed, units, description, properties);
    }

    public DaItem withProperty(int property, Variant value) {
        SortedMap<Integer, Variant> more = new TreeMap<>(properties);
        more.put(property, value);
        return new DaItem(id, type, accessRights, source, units, description, more);
    }

    boolean isReadable() {
        return (accessRights & OpcDa.READABLE) != 0;
    }

    boolean isWriteable() {
        return (accessRights & OpcDa.WRITEABLE) != 0;
    }
}
