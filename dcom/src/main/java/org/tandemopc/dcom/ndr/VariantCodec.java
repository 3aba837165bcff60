package org.tandemopc.dcom.ndr;

import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.Narrow;

/** The body of a {@link Variant} on the wire. */
final class VariantCodec {
    private VariantCodec() {}

    static Variant readBody(NdrReader in) throws MalformedException {
        return in.littleEndian("[MS-OAUT] 2.2.29.1", VariantCodec::readLittleEndianBody);
    }

    private static Variant readLittleEndianBody(NdrReader in) throws MalformedException {
        int start = in.align(Long.BYTES).offset();
        long units = in.u32("clSize");
        in.skip(Integer.BYTES, "rpcReserved");
        int vt = in.u16("vt");
        in.skip(3 * Short.BYTES, "wReserved");
        int at = in.offset();
        long discriminant = in.u32("discriminant");
        boolean array = (vt & VarType.ARRAY_BIT) != 0;
        boolean byRef = (vt & VarType.BYREF_BIT) != 0;
        int element = vt & ~(VarType.ARRAY_BIT | VarType.BYREF_BIT);
        Optional<VarType> type = VarType.of(element).filter(known -> canBe(known, array, byRef));
        if (type.isEmpty()) {
            return readRaw(in, vt, discriminant, start + units * Long.BYTES);
        }
        // a peer that writes only 16 bits here has shifted the value: better refused than taken for another number
        if (discriminant != vt && !(array && discriminant == (vt & ~VarType.TYPE_BITS))) {
            throw in.malformed("discriminant", at, "is " + discriminant + " of vt " + vt);
        }
        if (!byRef) {
            return array ? readArray(in, type.get()) : readPlain(in, type.get());
        }
        return in.ref("by reference", here -> {
                    if (array) {
                        return readArray(here, type.get());
                    }
                    return type.get() == VarType.VARIANT ? Variant.read(here) : readPlain(here, type.get());
                })
                .get();
    }

    private static boolean canBe(VarType type, boolean array, boolean byRef) {
        if (array) {
            return type.inArrays();
        }
        return switch (type) {
            case VARIANT -> byRef;
            case EMPTY, NULL -> !byRef;
            default -> true;
        };
    }

    private static Variant readRaw(NdrReader in, int vt, long discriminant, long end) throws MalformedException {
        long octets = Math.min(end - in.offset(), in.remaining());
        if (octets < 0 || octets > in.limits().octetsMax()) {
            throw in.malformed("clSize", in.offset(), "gives " + octets + " octets to the value");
        }
        return new Variant.Raw(vt, discriminant, in.octets(Math.toIntExact(octets), "value"));
    }

    private static Variant readArray(NdrReader in, VarType type) throws MalformedException {
        Optional<Optional<SafeArray>> array = in.unique(
                        "parray",
                        outer -> outer.unique(
                                        "SAFEARRAY",
                                        here -> here.under(
                                                "[MS-OAUT] 2.2.30.10", fields -> SafeArray.read(fields, type.code())))
                                .get())
                .get();
        return array.flatMap(inner -> inner)
                .<Variant>map(Variant.Array::new)
                .orElseGet(() -> new Variant.NoArray(type));
    }

    /** The value alone; not of arrays, nor of VT_VARIANT. */
    static Variant readPlain(NdrReader in, VarType type) throws MalformedException {
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
            case R4 -> new Variant.R4(in.f32("fltVal"));
            case R8 -> new Variant.R8(in.f64("dblVal"));
            case CY -> new Variant.Cy(in.i64("cyVal"));
            case DATE -> new Variant.Date(in.f64("date"));
            case BSTR -> new Variant.Str(Bstr.read(in));
            case BOOL -> new Variant.Bool(in.u16("boolVal") != 0);
            case ERROR -> new Variant.Scode(in.i32("scode"));
            case DECIMAL -> new Variant.Dec(Decimal.read(in));
            case UNKNOWN -> new Variant.Unknown(InterfacePointer.read(in, "punkVal"));
            case DISPATCH -> new Variant.Dispatch(InterfacePointer.read(in, "pdispVal"));
            case VARIANT -> throw new IllegalArgumentException("a VARIANT is no plain value");
        };
    }

    static void writeBody(NdrWriter out, Variant value) {
        out.littleEndian(() -> writeLittleEndianBody(out, value));
    }

    private static void writeLittleEndianBody(NdrWriter out, Variant value) {
        int start = out.align(Long.BYTES).offset();
        out.zeros(2 * Integer.BYTES)
                .u16(value.vt(), "vt")
                .zeros(3 * Short.BYTES)
                .u32(discriminantOf(value), "discriminant");
        writeArm(out, value);
        out.setU32(start, (out.offset() - start + Long.BYTES - 1) / Long.BYTES, "clSize");
    }

    private static long discriminantOf(Variant value) {
        return switch (value) {
            case Variant.Array array -> VarType.ARRAY_BIT;
            case Variant.NoArray none -> VarType.ARRAY_BIT;
            case Variant.Raw raw -> raw.discriminant();
            default -> value.vt();
        };
    }

    /** The value alone; the mirror of {@link #readPlain}, and of arrays. */
    static void writeArm(NdrWriter out, Variant variant) {
        switch (variant) {
            case Variant.Empty() -> {}
            case Variant.Null() -> {}
            case Variant.I1(byte value) -> out.u8(Byte.toUnsignedInt(value), "cVal");
            case Variant.UI1(int value) -> out.u8(value, "bVal");
            case Variant.I2(short value) -> out.u16(Short.toUnsignedInt(value), "iVal");
            case Variant.UI2(int value) -> out.u16(value, "uiVal");
            case Variant.I4(int value) -> out.i32(value);
            case Variant.UI4(long value) -> out.u32(value, "ulVal");
            case Variant.I8(long value) -> out.i64(value);
            case Variant.UI8(long value) -> out.i64(value);
            case Variant.Int(int value) -> out.i32(value);
            case Variant.UInt(long value) -> out.u32(value, "uintVal");
            case Variant.R4(float value) -> out.f32(value);
            case Variant.R8(double value) -> out.f64(value);
            case Variant.Cy(long value) -> out.i64(value);
            case Variant.Date(double value) -> out.f64(value);
            case Variant.Str(Bstr value) -> value.write(out);
            case Variant.Bool(boolean value) -> out.u16(value ? 0xFFFF : 0, "boolVal");
            case Variant.Scode(int value) -> out.i32(value);
            case Variant.Dec(Decimal value) -> value.write(out);
            case Variant.Unknown(Optional<InterfacePointer> value) -> InterfacePointer.write(out, value);
            case Variant.Dispatch(Optional<InterfacePointer> value) -> InterfacePointer.write(out, value);
            case Variant.Array(SafeArray value) -> {
                out.referent().referent();
                value.write(out);
            }
            case Variant.NoArray none -> out.referent().nullPointer();
            case Variant.Raw(int vt, long discriminant, Bytes octets) -> out.octets(octets);
        }
    }
}
