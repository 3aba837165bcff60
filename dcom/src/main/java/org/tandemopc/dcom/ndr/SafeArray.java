package org.tandemopc.dcom.ndr;

import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/**
 * SAFEARRAY: elements of one type, in one dimension or several ([MS-OAUT] 2.2.30). Immutable. Plain numbers are kept as the
 * octets of the wire, so that a large array costs no more than it was long.
 *
 * <p>On the wire, little endian always, behind two pointers in its {@link Variant}:
 * <pre>
 * 0   4  max_count = cDims
 * 4   2  cDims, 1 to 60
 * 6   2  fFeatures: 0x80 the type is in cLocks; 0x40 an IID follows; 0x100 BSTR, 0x200 UNKNOWN, 0x400 DISPATCH, 0x800 VARIANT
 * 8   4  cbElements: octets of one element; 4 for pointers, 16 for VARIANT
 * 12  4  cLocks: low word says nothing, high word is the type of the elements
 * 16  4  sfType, which kind of element: see VarType
 * 20  4  count of all elements
 * 24  4  referent of the data
 *    16  IID, if sfType is 0x800D
 *     8  cElements, lLbound, for each dimension
 *     4  max_count = count
 *        elements; of BSTR, VARIANT and interfaces the referents first, then what they lead to
 * </pre>
 *
 * <p>Of the type of the elements three fields speak: the high word of cLocks, the VARIANT around, and sfType, which alone says
 * how they are written. The first of the former two that agrees with sfType is taken.
 *
 * @param type never one of those that {@link VarType#inArrays} excludes
 * @param bounds the dimensions in the order of the wire, which is that of the declaration where Windows writes it
 *     ([MS-OAUT] says reversed); kept as they come
 * @param content as many elements as the product of the bounds, the last dimension of the declaration not necessarily the
 *     fastest: kept in the order of the wire
 */
public record SafeArray(VarType type, List<Bound> bounds, Content content) {
    /** Dimensions that an array may have here: a limit of this library, far above what values have. */
    public static final int DIMENSIONS_MAX = 60;

    private static final int BOUND_BYTES = 8;
    private static final int VARIANT_BYTES = 16;
    private static final int SF_HAVEIID = 0x800D;
    private static final int FADF_HAVEIID = 0x40;
    private static final int FADF_HAVEVARTYPE = 0x80;
    private static final int FADF_BSTR = 0x100;
    private static final int FADF_UNKNOWN = 0x200;
    private static final int FADF_DISPATCH = 0x400;
    private static final int FADF_VARIANT = 0x800;

    /**
     * One dimension.
     *
     * @param elements 0 to 0xFFFFFFFF
     * @param lower the index of the first
     */
    public record Bound(long elements, int lower) {
        public Bound {
            if (elements < 0 || elements > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("elements " + elements + " is not 32 bits");
            }
        }
    }

    /** The elements, as their type needs them. */
    public sealed interface Content {
        /** Numbers, one after the other, little endian. */
        record Plain(Bytes octets) implements Content {}

        record Strings(List<Bstr> values) implements Content {
            public Strings {
                values = List.copyOf(values);
            }
        }

        record Variants(List<Variant> values) implements Content {
            public Variants {
                values = List.copyOf(values);
            }
        }

        /** @param iid of all of them, where the wire says it */
        record Interfaces(Optional<Guid> iid, List<Optional<InterfacePointer>> values) implements Content {
            public Interfaces {
                values = List.copyOf(values);
            }
        }
    }

    public SafeArray {
        bounds = List.copyOf(bounds);
        if (bounds.isEmpty() || bounds.size() > DIMENSIONS_MAX) {
            throw new IllegalArgumentException(bounds.size() + " dimensions are not 1 to " + DIMENSIONS_MAX);
        }
        int count = countOf(type, content);
        if (product(bounds, count) != count) {
            throw new IllegalArgumentException(count + " elements do not fill " + bounds);
        }
    }

    /**
     * Of one dimension that begins at 0.
     *
     * @throws IllegalArgumentException an element is of another type, or no array of the type can be sent
     */
    public static SafeArray of(VarType type, List<? extends Variant> elements) {
        return of(type, List.of(new Bound(elements.size(), 0)), elements);
    }

    /** @throws IllegalArgumentException also: the elements do not fill the dimensions */
    public static SafeArray of(VarType type, List<Bound> bounds, List<? extends Variant> elements) {
        Content content = switch (type) {
            case BSTR ->
                new Content.Strings(elements.stream()
                        .map(element -> as(Variant.Str.class, element).value())
                        .toList());
            case VARIANT -> new Content.Variants(List.copyOf(elements));
            case UNKNOWN ->
                new Content.Interfaces(
                        Optional.empty(),
                        elements.stream()
                                .map(element ->
                                        as(Variant.Unknown.class, element).pointer())
                                .toList());
            case DISPATCH ->
                new Content.Interfaces(
                        Optional.empty(),
                        elements.stream()
                                .map(element ->
                                        as(Variant.Dispatch.class, element).pointer())
                                .toList());
            default -> new Content.Plain(plain(type, elements));
        };
        return new SafeArray(type, bounds, content);
    }

