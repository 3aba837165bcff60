package org.tandemopc.opcda;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tandemopc.dcom.ndr.VarType;

/**
 * The properties of items that the specifications know (DA 3.0 6.8, DA 2.05a 4.4.6, Complex Data 1.00). The texts are the fixed English
 * ones, which are not translated. Ids from 5000 on are a vendor's.
 */
public enum OpcProperty {
    DATATYPE(1, "Item Canonical Data Type", Optional.of(VarType.I2)),
    /** Of the canonical type; behaves like a read of the device. */
    VALUE(2, "Item Value", Optional.empty()),
    /** Behaves like a read of the device. */
    QUALITY(3, "Item Quality", Optional.of(VarType.I2)),
    /** In UTC; behaves like a read of the device. */
    TIMESTAMP(4, "Item Timestamp", Optional.of(VarType.DATE)),
    /** {@link OpcDa#READABLE}, {@link OpcDa#WRITEABLE}. */
    ACCESS_RIGHTS(5, "Item Access Rights", Optional.of(VarType.I4)),
    /** In ms. */
    SCAN_RATE(6, "Server Scan Rate", Optional.of(VarType.R4)),
    /** {@link OpcEuType}. Since 3.0. */
    EU_TYPE(7, "Item EU Type", Optional.of(VarType.I4)),
    /** BSTR[] or R8[2], by the EU type. Since 3.0. */
    EU_INFO(8, "Item EU Info", Optional.empty()),
    EU_UNITS(100, "EU Units", Optional.of(VarType.BSTR)),
    DESCRIPTION(101, "Item Description", Optional.of(VarType.BSTR)),
    HIGH_EU(102, "High EU", Optional.of(VarType.R8)),
    LOW_EU(103, "Low EU", Optional.of(VarType.R8)),
    HIGH_IR(104, "High Instrument Range", Optional.of(VarType.R8)),
    LOW_IR(105, "Low Instrument Range", Optional.of(VarType.R8)),
    CLOSE_LABEL(106, "Contact Close Label", Optional.of(VarType.BSTR)),
    OPEN_LABEL(107, "Contact Open Label", Optional.of(VarType.BSTR)),
    /** Minutes, as the bias of a group. */
    TIMEZONE(108, "Item Timezone", Optional.of(VarType.I4)),
    /** This and those to AVI_FILE: 2.05a only. */
    DEFAULT_DISPLAY(200, "Default Display", Optional.of(VarType.BSTR)),
    FOREGROUND_COLOR(201, "Current Foreground Color", Optional.of(VarType.I4)),
    BACKGROUND_COLOR(202, "Current Background Color", Optional.of(VarType.I4)),
    BLINK(203, "Current Blink", Optional.of(VarType.BOOL)),
    BMP_FILE(204, "BMP File", Optional.of(VarType.BSTR)),
    SOUND_FILE(205, "Sound File", Optional.of(VarType.BSTR)),
    HTML_FILE(206, "HTML File", Optional.of(VarType.BSTR)),
    AVI_FILE(207, "AVI File", Optional.of(VarType.BSTR)),
    CONDITION_STATUS(300, "Condition Status", Optional.of(VarType.BSTR)),
    ALARM_QUICK_HELP(301, "Alarm Quick Help", Optional.of(VarType.BSTR)),
    /** BSTR[]. */
    ALARM_AREA_LIST(302, "Alarm Area List", Optional.empty()),
    PRIMARY_ALARM_AREA(303, "Primary Alarm Area", Optional.of(VarType.BSTR)),
    CONDITION_LOGIC(304, "Condition Logic", Optional.of(VarType.BSTR)),
    LIMIT_EXCEEDED(305, "Limit Exceeded", Optional.of(VarType.BSTR)),
    DEADBAND(306, "Deadband", Optional.of(VarType.R8)),
    HIHI_LIMIT(307, "HiHi Limit", Optional.of(VarType.R8)),
    HI_LIMIT(308, "Hi Limit", Optional.of(VarType.R8)),
    LO_LIMIT(309, "Lo Limit", Optional.of(VarType.R8)),
    LOLO_LIMIT(310, "LoLo Limit", Optional.of(VarType.R8)),
    CHANGE_RATE_LIMIT(311, "Rate of Change Limit", Optional.of(VarType.R8)),
    DEVIATION_LIMIT(312, "Deviation Limit", Optional.of(VarType.R8)),
    ALARM_SOUND_FILE(313, "Sound File", Optional.of(VarType.BSTR)),
    /** This and those that follow: Complex Data. */
    TYPE_SYSTEM_ID(600, "Type System ID", Optional.of(VarType.BSTR)),
    DICTIONARY_ID(601, "Dictionary ID", Optional.of(VarType.BSTR)),
    TYPE_ID(602, "Type ID", Optional.of(VarType.BSTR)),
    /** BSTR or octets, by the type system. */
    DICTIONARY(603, "Dictionary", Optional.empty()),
    TYPE_DESCRIPTION(604, "Type Description", Optional.of(VarType.BSTR)),
    CONSISTENCY_WINDOW(605, "Consistency Window", Optional.of(VarType.BSTR)),
    WRITE_BEHAVIOR(606, "Write Behavior", Optional.of(VarType.BSTR)),
    UNCONVERTED_ITEM_ID(607, "Unconverted Item ID", Optional.of(VarType.BSTR)),
    UNFILTERED_ITEM_ID(608, "Unfiltered Item ID", Optional.of(VarType.BSTR)),
    DATA_FILTER_VALUE(609, "Data Filter Value", Optional.of(VarType.BSTR));

    /** The first id of vendors. */
    public static final int VENDOR_FIRST = 5000;

    /** Properties 1 to this one are of every item, and never items of their own. */
    private static final int STANDARD_LAST = 8;

    private static final Map<Integer, OpcProperty> BY_ID =
            Arrays.stream(values()).collect(Collectors.toMap(property -> property.id, Function.identity()));

    private final int id;
    private final String description;
    private final Optional<VarType> type;

    OpcProperty(int id, String description, Optional<VarType> type) {
        this.id = id;
        this.description = description;
        this.type = type;
    }

    public int id() {
        return id;
    }

    public String description() {
        return description;
    }

    /** Empty: another one for each item, or an array. */
    public Optional<VarType> type() {
        return type;
    }

    /** Whether every item has it, and no item id of its own (set 1 of the specification). */
    public boolean isOfEveryItem() {
        return id <= STANDARD_LAST;
    }

    public static Optional<OpcProperty> of(int id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}
