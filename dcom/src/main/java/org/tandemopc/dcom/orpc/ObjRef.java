package org.tandemopc.dcom.orpc;

import java.util.Optional;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;

/**
 * OBJREF ([MS-DCOM] 2.2.18): a reference to an interface of an object, as it travels. Little endian always, and not aligned.
 * <pre>
 * 0   4  signature, "MEOW"
 * 4   4  flags: 1 standard, 2 handler, 4 custom, 8 extended
 * 8  16  iid
 * 24     as the flags say
 * </pre>
 *
 * <p>Nothing in one is to be believed: who uses a reference checks the bindings against what he allows before he connects.
 */
public sealed interface ObjRef {
    /** What the reference is good for. */
    Guid iid();

    /** Which interface of which object; empty for a custom one, which may be anything. */
    default Optional<StdObjRef> standard() {
        return switch (this) {
            case Standard reference -> Optional.of(reference.std());
            case Handler reference -> Optional.of(reference.std());
            case Extended reference -> Optional.of(reference.std());
            case Custom ignored -> Optional.empty();
        };
    }

    /** Where the exporter's OXID is resolved; a custom one says nothing. */
    default DualStringArray resolvers() {
        return switch (this) {
            case Standard reference -> reference.resolver();
            case Handler reference -> reference.resolver();
            case Extended reference -> reference.resolver();
            case Custom ignored -> DualStringArray.EMPTY;
        };
    }

    /** "MEOW". */
    int SIGNATURE = 0x574F_454D;

    /**
     * The usual one ([MS-DCOM] 2.2.18.4): STDOBJREF, DUALSTRINGARRAY.
     *
     * @param resolver where the exporter's OXID is resolved
     */
    record Standard(Guid iid, StdObjRef std, DualStringArray resolver) implements ObjRef {}

    /**
     * With a class to use on the client's side ([MS-DCOM] 2.2.18.5): STDOBJREF, clsid, DUALSTRINGARRAY. Such a class is code
     * of that machine; the reference works as a standard one without it.
     */
    record Handler(Guid iid, StdObjRef std, Guid clsid, DualStringArray resolver) implements ObjRef {}

    /**
     * Octets for an unmarshaler ([MS-DCOM] 2.2.18.6): {@code clsid, u32 cbExtension, u32 reserved}, and the data to the end.
     * Both numbers say nothing; written are 0, and the length of the data and of these two, as peers do.
     *
     * @param clsid names the unmarshaler
     */
    record Custom(Guid iid, Guid clsid, Bytes data) implements ObjRef {}

    /**
     * With an envoy context ([MS-DCOM] 2.2.18.7): {@code STDOBJREF, u32 0x4E535956, DUALSTRINGARRAY, u32 1, u32 0x4E535956},
     * and one element: {@code dataID, u32 cbSize, u32 cbRounded}, the data, filled up to a multiple of 8.
     *
     * @param contextId names the context
     * @param context as it was marshaled; never empty
     */
    record Extended(Guid iid, StdObjRef std, DualStringArray resolver, Guid contextId, Bytes context)
            implements ObjRef {}

    static ObjRef of(InterfacePointer pointer) throws MalformedException {
        return ObjRefCodec.read(pointer.objref().reader());
    }

    /**
     * Octets behind the reference are left alone, except that those of a custom one reach to the end.
     *
     * @param in little endian from now on
     */
    static ObjRef read(ByteReader in) throws MalformedException {
        return ObjRefCodec.read(in);
    }

    default void write(ByteWriter out) {
        ObjRefCodec.write(out, this);
    }

    default Bytes toBytes() {
        ByteWriter out = new ByteWriter();
        write(out);
        return out.toBytes();
    }

    default InterfacePointer toInterfacePointer() {
        return new InterfacePointer(toBytes());
    }
}
