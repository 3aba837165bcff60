package org.tandemopc.opcda.params;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;

/**
 * The shapes that parameters of OPC's methods have, each both ways. What reads checks every count against the limits of the reader
 * and the octets that are left, before memory is taken.
 *
 * <p>Of [out] parameters a NULL array is read as an empty one and a NULL string as an empty one, for that is what travels beside a
 * failure; and an empty array is written as NULL.
 */
public final class Params {
    private static final int POINTER_BYTES = 4;

    private Params() {}

    /** {@code LPCWSTR}: cannot be NULL. */
    public static Codec<String> string(String field) {
        return Codec.of((NdrReader in) -> in.string(field), NdrWriter::string);
    }

    public static Codec<Guid> guid(String field) {
        return Codec.of((NdrReader in) -> in.guid(field), NdrWriter::guid);
    }

    /** A DWORD whose bits are wanted, or a signed number: a handle, an HRESULT, an LCID. */
    public static Codec<Integer> i32(String field) {
        return Codec.of((NdrReader in) -> in.i32(field), NdrWriter::i32);
    }

    /** A DWORD that counts. */
    public static Codec<Long> u32(String field) {
        return Codec.of((NdrReader in) -> in.u32(field), (out, value) -> out.u32(value, field));
    }

    public static Codec<Boolean> bool(String field) {
        return Codec.of((NdrReader in) -> in.bool32(field), NdrWriter::bool32);
    }

    /** An enumeration of 16 bits. */
    public static <E extends Coded> Codec<E> enumeration(String field, List<E> all, E other) {
        return Codec.of(
                (NdrReader in) -> Coded.of(all, in.enum16(field), other),
                (out, value) -> out.enum16(value.code(), field));
    }

    /** {@code DWORD dwCount, [size_is(dwCount)] DWORD*}. */
    public static Codec<Ints> counted(String field) {
        return Codec.of((NdrReader in) -> Ints.read(in, field, in.u32("dwCount")), Params::writeCounted);
    }

    public static void writeCounted(NdrWriter out, Ints values) {
        out.u32(values.size(), "dwCount");
        values.write(out);
    }

    /** {@code [out] DWORD* pdwCount, [out, size_is(, *pdwCount)] DWORD**}. */
    public static Codec<Ints> countedOut(String field) {
        return Codec.of(
                (NdrReader in) -> {
                    long count = in.u32("pdwCount");
                    return ints(in, field, count);
                },
                (out, values) -> {
                    out.u32(values.size(), "pdwCount");
                    writeInts(out, values, values.size());
                });
    }

    /**
     * {@code [size_is(n)] E*} as an [in] parameter: max_count, elements, what they point to.
     *
     * @param size that was said before
     * @param elementBytes the least that one element takes, without what its pointers lead to
     * @param element its fixed part, within a construct
     */
    public static <E> List<E> array(
            NdrReader in, String field, long size, int elementBytes, NdrReader.Decoder<Late<E>> element)
            throws MalformedException {
        return in.construct(here -> Late.all(here.conformant(field, size, elementBytes, element)));
    }

    public static <E> void writeArray(NdrWriter out, List<E> values, NdrWriter.Encoder<E> element) {
        out.construct(() -> out.conformant(values, element));
    }

    /** {@code [out, size_is(, n)] E**}; NULL is empty. */
    public static <E> List<E> list(
            NdrReader in, String field, long size, int elementBytes, NdrReader.Decoder<Late<E>> element)
            throws MalformedException {
        return in.unique(field, here -> array(here, field, size, elementBytes, element))
                .get()
                .orElse(List.of());
    }

    /** @throws IllegalArgumentException there are elements, and not as many as the size says */
    public static <E> void writeList(NdrWriter out, List<E> values, long size, NdrWriter.Encoder<E> element) {
        fits(values.size(), size);
        out.unique(
                values.isEmpty() ? Optional.empty() : Optional.of(values),
                (here, elements) -> writeArray(here, elements, element));
    }

    /** {@code [out, size_is(, n)] DWORD**}; NULL is empty. */
    public static Ints ints(NdrReader in, String field, long size) throws MalformedException {
        return in.unique(field, here -> Ints.read(here, field, size)).get().orElse(Ints.EMPTY);
    }

