package org.tandemopc.opcda;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.opcda.params.Params;

/**
 * OPCSERVERSTATUS: what GetStatus answers (DA 3.0 6.7.1). Immutable.
 *
 * <pre>
 * 0   8  ftStartTime
 * 8   8  ftCurrentTime
 * 16  8  ftLastUpdateTime
 * 24  2  dwServerState, and 2 of padding
 * 28  4  dwGroupCount
 * 32  4  dwBandWidth
 * 36  2  wMajorVersion
 * 38  2  wMinorVersion
 * 40  2  wBuildNumber
 * 42  2  wReserved
 * 44  4  szVendorInfo, a pointer
 * </pre>
 *
 * @param lastUpdateTime when data was last sent to this client
 * @param groupCount 0 to 4,294,967,295
 * @param bandwidth what part of its power the server uses, in percent; {@link #BANDWIDTH_UNKNOWN}
 * @param major the version's parts, 0 to 65,535 each
 */
public record OpcServerStatus(
        FileTime startTime,
        FileTime currentTime,
        FileTime lastUpdateTime,
        OpcServerState state,
        long groupCount,
        long bandwidth,
        int major,
        int minor,
        int build,
        String vendorInfo) {
    public static final long BANDWIDTH_UNKNOWN = 0xFFFF_FFFFL;

    static Late<OpcServerStatus> fixed(NdrReader in) throws MalformedException {
        FileTime start = FileTime.read(in, "ftStartTime");
        FileTime current = FileTime.read(in, "ftCurrentTime");
        FileTime update = FileTime.read(in, "ftLastUpdateTime");
        OpcServerState state = OpcServerState.of(in.enum16("dwServerState"));
        long groups = in.u32("dwGroupCount");
        long bandwidth = in.u32("dwBandWidth");
        int major = in.u16("wMajorVersion");
        int minor = in.u16("wMinorVersion");
        int build = in.u16("wBuildNumber");
        in.u16("wReserved");
        Late<String> vendor = Params.text(in, "szVendorInfo");
        return () -> new OpcServerStatus(
                start, current, update, state, groups, bandwidth, major, minor, build, vendor.get());
    }

    void write(NdrWriter out) {
        startTime.write(out);
        currentTime.write(out);
        lastUpdateTime.write(out);
        out.enum16(state.code(), "dwServerState")
                .u32(groupCount, "dwGroupCount")
                .u32(bandwidth, "dwBandWidth")
                .u16(major, "wMajorVersion")
                .u16(minor, "wMinorVersion")
                .u16(build, "wBuildNumber")
                .u16(0, "wReserved");
        Params.writeText(out, vendorInfo);
    }
}
