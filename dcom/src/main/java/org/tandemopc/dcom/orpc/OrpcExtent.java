package org.tandemopc.dcom.orpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * ORPC_EXTENT ([MS-DCOM] 2.2.13.1): what travels beside the parameters of a call. Those that are not known are ignored.
 *
 * <p>On the wire:
 * <pre>
 * 0   4  max_count = size rounded up to 8
 * 4  16  id
 * 20  4  size
 * 24     data, zeros up to max_count
 * </pre>
 *
 * They stand in an ORPC_EXTENT_ARRAY (2.2.13.2): {@code u32 size, u32 reserved, referent}, behind it max_count, which is size
 * rounded up to 2, so many unique pointers, and the extents.
 */
public record OrpcExtent(Guid id, Bytes data) {
    /** Carries an IErrorInfo, in answers ([MS-DCOM] 2.2.21.1). */
    public static final Guid ERROR_INFO = Guid.of("0000031c-0000-0000-c000-000000000046");

    /** Carries a context ([MS-DCOM] 2.2.21.4). */
    public static final Guid CONTEXT = Guid.of("00000334-0000-0000-c000-000000000046");

    /** Extents that one call may bring; [MS-DCOM] 2.2.21 describes two. */
    public static final int EXTENTS_MAX = 64;

    private static final int SLOT_BYTES = Integer.BYTES;

    /** The unique pointer to the array, as the last member of ORPCTHIS and ORPCTHAT. */
    static Late<List<OrpcExtent>> array(NdrReader in) throws MalformedException {
        Late<Optional<List<OrpcExtent>>> extents = in.unique("extensions", OrpcExtent::readArray);
        return () -> extents.get().orElse(List.of());
    }

    /** NULL if there are none. */
    static void writeArray(NdrWriter out, List<OrpcExtent> extents) {
        out.unique(extents.isEmpty() ? Optional.empty() : Optional.of(extents), OrpcExtent::writePointee);
    }

    private static List<OrpcExtent> readArray(NdrReader in) throws MalformedException {
        // a size that is not theirs is no reason to refuse a call for what is ignored anyhow
        in.u32("size");
        in.u32("reserved");
        return in.unique("extent", OrpcExtent::readSlots).get().orElse(List.of());
    }

    private static List<OrpcExtent> readSlots(NdrReader in) throws MalformedException {
        return in.construct(here -> {
            int at = here.align(Integer.BYTES).offset();
            int slots = here.count("max_count", SLOT_BYTES);
            if (slots > EXTENTS_MAX) {
                throw here.malformed("max_count", at, "is " + slots + ", more than the limit of " + EXTENTS_MAX);
            }
            Late<List<Optional<OrpcExtent>>> extents =
                    Late.all(here.values(slots, slot -> slot.unique("extent", OrpcExtent::read)));
            return () -> {
                List<OrpcExtent> present = new ArrayList<>();
                extents.get().forEach(extent -> extent.ifPresent(present::add));
                return List.copyOf(present);
            };
        });
    }

    private static OrpcExtent read(NdrReader in) throws MalformedException {
        int count = in.octetCount("max_count", 1);
        Guid id = in.guid("id");
        int at = in.offset();
        long size = in.u32("size");
        if (size > count) {
            throw in.malformed("size", at, "is " + size + ", more than the " + count + " octets there are");
        }
        Bytes data = in.octets(Math.toIntExact(size), "data");
        in.skip(count - data.size(), "data");
        return new OrpcExtent(id, data);
    }

    private static void writePointee(NdrWriter out, List<OrpcExtent> extents) {
        out.u32(extents.size(), "size").u32(0, "reserved").ref(extents, OrpcExtent::writeSlots);
    }

    private static void writeSlots(NdrWriter out, List<OrpcExtent> extents) {
        out.construct(() -> {
            out.u32(roundedUp(extents.size(), 2), "max_count");
            out.values(extents, (here, extent) -> here.ref(extent, (last, value) -> value.write(last)));
            if (extents.size() % 2 != 0) {
                out.nullPointer();
            }
        });
    }

    private void write(NdrWriter out) {
        int count = roundedUp(data.size(), Long.BYTES);
        out.u32(count, "max_count")
                .guid(id)
                .u32(data.size(), "size")
                .octets(data)
                .zeros(count - data.size());
    }

    private static int roundedUp(int value, int multiple) {
        return Math.ceilDiv(value, multiple) * multiple;
    }
}