    /** An array of octets: UI1. */
    public static SafeArray ofOctets(Bytes octets) {
        return new SafeArray(VarType.UI1, List.of(new Bound(octets.size(), 0)), new Content.Plain(octets));
    }

    public static SafeArray ofI4(int... values) {
        ByteWriter out = new ByteWriter();
        for (int value : values) {
            out.i32(value);
        }
        return new SafeArray(VarType.I4, List.of(new Bound(values.length, 0)), new Content.Plain(out.toBytes()));
    }

    public static SafeArray ofR8(double... values) {
        ByteWriter out = new ByteWriter();
        for (double value : values) {
            out.i64(Double.doubleToRawLongBits(value));
        }
        return new SafeArray(VarType.R8, List.of(new Bound(values.length, 0)), new Content.Plain(out.toBytes()));
    }

    public static SafeArray ofStrings(List<String> values) {
        List<Bstr> strings = values.stream().map(Bstr::of).toList();
        return new SafeArray(VarType.BSTR, List.of(new Bound(values.size(), 0)), new Content.Strings(strings));
    }

    /** Elements of all dimensions together. */
    public int size() {
        return countOf(type, content);
    }

    /**
     * One element, counted from 0 over all dimensions in the order of the wire.
     *
     * @throws IndexOutOfBoundsException there is none
     */
    public Variant get(int index) {
        return switch (content) {
            case Content.Plain(Bytes octets) -> {
                int bytes = type.plainBytes();
                yield plainAt(octets, index, bytes);
            }
            case Content.Strings(List<Bstr> values) -> new Variant.Str(values.get(index));
            case Content.Variants(List<Variant> values) -> values.get(index);
            case Content.Interfaces(Optional<Guid> iid, List<Optional<InterfacePointer>> values) ->
                type == VarType.UNKNOWN
                        ? new Variant.Unknown(values.get(index))
                        : new Variant.Dispatch(values.get(index));
        };
    }

    /** All elements, each made when it is asked for. */
    public List<Variant> elements() {
        return new Elements(this);
    }

    static SafeArray read(NdrReader in, int variantType) throws MalformedException {
        int dimensions = in.count("max_count", BOUND_BYTES);
        int at = in.offset();
        int said = in.u16("cDims");
        if (said != dimensions || said == 0 || said > DIMENSIONS_MAX) {
            throw in.malformed("cDims", at, "is " + said + " of " + dimensions + ", not 1 to " + DIMENSIONS_MAX);
        }
        in.u16("fFeatures");
        in.u32("cbElements");
        int locksType = Math.toIntExact(in.u32("cLocks") >>> Short.SIZE);
        at = in.offset();
        int sfType = in.i32("sfType");
        Optional<VarType> known = elementType(sfType, locksType, variantType);
        if (known.isEmpty()) {
            throw in.malformed("sfType", at, "is " + sfType + " of types " + locksType + " and " + variantType);
        }
        VarType type = known.get();
        at = in.offset();
        long count = in.u32("count");
        boolean present = in.referent("data") != 0;
        Optional<Guid> iid = sfType == SF_HAVEIID ? Optional.of(in.guid("iid")) : Optional.empty();
        List<Bound> bounds = in.values(dimensions, here -> new Bound(here.u32("cElements"), here.i32("lLbound")));
        if (product(bounds, count) != count) {
            throw in.malformed("count", at, "is " + count + ", which does not fill " + bounds);
        }
        if (!present && count != 0) {
            throw in.malformed("data", at, "is NULL, and the count " + count);
        }
        return new SafeArray(type, bounds, readContent(in, type, iid, present, count));
    }

    void write(NdrWriter out) {
        boolean haveIid = content instanceof Content.Interfaces(Optional<Guid> iid, var pointers) && iid.isPresent();
        int count = size();
        out.u32(bounds.size(), "max_count")
                .u16(bounds.size(), "cDims")
                .u16(typeFeature() | (haveIid ? FADF_HAVEIID : FADF_HAVEVARTYPE), "fFeatures")
                .u32(elementBytes(), "cbElements")
                .u32(haveIid ? 0 : (long) type.code() << Short.SIZE, "cLocks")
                .u32(haveIid ? SF_HAVEIID : type.sfType(), "sfType")
                .u32(count, "count")
                .referent();
        if (content instanceof Content.Interfaces(Optional<Guid> iid, var pointers)) {
            iid.ifPresent(out::guid);
        }
        out.values(
                bounds, (here, bound) -> here.u32(bound.elements(), "cElements").i32(bound.lower()));
        out.u32(count, "max_count");
        switch (content) {
            case Content.Plain(Bytes octets) -> {
                if (!octets.isEmpty()) {
                    out.align(type.plainBytes());
                }
                out.octets(octets);
            }
            case Content.Strings(List<Bstr> values) ->
                out.construct(() -> out.values(values, (here, value) -> value.write(here)));
            case Content.Variants(List<Variant> values) ->
                out.construct(() -> out.values(values, (here, value) -> value.write(here)));
            case Content.Interfaces(Optional<Guid> iid, List<Optional<InterfacePointer>> values) ->
                out.construct(() -> out.values(values, InterfacePointer::write));
        }
    }

