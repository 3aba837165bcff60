package org.tandemopc.opcda.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.Narrow;
import org.tandemopc.dcom.ndr.Bstr;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;

/**
 * A value in a stream of DA 1.0: what a VARIANT looks like in the memory of a 32-bit machine, and behind it what its pointers lead to
 * (DA 2.05a 4.6.4.7).
 *
 * <pre>
 * 0   2  vt
 * 2   6  reserved
 * 8   8  the value; of strings and arrays a pointer, which says nothing
 *
 * a string: u32 octets, the octets, 2 zeros
 * an array: u16 cDims = 1, u16 fFeatures, u32 cbElements, u32 cLocks, u32 pvData, u32 cElements, u32 lLbound, then the elements
 * </pre>
 *
 * <p>Arrays have one dimension, of numbers or strings. Arrays of VARIANT, DECIMALs and interface pointers are in no stream.
 */
public final class ValueImage {
    private static final int IMAGE_BYTES = 16;
    private static final int DATA_BYTES = 8;
    private static final int RESERVED_BYTES = 6;
    private static final int POINTER_BYTES = 4;
    private static final int FADF_BSTR = 0x100;
    private static final int ELEMENTS_MAX = 1_000_000;

    private ValueImage() {}

    /** Octets that values may have together: as many as there are, though offsets may lead to the same ones again and again. */
    static final class Budget {
        private long left;

        Budget(long octets) {
            this.left = octets;
        }

        void take(ByteReader in, int octets) throws MalformedException {
            left -= octets;
            if (left < 0) {
                throw in.malformed("dwValueOffset", in.offset(), "leads to octets that other values have");
            }
        }
    }

    /** Whether the value can be in a stream. */
    public static boolean canHold(Variant value) {
        return switch (value) {
            case Variant.Array(SafeArray array) ->
                array.bounds().size() == 1 && (array.type() == VarType.BSTR || plainBytes(array.type()) != 0);
            case Variant.Str string -> true;
            default -> VarType.of(value.vt()).filter(ValueImage::isPlain).isPresent();
        };
    }

    static Variant read(ByteReader in, Budget budget) throws MalformedException {
        budget.take(in, IMAGE_BYTES);
        int at = in.offset();
        int vt = in.u16("vt");
        in.skip(RESERVED_BYTES, "wReserved");
        ByteReader data = in.slice(DATA_BYTES, "value");
        boolean isArray = (vt & VarType.ARRAY_BIT) != 0;
        Optional<VarType> type = VarType.of(vt & ~VarType.ARRAY_BIT);
        if (type.isEmpty()) {
            throw in.malformed("vt", at, "is " + vt);
        }
        if (isArray) {
            return new Variant.Array(readArray(in, type.get(), budget));
        }
        if (type.get() == VarType.BSTR) {
            return new Variant.Str(readString(in, budget));
        }
        if (!isPlain(type.get())) {
            throw in.malformed("vt", at, "is " + vt + ", which is in no stream");
        }
        return readPlain(data, type.get());
    }

    private static Bstr readString(ByteReader in, Budget budget) throws MalformedException {
        int octets = in.count("cBytes", 1, Integer.MAX_VALUE);
        budget.take(in, octets);
        Bytes text = in.bytes(octets, "string");
        in.skip(Short.BYTES, "NUL");
        return Bstr.of(text);
    }

