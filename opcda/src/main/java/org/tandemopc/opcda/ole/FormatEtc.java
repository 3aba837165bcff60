package org.tandemopc.opcda.ole;

import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;

/**
 * FORMATETC: a format, an aspect and a medium. Immutable.
 *
 * <pre>
 * 0   4  cfFormat, see {@link ClipFormat}
 * 4   4  ptd, a pointer
 * 8   4  dwAspect
 * 12  4  lindex
 * 16  4  tymed
 * </pre>
 *
 * @param device of those for whom the data is drawn; OPC has none
 * @param aspect 1: the content
 * @param index -1: all of it
 * @param media bits of the media that may be; 1: HGLOBAL
 */
public record FormatEtc(ClipFormat format, Optional<TargetDevice> device, int aspect, int index, int media) {
    /** DVASPECT_CONTENT. */
    public static final int CONTENT = 1;

    /** TYMED_HGLOBAL. */
    public static final int HGLOBAL = 1;

    static final int BYTES = 20;

    /** What stands where there is none. */
    static final FormatEtc NONE = new FormatEtc(ClipFormat.NONE, Optional.empty(), 0, 0, 0);

    static final Codec<FormatEtc> CODEC = Codec.of(
            (NdrReader in) -> in.construct(FormatEtc::fixed), (out, format) -> out.construct(() -> format.write(out)));

    /** {@code [in, unique] FORMATETC*}. */
    static final Codec<Optional<FormatEtc>> OPTIONAL = Codec.of(
            (NdrReader in) -> in.unique("pFormatetc", here -> here.construct(FormatEtc::fixed))
                    .get(),
            (out, format) -> out.unique(format, (here, one) -> here.construct(() -> one.write(here))));

    /**
     * DVTARGETDEVICE. Immutable.
     *
     * @param driver offset of a text in what is DVTARGETDEVICE in memory; the others as well; 0 to 65,535
     */
    public record TargetDevice(int driver, int device, int port, int extended, Bytes data) {
        private static final int HEADER_BYTES = 12;

        static TargetDevice read(NdrReader in) throws MalformedException {
            int count = in.octetCount("tdData", 1);
            in.same("tdSize", (long) HEADER_BYTES + count);
            return new TargetDevice(
                    in.u16("tdDriverNameOffset"),
                    in.u16("tdDeviceNameOffset"),
                    in.u16("tdPortNameOffset"),
                    in.u16("tdExtDevmodeOffset"),
                    in.octets(count, "tdData"));
        }

        void write(NdrWriter out) {
            out.count(data.size(), "tdData")
                    .u32((long) HEADER_BYTES + data.size(), "tdSize")
                    .u16(driver, "tdDriverNameOffset")
                    .u16(device, "tdDeviceNameOffset")
                    .u16(port, "tdPortNameOffset")
                    .u16(extended, "tdExtDevmodeOffset")
                    .octets(data);
        }
    }

    /** As OPC has it: all of the content, in memory (DA 2.05a 4.5.10). */
    public static FormatEtc of(ClipFormat format) {
        return new FormatEtc(format, Optional.empty(), CONTENT, -1, HGLOBAL);
    }

    static Late<FormatEtc> fixed(NdrReader in) throws MalformedException {
        Late<ClipFormat> format = ClipFormat.slot(in);
        Late<Optional<TargetDevice>> device = in.unique("ptd", TargetDevice::read);
        int aspect = in.i32("dwAspect");
        int index = in.i32("lindex");
        int media = in.i32("tymed");
        return () -> new FormatEtc(format.get(), device.get(), aspect, index, media);
    }

    void write(NdrWriter out) {
        format.write(out);
        out.unique(device, (here, one) -> one.write(here))
                .i32(aspect)
                .i32(index)
                .i32(media);
    }
}
