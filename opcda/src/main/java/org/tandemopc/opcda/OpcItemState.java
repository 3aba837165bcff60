package org.tandemopc.opcda;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;

/**
 * OPCITEMSTATE: a value that was read (DA 3.0 6.7.3). Immutable.
 *
 * <pre>
 * 0   4  hClient
 * 4   8  ftTimeStamp
 * 12  2  wQuality
 * 14  2  wReserved
 * 16  4  vDataValue, a VARIANT
 * </pre>
 */
public record OpcItemState(int clientHandle, FileTime timestamp, Quality quality, Variant value) {
    static final int BYTES = 20;

    /** What stands in the place of an item that failed: VT_EMPTY, bad. */
    public static final OpcItemState NONE = new OpcItemState(0, FileTime.ZERO, Quality.BAD, Variant.EMPTY);

    static Late<OpcItemState> fixed(NdrReader in) throws MalformedException {
        int client = in.i32("hClient");
        FileTime time = FileTime.read(in, "ftTimeStamp");
        Quality quality = Quality.of(in.u16("wQuality"));
        in.u16("wReserved");
        Late<Variant> value = Variant.slot(in);
        return () -> new OpcItemState(client, time, quality, value.get());
    }

    void write(NdrWriter out) {
        out.i32(clientHandle);
        timestamp.write(out);
        out.u16(quality.bits(), "wQuality").u16(0, "wReserved");
        value.write(out);
    }
}
