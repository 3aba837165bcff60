package org.tandemopc.dcom.orpc;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * The [out] parameters of a method as one value, both ways, where the [in] parameters say how many there are. Has no state; any
 * thread.
 *
 * <p>It also reads and writes what travels beside a failure ({@link Operation#failed}): arrays and pointers may be NULL then, and
 * numbers 0, and a reader that refuses that turns a failure of the method into a peer that cannot be read. Whether a value is
 * missing that a success must have is for the caller. {@link OrpcStub#readBack} shows it for a description.
 */
public interface OutCodec<I, O> {
    O read(NdrReader in, I parameters, Pointers pointers) throws MalformedException;

    void write(NdrWriter out, I parameters, O value, Pointers pointers);

    /** Of parameters that say themselves how many they are. */
    static <I, O> OutCodec<I, O> of(Codec<O> codec) {
        return new OutCodec<>() {
            @Override
            public O read(NdrReader in, I parameters, Pointers pointers) throws MalformedException {
                return codec.read(in, pointers);
            }

            @Override
            public void write(NdrWriter out, I parameters, O value, Pointers pointers) {
                codec.write(out, value, pointers);
            }
        };
    }

    /**
     * {@code [out, size_is(, n)] E**}: a pointer to as many elements as was asked for, or NULL, which is no element and is what a
     * failure has.
     *
     * @param sizeIs n, of the [in] parameters
     * @param elementBytes the least that one element takes, without what its pointers lead to
     * @param decoder of the fixed part of an element, within a construct
     * @param encoder as well
     */
    static <I, E> OutCodec<I, List<E>> array(
            String field,
            ToLongFunction<I> sizeIs,
            int elementBytes,
            NdrReader.Decoder<Late<E>> decoder,
            NdrWriter.Encoder<E> encoder) {
        return new OutCodec<>() {
            @Override
            public List<E> read(NdrReader in, I parameters, Pointers pointers) throws MalformedException {
                long size = sizeIs.applyAsLong(parameters);
                return in.unique(
                                field,
                                here -> here.construct(
                                        array -> Late.all(array.conformant(field, size, elementBytes, decoder))))
                        .get()
                        .orElse(List.of());
            }

            @Override
            public void write(NdrWriter out, I parameters, List<E> value, Pointers pointers) {
                long size = sizeIs.applyAsLong(parameters);
                if (!value.isEmpty() && value.size() != size) {
                    throw new IllegalArgumentException("%s: %d elements of %d".formatted(field, value.size(), size));
                }
                out.unique(
                        value.isEmpty() ? Optional.empty() : Optional.of(value),
                        (here, elements) -> here.construct(() -> here.conformant(elements, encoder)));
            }
        };
    }

    /**
     * {@code [out, size_is(celt), length_is(*pceltFetched)] E*, [out] ULONG* pceltFetched}, as the Next of every enumerator has it:
     * room for as many as were asked for, and those that there are.
     *
     * @param celt of the [in] parameters
     * @param elementBytes the least that one element takes, without what its pointers lead to
     * @param decoder of the fixed part of an element, within a construct
     * @param encoder as well
     */
    static <I, E> OutCodec<I, List<E>> fetched(
            String field,
            ToLongFunction<I> celt,
            int elementBytes,
            NdrReader.Decoder<Late<E>> decoder,
            NdrWriter.Encoder<E> encoder) {
        return new OutCodec<>() {
            @Override
            public List<E> read(NdrReader in, I parameters, Pointers pointers) throws MalformedException {
                in.same(field + ".max_count", celt.applyAsLong(parameters));
                long room = celt.applyAsLong(parameters);
                List<E> elements = in.construct(here -> Late.all(here.varying(field, room, elementBytes, decoder)));
                in.same(field + ".pceltFetched", elements.size());
                return elements;
            }

            @Override
            public void write(NdrWriter out, I parameters, List<E> value, Pointers pointers) {
                long room = celt.applyAsLong(parameters);
                if (value.size() > room) {
                    throw new IllegalArgumentException("%s: %d elements of %d".formatted(field, value.size(), room));
                }
                out.construct(() -> out.conformantVarying(value, room, encoder));
                out.u32(value.size(), "pceltFetched");
            }
        };
    }
}