    private static SafeArray readArray(ByteReader in, VarType type, Budget budget) throws MalformedException {
        int at = in.offset();
        int dimensions = in.u16("cDims");
        in.u16("fFeatures");
        in.u32("cbElements");
        in.u32("cLocks");
        in.u32("pvData");
        int plain = plainBytes(type);
        if (dimensions != 1 || (plain == 0 && type != VarType.BSTR)) {
            throw in.malformed("SAFEARRAY", at, "has " + dimensions + " dimensions of " + type);
        }
        long announced = in.u32("cElements");
        int lower = in.i32("lLbound");
        int count = in.checked(announced, at, "cElements", plain == 0 ? Integer.BYTES : plain, ELEMENTS_MAX);
        List<SafeArray.Bound> bounds = List.of(new SafeArray.Bound(count, lower));
        if (plain != 0) {
            int octets = Math.multiplyExact(count, plain);
            budget.take(in, octets);
            return new SafeArray(type, bounds, new SafeArray.Content.Plain(in.bytes(octets, "elements")));
        }
        List<Bstr> strings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            budget.take(in, Integer.BYTES);
            strings.add(readString(in, budget));
        }
        return new SafeArray(type, bounds, new SafeArray.Content.Strings(strings));
    }

    /** @throws IllegalArgumentException not {@link #canHold} */
    static void write(ByteWriter out, Variant value) {
        if (!canHold(value)) {
            throw new IllegalArgumentException("no stream of DA 1.0 can hold " + value);
        }
        out.u16(value.vt(), "vt").zeros(RESERVED_BYTES);
        int data = out.offset();
        writePlain(out, value);
        out.zeros(data + DATA_BYTES - out.offset());
        switch (value) {
            case Variant.Str(Bstr text) -> writeString(out, text);
            case Variant.Array(SafeArray array) -> writeArray(out, array);
            default -> {
                // all of it is in the image
            }
        }
    }

    private static void writeString(ByteWriter out, Bstr text) {
        out.u32(text.octets().size(), "cBytes").bytes(text.octets()).zeros(Short.BYTES);
    }

    private static void writeArray(ByteWriter out, SafeArray array) {
        SafeArray.Bound bound = array.bounds().getFirst();
        boolean strings = array.type() == VarType.BSTR;
        out.u16(1, "cDims")
                .u16(strings ? FADF_BSTR : 0, "fFeatures")
                .u32(strings ? POINTER_BYTES : plainBytes(array.type()), "cbElements")
                .u32(0, "cLocks")
                .u32(0, "pvData")
                .u32(bound.elements(), "cElements")
                .i32(bound.lower());
        switch (array.content()) {
            case SafeArray.Content.Plain(Bytes octets) -> out.bytes(octets);
            case SafeArray.Content.Strings(List<Bstr> values) -> values.forEach(one -> writeString(out, one));
            default -> throw new IllegalArgumentException("no stream of DA 1.0 can hold " + array);
        }
    }

    private static boolean isPlain(VarType type) {
        return type == VarType.EMPTY || type == VarType.NULL || plainBytes(type) != 0;
    }

    /** Octets of a number; 0: it is none. */
    private static int plainBytes(VarType type) {
        return switch (type) {
            case I1, UI1 -> Byte.BYTES;
            case I2, UI2, BOOL -> Short.BYTES;
            case I4, UI4, INT, UINT, R4, ERROR -> Integer.BYTES;
            case I8, UI8, R8, CY, DATE -> Long.BYTES;
            case EMPTY, NULL, BSTR, DISPATCH, VARIANT, UNKNOWN, DECIMAL -> 0;
        };
    }

    private static Variant readPlain(ByteReader in, VarType type) throws MalformedException {
        return switch (type) {
            case EMPTY -> Variant.EMPTY;
            case NULL -> Variant.NULL;
            case I1 -> new Variant.I1(Narrow.u8(in.u8("cVal"), "cVal"));
            case UI1 -> new Variant.UI1(in.u8("bVal"));
            case I2 -> new Variant.I2(Narrow.u16(in.u16("iVal"), "iVal"));
            case UI2 -> new Variant.UI2(in.u16("uiVal"));
            case I4 -> new Variant.I4(in.i32("lVal"));
            case UI4 -> new Variant.UI4(in.u32("ulVal"));
            case I8 -> new Variant.I8(in.i64("llVal"));
            case UI8 -> new Variant.UI8(in.i64("ullVal"));
            case INT -> new Variant.Int(in.i32("intVal"));
            case UINT -> new Variant.UInt(in.u32("uintVal"));
            case R4 -> new Variant.R4(Float.intBitsToFloat(in.i32("fltVal")));
            case R8 -> new Variant.R8(Double.longBitsToDouble(in.i64("dblVal")));
            case CY -> new Variant.Cy(in.i64("cyVal"));
            case DATE -> new Variant.Date(Double.longBitsToDouble(in.i64("date")));
            case BOOL -> new Variant.Bool(in.u16("boolVal") != 0);
            case ERROR -> new Variant.Scode(in.i32("scode"));
            case BSTR, DISPATCH, VARIANT, UNKNOWN, DECIMAL ->
                throw new IllegalArgumentException(type + " is no plain value");
        };
    }

    private static void writePlain(ByteWriter out, Variant value) {
        switch (value) {
            case Variant.I1(byte number) -> out.u8(Byte.toUnsignedInt(number), "cVal");
            case Variant.UI1(int number) -> out.u8(number, "bVal");
            case Variant.I2(short number) -> out.u16(Short.toUnsignedInt(number), "iVal");
            case Variant.UI2(int number) -> out.u16(number, "uiVal");
            case Variant.I4(int number) -> out.i32(number);
            case Variant.UI4(long number) -> out.u32(number, "ulVal");
            case Variant.I8(long number) -> out.i64(number);
            case Variant.UI8(long number) -> out.i64(number);
            case Variant.Int(int number) -> out.i32(number);
            case Variant.UInt(long number) -> out.u32(number, "uintVal");
            case Variant.R4(float number) -> out.i32(Float.floatToRawIntBits(number));
            case Variant.R8(double number) -> out.i64(Double.doubleToRawLongBits(number));
            case Variant.Cy(long number) -> out.i64(number);
            case Variant.Date(double days) -> out.i64(Double.doubleToRawLongBits(days));
            case Variant.Bool(boolean is) -> out.u16(is ? 0xFFFF : 0, "boolVal");
            case Variant.Scode(int hresult) -> out.i32(hresult);
            default -> {
                // nothing, or a pointer, which says nothing
            }
        }
    }
}