    private static Content readContent(NdrReader in, VarType type, Optional<Guid> iid, boolean present, long count)
            throws MalformedException {
        int bytes = type.plainBytes();
        if (bytes != 0) {
            return new Content.Plain(present ? readPlain(in, bytes, count) : Bytes.EMPTY);
        }
        if (present) {
            in.same("max_count", count);
        }
        int slots = in.checked("count", count, Integer.BYTES);
        return switch (type) {
            case BSTR -> new Content.Strings(in.construct(here -> Late.all(here.values(slots, Bstr::slot))));
            case VARIANT -> new Content.Variants(in.construct(here -> Late.all(here.values(slots, Variant::slot))));
            default ->
                new Content.Interfaces(
                        iid,
                        in.construct(here -> Late.all(
                                here.values(slots, element -> InterfacePointer.unique(element, "interface")))));
        };
    }

    private static Bytes readPlain(NdrReader in, int bytes, long expected) throws MalformedException {
        int at = in.offset();
        int count = in.octetCount("max_count", bytes);
        if (count != expected) {
            throw in.malformed("max_count", at, "is " + count + ", and the count " + expected);
        }
        if (count == 0) {
            return Bytes.EMPTY;
        }
        return in.align(bytes).octets(Math.multiplyExact(count, bytes), "elements");
    }

    private static Optional<VarType> elementType(int sfType, int locksType, int variantType) {
        return VarType.of(locksType)
                .filter(type -> matches(type, sfType))
                .or(() -> VarType.of(variantType).filter(type -> matches(type, sfType)));
    }

    private static boolean matches(VarType type, int sfType) {
        if (sfType == SF_HAVEIID) {
            return type == VarType.UNKNOWN || type == VarType.DISPATCH;
        }
        return type.inArrays() && type.sfType() == sfType;
    }

    /** How many elements fill the bounds; if more than the ceiling, some number above it. */
    private static long product(List<Bound> bounds, long ceiling) {
        if (bounds.stream().anyMatch(bound -> bound.elements() == 0)) {
            return 0;
        }
        long product = 1;
        for (Bound bound : bounds) {
            if (bound.elements() > ceiling / product) {
                return ceiling + 1;
            }
            product *= bound.elements();
        }
        return product;
    }

    private static int countOf(VarType type, Content content) {
        boolean fits = switch (content) {
            case Content.Plain plain -> type.plainBytes() != 0 && plain.octets().size() % type.plainBytes() == 0;
            case Content.Strings strings -> type == VarType.BSTR;
            case Content.Variants variants -> type == VarType.VARIANT;
            case Content.Interfaces interfaces -> type == VarType.UNKNOWN || type == VarType.DISPATCH;
        };
        if (!fits) {
            throw new IllegalArgumentException("no array of " + type + " can hold this");
        }
        return switch (content) {
            case Content.Plain plain -> plain.octets().size() / type.plainBytes();
            case Content.Strings strings -> strings.values().size();
            case Content.Variants variants -> variants.values().size();
            case Content.Interfaces interfaces -> interfaces.values().size();
        };
    }

    private int elementBytes() {
        return switch (content) {
            case Content.Plain plain -> type.plainBytes();
            case Content.Variants variants -> VARIANT_BYTES;
            case Content.Strings strings -> Integer.BYTES;
            case Content.Interfaces interfaces -> Integer.BYTES;
        };
    }

    private int typeFeature() {
        return switch (type) {
            case BSTR -> FADF_BSTR;
            case VARIANT -> FADF_VARIANT;
            case UNKNOWN -> FADF_UNKNOWN;
            case DISPATCH -> FADF_DISPATCH;
            default -> 0;
        };
    }

    private Variant plainAt(Bytes octets, int index, int bytes) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index);
        }
        ByteReader element = octets.reader();
        try {
            element.skip(index * bytes, "elements");
            return VariantCodec.readPlain(NdrReader.over(element.slice(bytes, "element")), type);
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Bytes plain(VarType type, List<? extends Variant> elements) {
        if (type.plainBytes() == 0) {
            throw new IllegalArgumentException("no array of " + type + " can be sent");
        }
        NdrWriter out = new NdrWriter();
        for (Variant element : elements) {
            if (element.vt() != type.code()) {
                throw new IllegalArgumentException(element + " in an array of " + type);
            }
            VariantCodec.writeArm(out, element);
        }
        return out.toBytes();
    }

    private static <T> T as(Class<T> type, Variant element) {
        if (!type.isInstance(element)) {
            throw new IllegalArgumentException(element + " in an array of another type");
        }
        return type.cast(element);
    }

    private static final class Elements extends AbstractList<Variant> implements RandomAccess {
        private final SafeArray array;

        Elements(SafeArray array) {
            this.array = array;
        }

        @Override
        public Variant get(int index) {
            return array.get(index);
        }

        @Override
        public int size() {
            return array.size();
        }
    }
}