    /** @throws IllegalArgumentException there are elements, and not as many as the size says */
    public static void writeInts(NdrWriter out, Ints values, long size) {
        fits(values.size(), size);
        out.unique(values.isEmpty() ? Optional.empty() : Optional.of(values), (here, all) -> all.write(here));
    }

    /** {@code [out, size_is(, n)] WORD**}; NULL is empty. */
    public static Ints u16List(NdrReader in, String field, long size) throws MalformedException {
        return in.unique(field, here -> Ints.readU16(here, field, size)).get().orElse(Ints.EMPTY);
    }

    /** @throws IllegalArgumentException there are elements, and not as many as the size says */
    public static void writeU16List(NdrWriter out, Ints values, long size) {
        fits(values.size(), size);
        out.unique(values.isEmpty() ? Optional.empty() : Optional.of(values), (here, all) -> all.writeU16(here));
    }

    /** {@code [size_is(n)] LPWSTR*}; NULL is read as the empty string. */
    public static List<String> strings(NdrReader in, String field, long size) throws MalformedException {
        return array(in, field, size, POINTER_BYTES, here -> text(here, field));
    }

    public static void writeStrings(NdrWriter out, List<String> values) {
        writeArray(out, values, Params::writeText);
    }

    /** {@code [out, size_is(, n)] LPWSTR**}; NULL is empty, as array and as element. */
    public static List<String> stringList(NdrReader in, String field, long size) throws MalformedException {
        return list(in, field, size, POINTER_BYTES, here -> text(here, field));
    }

    public static void writeStringList(NdrWriter out, List<String> values, long size) {
        writeList(out, values, size, Params::writeText);
    }

    /** {@code [size_is(n)] VARIANT*}. */
    public static List<Variant> variants(NdrReader in, String field, long size) throws MalformedException {
        return array(in, field, size, POINTER_BYTES, Variant::slot);
    }

    public static void writeVariants(NdrWriter out, List<Variant> values) {
        writeArray(out, values, (here, value) -> value.write(here));
    }

    /** {@code [out, size_is(, n)] VARIANT**}; NULL is empty. */
    public static List<Variant> variantList(NdrReader in, String field, long size) throws MalformedException {
        return list(in, field, size, POINTER_BYTES, Variant::slot);
    }

    public static void writeVariantList(NdrWriter out, List<Variant> values, long size) {
        writeList(out, values, size, (here, value) -> value.write(here));
    }

    /** {@code [out, size_is(, n)] FILETIME**}; NULL is empty. */
    public static List<FileTime> times(NdrReader in, String field, long size) throws MalformedException {
        return list(in, field, size, Long.BYTES, here -> Late.of(FileTime.read(here, field)));
    }

    public static void writeTimes(NdrWriter out, List<FileTime> values, long size) {
        writeList(out, values, size, (here, value) -> value.write(here));
    }

    /** A string behind a pointer, in a structure or array; NULL is read as the empty one. */
    public static Late<String> text(NdrReader in, String field) throws MalformedException {
        Late<Optional<String>> pointee = in.uniqueString(field);
        return () -> pointee.get().orElse("");
    }

    /** A string behind a pointer that is never NULL: clients exist that fail on NULL. */
    public static void writeText(NdrWriter out, String value) {
        out.ref(value, NdrWriter::string);
    }

    /** An [out] interface pointer. @param type asked for when it is needed, as interfaces lead to one another */
    public static <T> Codec<Optional<ComPointer<T>>> pointer(String field, Supplier<InterfaceDef<T>> type) {
        return Codec.<Optional<ComPointer<T>>>of(
                (in, pointers) -> pointers.read(in, field, type.get()),
                (out, pointer, pointers) -> pointers.write(out, pointer));
    }

    /** {@code [out, string] LPWSTR*}: NULL beside a failure. For {@link #text(Result)}. */
    public static Codec<Optional<String>> textOut(String field) {
        return Codec.of((NdrReader in) -> in.uniqueString(field).get(), NdrWriter::uniqueString);
    }

    /** A method whose only result is a string. */
    public static <T, I> Operation<T, I, Optional<String>> textOperation(
            int opnum, String name, Codec<I> in, String field, Operation.Body<T, I, String> body) {
        return Operation.of(
                opnum,
                name,
                in,
                textOut(field),
                Optional.empty(),
                (target, parameters) -> map(body.call(target, parameters), Optional::of));
    }

    /** What such a method gave: NULL beside a success is the empty string. */
    public static Result<String> text(Result<Optional<String>> result) {
        return map(result, text -> text.orElse(""));
    }

