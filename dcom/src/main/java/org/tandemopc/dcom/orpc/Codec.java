package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * The [in] or the [out] parameters of a method as one value, both ways. Has no state; any thread.
 *
 * <p>As [out] parameters it also reads what travels beside a failure: see {@link OutCodec}.
 *
 * <p>ORPCTHIS, ORPCTHAT and the HRESULT are not its business. Octets after the last parameter are left alone.
 */
public interface Codec<T> {
    /** @param pointers makes references of interface pointers */
    T read(NdrReader in, Pointers pointers) throws MalformedException;

    /** @param pointers makes interface pointers of references */
    void write(NdrWriter out, T value, Pointers pointers);

    /** Of parameters without interface pointers. */
    static <T> Codec<T> of(NdrReader.Decoder<T> decoder, NdrWriter.Encoder<T> encoder) {
        return new Codec<>() {
            @Override
            public T read(NdrReader in, Pointers pointers) throws MalformedException {
                return decoder.read(in);
            }

            @Override
            public void write(NdrWriter out, T value, Pointers pointers) {
                encoder.write(out, value);
            }
        };
    }

    /** Of parameters with interface pointers. */
    static <T> Codec<T> of(Decoder<T> decoder, Encoder<T> encoder) {
        return new Codec<>() {
            @Override
            public T read(NdrReader in, Pointers pointers) throws MalformedException {
                return decoder.read(in, pointers);
            }

            @Override
            public void write(NdrWriter out, T value, Pointers pointers) {
                encoder.write(out, value, pointers);
            }
        };
    }

    /** {@link #read}. */
    @FunctionalInterface
    interface Decoder<T> {
        T read(NdrReader in, Pointers pointers) throws MalformedException;
    }

    /** {@link #write}. */
    @FunctionalInterface
    interface Encoder<T> {
        void write(NdrWriter out, T value, Pointers pointers);
    }
}
