package org.tandemopc.opcda.ole;

import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Pointers;

/**
 * STGMEDIUM: data in memory, the only medium that OPC uses, or none. Immutable.
 *
 * <p>On the wire a pointer whose referent is "User", then:
 * <pre>
 * 0   4  tymed: 0 nothing, 1 HGLOBAL; others are refused
 * 4   4  the handle, a pointer; not there if tymed is 0
 * 8   4  pUnkForRelease, a pointer
 *        then what they lead to. An HGLOBAL is: fContext, the handle as a pointer, and behind that max_count, handle, size, octets
 * </pre>
 *
 * @param octets empty: there is no medium, or the handle is NULL
 * @param release what would free the medium; OPC has none
 */
public record StorageMedium(Optional<Bytes> octets, Optional<ComPointer<IUnknown>> release) {
    private static final int NOTHING = 0;

    /** What stands where there is none. */
    public static final StorageMedium NONE = new StorageMedium(Optional.empty(), Optional.empty());

    static final Codec<StorageMedium> CODEC = Codec.<StorageMedium>of(
            (in, pointers) -> in.unique("STGMEDIUM", here -> readBody(here, pointers))
                    .get()
                    .orElse(NONE),
            (out, medium, pointers) -> medium.write(out, pointers));

    /** {@code [in, unique] STGMEDIUM*}. */
    static final Codec<Optional<StorageMedium>> OPTIONAL = Codec.<Optional<StorageMedium>>of(
            (in, pointers) ->
                    in.unique("pStgmed", here -> CODEC.read(here, pointers)).get(),
            (out, medium, pointers) -> out.unique(medium, (here, one) -> one.write(here, pointers)));

    /** Data in memory. */
    public static StorageMedium of(Bytes octets) {
        return new StorageMedium(Optional.of(octets), Optional.empty());
    }

    private static StorageMedium readBody(NdrReader in, Pointers pointers) throws MalformedException {
        return in.construct(here -> {
            int at = here.align(Integer.BYTES).offset();
            int medium = here.i32("tymed");
            if (medium != NOTHING && medium != FormatEtc.HGLOBAL) {
                throw here.malformed("tymed", at, "is " + medium + ", which is no medium of OPC");
            }
            Late<Optional<Bytes>> octets = medium == NOTHING ? Late.of(Optional.empty()) : handle(here);
            Late<Optional<ComPointer<IUnknown>>> release = pointers.slot(here, "pUnkForRelease", IUnknown.DEF);
            return () -> new StorageMedium(octets.get(), release.get());
        });
    }

    private static Late<Optional<Bytes>> handle(NdrReader in) throws MalformedException {
        Late<Optional<Optional<Bytes>>> pointee = in.unique("hGlobal", StorageMedium::readGlobal);
        return () -> pointee.get().flatMap(inner -> inner);
    }

    private static Optional<Bytes> readGlobal(NdrReader in) throws MalformedException {
        int at = in.align(Integer.BYTES).offset();
        int context = in.i32("fContext");
        if (context != ClipFormat.REMOTE) {
            throw in.malformed("fContext", at, "is 0x%08X".formatted(context));
        }
        return in.unique("handle", here -> {
                    int size = here.octetCount("max_count", 1);
                    here.u32("handle");
                    here.same("size", size);
                    return here.octets(size, "octets");
                })
                .get();
    }

    void write(NdrWriter out, Pointers pointers) {
        out.i32(Variant.USER)
                .deferred(() -> out.construct(() -> {
                    out.align(Integer.BYTES).i32(octets.isPresent() ? FormatEtc.HGLOBAL : NOTHING);
                    octets.ifPresent(data -> out.ref(data, StorageMedium::writeGlobal));
                    pointers.write(out, release);
                }));
    }

    private static void writeGlobal(NdrWriter out, Bytes data) {
        out.align(Integer.BYTES)
                .i32(ClipFormat.REMOTE)
                .ref(
                        data,
                        (here, octets) -> here.count(octets.size(), "max_count")
                                .u32(1, "handle")
                                .u32(octets.size(), "size")
                                .octets(octets));
    }
}
