package org.tandemopc.dcom.ndr;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The types that a {@link Variant} can hold by itself ([MS-OAUT] 2.2.7), and how they stand in a SAFEARRAY (2.2.8). */
public enum VarType {
    EMPTY(0),
    NULL(1),
    I2(2, Short.BYTES, VarType.SF_I2),
    I4(3, Integer.BYTES, VarType.SF_I4),
    R4(4, Float.BYTES, VarType.SF_I4),
    R8(5, Double.BYTES, VarType.SF_I8),
    CY(6, Long.BYTES, VarType.SF_I8),
    DATE(7, Double.BYTES, VarType.SF_I8),
    BSTR(8, 0, 8),
    DISPATCH(9, 0, 9),
    ERROR(10, Integer.BYTES, VarType.SF_I4),
    BOOL(11, Short.BYTES, VarType.SF_I2),
    VARIANT(12, 0, 12),
    UNKNOWN(13, 0, 13),
    DECIMAL(14),
    I1(16, Byte.BYTES, VarType.SF_I1),
    UI1(17, Byte.BYTES, VarType.SF_I1),
    UI2(18, Short.BYTES, VarType.SF_I2),
    UI4(19, Integer.BYTES, VarType.SF_I4),
    I8(20, Long.BYTES, VarType.SF_I8),
    UI8(21, Long.BYTES, VarType.SF_I8),
    INT(22, Integer.BYTES, VarType.SF_I4),
    UINT(23, Integer.BYTES, VarType.SF_I4);

    /** Bit of a vt: the value is a SAFEARRAY of the type in the low bits. */
    public static final int ARRAY_BIT = 0x2000;

    /** Bit of a vt: the value stands behind a pointer. */
    public static final int BYREF_BIT = 0x4000;

    static final int TYPE_BITS = 0x0FFF;

    static final int SF_I1 = 16;
    static final int SF_I2 = 2;
    static final int SF_I4 = 3;
    static final int SF_I8 = 20;

    /** No array of this type is on the wire. */
    private static final int SF_NONE = 0;

    private static final List<Optional<VarType>> BY_CODE = IntStream.rangeClosed(0, UINT.code)
            .mapToObj(code ->
                    Arrays.stream(values()).filter(type -> type.code == code).findFirst())
            .toList();

    private final int code;
    private final int plainBytes;
    private final int sfType;

    VarType(int code) {
        this(code, 0, SF_NONE);
    }

    VarType(int code, int plainBytes, int sfType) {
        this.code = code;
        this.plainBytes = plainBytes;
        this.sfType = sfType;
    }

    public int code() {
        return code;
    }

    /** Whether a SAFEARRAY of it can be sent; one of DECIMAL cannot ([MS-OAUT] 2.2.30.10). */
    public boolean inArrays() {
        return sfType != SF_NONE;
    }

    /** Octets of a number whose elements stand one after the other; 0: the type is no plain number. */
    int plainBytes() {
        return plainBytes;
    }

    /** The discriminant of the union that holds arrays of it. */
    int sfType() {
        return sfType;
    }

    public static Optional<VarType> of(int code) {
        return code < 0 || code >= BY_CODE.size() ? Optional.empty() : BY_CODE.get(code);
    }
}
