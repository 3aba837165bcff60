package org.tandemopc.dcom.ndr;

import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * MInterfacePointer ([MS-DCOM] 2.2.14): an object reference as octets. What is in them is an OBJREF, little endian whatever
 * the byte order around it; {@code org.tandemopc.dcom.orpc.ObjRef} reads it, so that one which is broken costs the pointer
 * and not the call.
 *
 * <p>On the wire behind a unique pointer: {@code u32 max_count, u32 ulCntData} of the same value, then the octets.
 */
public record InterfacePointer(Bytes objref) {
    /** A parameter, or the slot in a structure or array; empty is NULL. */
    public static Late<Optional<InterfacePointer>> unique(NdrReader in, String field) throws MalformedException {
        return in.unique(field, here -> readPointee(here, field));
    }

    /** A parameter outside any construct. */
    public static Optional<InterfacePointer> read(NdrReader in, String field) throws MalformedException {
        return unique(in, field).get();
    }

    /** A parameter or slot. */
    public static void write(NdrWriter out, Optional<InterfacePointer> value) {
        out.unique(value, (here, pointer) -> pointer.writePointee(here));
    }

    /** What the unique pointer leads to. */
    public static InterfacePointer readPointee(NdrReader in, String field) throws MalformedException {
        int count = in.octetCount(field + ".max_count", 1);
        in.same(field + ".ulCntData", count);
        return new InterfacePointer(in.octets(count, field + ".abData"));
    }

    private void writePointee(NdrWriter out) {
        out.u32(objref.size(), "max_count").u32(objref.size(), "ulCntData").octets(objref);
    }
}
