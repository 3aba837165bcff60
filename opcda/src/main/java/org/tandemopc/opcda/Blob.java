package org.tandemopc.opcda;

import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/** The blob of an item: what a server wants to see again when the item is added another time (DA 2.05a 4.5.2). */
final class Blob {
    private Blob() {}

    /** {@code DWORD dwBlobSize, [size_is(dwBlobSize)] BYTE* pBlob}, in a structure. NULL is none, whatever the size says. */
    static Late<Bytes> fixed(NdrReader in) throws MalformedException {
        int at = in.offset();
        long size = in.u32("dwBlobSize");
        Late<Optional<Bytes>> octets = in.unique("pBlob", here -> here.conformantOctets("pBlob"));
        return () -> {
            Bytes blob = octets.get().orElse(Bytes.EMPTY);
            if (octets.get().isPresent() && blob.size() != size) {
                throw in.malformed("dwBlobSize", at, "is " + size + ", and the blob has " + blob.size());
            }
            return blob;
        };
    }

    static void write(NdrWriter out, Bytes blob) {
        out.u32(blob.size(), "dwBlobSize")
                .unique(blob.isEmpty() ? Optional.empty() : Optional.of(blob), NdrWriter::conformantOctets);
    }
}