    public static <A, B> Result<B> map(Result<A> result, Function<A, B> function) {
        return result.isSuccess()
                ? Result.success(result.hresult(), function.apply(result.value()))
                : Result.failure(result.hresult());
    }

    /** Reads [out] parameters whose number the [in] parameters say. */
    @FunctionalInterface
    public interface SizedReader<I, O> {
        O read(NdrReader in, I parameters, Pointers pointers) throws MalformedException;
    }

    /** Writes them. */
    @FunctionalInterface
    public interface SizedWriter<I, O> {
        void write(NdrWriter out, I parameters, O value, Pointers pointers);
    }

    public static <I, O> OutCodec<I, O> sized(SizedReader<I, O> reader, SizedWriter<I, O> writer) {
        return new OutCodec<>() {
            @Override
            public O read(NdrReader in, I parameters, Pointers pointers) throws MalformedException {
                return reader.read(in, parameters, pointers);
            }

            @Override
            public void write(NdrWriter out, I parameters, O value, Pointers pointers) {
                writer.write(out, parameters, value, pointers);
            }
        };
    }

    /** {@code [out, size_is(, n)] HRESULT** ppErrors} alone. */
    public static <I> OutCodec<I, Ints> errors(ToLongFunction<I> sizeIs) {
        return sized(
                (in, parameters, pointers) -> ints(in, "ppErrors", sizeIs.applyAsLong(parameters)),
                (out, parameters, errors, pointers) -> writeInts(out, errors, sizeIs.applyAsLong(parameters)));
    }

    /** {@code [out, size_is(, n)] E**, [out, size_is(, n)] HRESULT** ppErrors}. */
    public static <I, E> OutCodec<I, PerItem<E>> perItem(
            String field,
            ToLongFunction<I> sizeIs,
            int elementBytes,
            NdrReader.Decoder<Late<E>> decoder,
            NdrWriter.Encoder<E> encoder) {
        return sized(
                (in, parameters, pointers) -> {
                    long size = sizeIs.applyAsLong(parameters);
                    List<E> values = list(in, field, size, elementBytes, decoder);
                    return new PerItem<>(values, ints(in, "ppErrors", size));
                },
                (out, parameters, given, pointers) -> {
                    long size = sizeIs.applyAsLong(parameters);
                    writeList(out, given.values(), size, encoder);
                    writeInts(out, given.errors(), size);
                });
    }

    /** The Next of enumerators of pointers, or of structures with pointers: as {@link OutCodec#fetched}. */
    public static <E> OutCodec<Long, List<E>> fetched(
            String field, int elementBytes, SlotReader<E> slot, SlotWriter<E> writer) {
        return sized(
                (in, celt, pointers) -> {
                    in.same(field + ".max_count", celt);
                    List<E> elements = in.construct(
                            here -> Late.all(here.varying(field, celt, elementBytes, one -> slot.read(one, pointers))));
                    in.same(field + ".pceltFetched", elements.size());
                    return elements;
                },
                (out, celt, elements, pointers) -> {
                    if (elements.size() > celt) {
                        throw new IllegalArgumentException(
                                "%s: %d elements of %d".formatted(field, elements.size(), celt));
                    }
                    out.construct(() -> out.conformantVarying(
                            elements, celt, (here, element) -> writer.write(here, element, pointers)));
                    out.u32(elements.size(), "pceltFetched");
                });
    }

    /** Reads the fixed part of an element that has pointers. */
    @FunctionalInterface
    public interface SlotReader<E> {
        Late<E> read(NdrReader in, Pointers pointers) throws MalformedException;
    }

    /** Writes an element that has pointers. */
    @FunctionalInterface
    public interface SlotWriter<E> {
        void write(NdrWriter out, E element, Pointers pointers);
    }

    /**
     * Lists of the same size put together to one of records; empty if any of them is, for then nothing whole can be made.
     *
     * @param maker of the index
     */
    public static <E> List<E> zip(int size, boolean isWhole, IntFunction<E> maker) {
        if (!isWhole) {
            return List.of();
        }
        List<E> all = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            all.add(maker.apply(i));
        }
        return List.copyOf(all);
    }

    private static void fits(int count, long size) {
        if (count != 0 && count != size) {
            throw new IllegalArgumentException(count + " elements of " + size);
        }
    }
}
