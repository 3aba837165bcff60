package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import java.util.UUID;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.MalformedException;

/** UUIDs on the wire (C706 appendix A): three fields in the order of the octets around them, then eight octets. */
final class Uuids {
    static final int BYTES = 16;
    static final UUID NIL = new UUID(0, 0);

    private Uuids() {}

    static UUID read(ByteReader in, String field) throws MalformedException {
        long low = in.u32(field);
        int mid = in.u16(field);
        int high = in.u16(field);
        ByteOrder order = in.order();
        long rest = in.order(ByteOrder.BIG_ENDIAN).i64(field);
        in.order(order);
        return new UUID(low << 32 | (long) mid << 16 | high, rest);
    }

    static void write(ByteWriter out, UUID uuid) {
        long fields = uuid.getMostSignificantBits();
        out.u32(fields >>> 32, "time_low").u16(u16(fields >>> 16), "time_mid").u16(u16(fields), "time_hi");
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN).i64(uuid.getLeastSignificantBits()).order(order);
    }

    private static int u16(long fields) {
        return Math.toIntExact(fields & 0xFFFF);
    }
}
