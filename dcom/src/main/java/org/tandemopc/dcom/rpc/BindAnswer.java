package org.tandemopc.dcom.rpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * The body of bind_ack and alter_context_resp (C706 12.6.4.4, 12.6.4.2).
 *
 * <pre>
 * offset  size  field (from the start of the PDU)
 *     16     2  max_xmit_frag
 *     18     2  max_recv_frag
 *     20     4  assoc_group_id
 *     24     2  sec_addr.length
 *     26     n  sec_addr: the port in digits, with a NUL; empty in alter_context_resp
 *      -     -  padding to a multiple of 4
 *      -     1  n_results
 *      -     3  reserved
 *      -  24·m  p_results
 * </pre>
 */
public record BindAnswer(
        int maxXmitFrag,
        int maxRecvFrag,
        long assocGroupId,
        Bytes secondaryAddress,
        Bytes padding,
        Bytes reserved,
        List<ContextResult> results) {
    private static final int RESERVED_BYTES = 3;
    private static final int ALIGNMENT = 4;

    public BindAnswer {
        results = List.copyOf(results);
    }

    /** @param secondaryAddress without its NUL; empty: none */
    public static BindAnswer of(
            int maxXmitFrag, int maxRecvFrag, long assocGroupId, String secondaryAddress, List<ContextResult> results) {
        byte[] address = secondaryAddress.isEmpty()
                ? new byte[0]
                : (secondaryAddress + '\0').getBytes(StandardCharsets.US_ASCII);
        int padding = paddingAfter(PduHeader.BYTES + 10 + address.length);
        return new BindAnswer(
                maxXmitFrag,
                maxRecvFrag,
                assocGroupId,
                Bytes.of(address),
                Bytes.of(new byte[padding]),
                Bytes.of(new byte[RESERVED_BYTES]),
                results);
    }

    static BindAnswer read(ByteReader in) throws MalformedException {
        int maxXmitFrag = in.u16("max_xmit_frag");
        int maxRecvFrag = in.u16("max_recv_frag");
        long assocGroupId = in.u32("assoc_group_id");
        Bytes address = in.bytes(in.u16("sec_addr.length"), "sec_addr");
        Bytes padding = in.bytes(paddingAfter(in.offset()), "padding");
        int countAt = in.offset();
        int count = in.u8("n_results");
        Bytes reserved = in.bytes(RESERVED_BYTES, "reserved");
        int size = in.checked(count, countAt, "n_results", ContextResult.BYTES, 0xFF);
        List<ContextResult> results = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            results.add(ContextResult.read(in));
        }
        return new BindAnswer(maxXmitFrag, maxRecvFrag, assocGroupId, address, padding, reserved, results);
    }

    void write(ByteWriter out) {
        out.u16(maxXmitFrag, "max_xmit_frag").u16(maxRecvFrag, "max_recv_frag");
        out.u32(assocGroupId, "assoc_group_id");
        out.u16(secondaryAddress.size(), "sec_addr.length").bytes(secondaryAddress);
        out.bytes(padding);
        out.u8(results.size(), "n_results").bytes(reserved);
        results.forEach(result -> result.write(out));
    }

    private static int paddingAfter(int offset) {
        return Math.floorMod(-offset, ALIGNMENT);
    }
}
