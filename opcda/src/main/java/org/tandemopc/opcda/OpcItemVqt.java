package org.tandemopc.opcda;

import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;

/**
 * OPCITEMVQT: a value to be written, perhaps with quality and time (DA 3.0 6.7.11). Immutable.
 *
 * <pre>
 * 0   4  vDataValue, a VARIANT
 * 4   4  bQualitySpecified
 * 8   2  wQuality
 * 10  2  wReserved
 * 12  4  bTimeStampSpecified
 * 16  4  dwReserved
 * 20  8  ftTimeStamp
 * </pre>
 *
 * @param value VT_EMPTY: stays as it is
 * @param quality empty: the server's
 * @param timestamp empty: the server's
 */
public record OpcItemVqt(Variant value, Optional<Quality> quality, Optional<FileTime> timestamp) {
    static final int BYTES = 28;

    /** The value alone. */
    public static OpcItemVqt of(Variant value) {
        return new OpcItemVqt(value, Optional.empty(), Optional.empty());
    }

    static Late<OpcItemVqt> fixed(NdrReader in) throws MalformedException {
        Late<Variant> value = Variant.slot(in);
        boolean hasQuality = in.bool32("bQualitySpecified");
        Quality quality = Quality.of(in.u16("wQuality"));
        in.u16("wReserved");
        boolean hasTime = in.bool32("bTimeStampSpecified");
        in.u32("dwReserved");
        FileTime time = FileTime.read(in, "ftTimeStamp");
        return () -> new OpcItemVqt(
                value.get(),
                hasQuality ? Optional.of(quality) : Optional.empty(),
                hasTime ? Optional.of(time) : Optional.empty());
    }

    void write(NdrWriter out) {
        value.write(out);
        out.bool32(quality.isPresent())
                .u16(quality.map(Quality::bits).orElse(0), "wQuality")
                .u16(0, "wReserved")
                .bool32(timestamp.isPresent())
                .u32(0, "dwReserved");
        timestamp.orElse(FileTime.ZERO).write(out);
    }
}
