package org.tandemopc.dcom.rpc;

import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * The body of bind and alter_context (C706 12.6.4.3, 12.6.4.1).
 *
 * <pre>
 * offset  size  field (from the start of the PDU)
 *     16     2  max_xmit_frag
 *     18     2  max_recv_frag
 *     20     4  assoc_group_id: 0 asks for a new one
 *     24     1  n_context_elem
 *     25     3  reserved
 *     28     -  p_cont_elem
 * </pre>
 */
public record BindOffer(
        int maxXmitFrag, int maxRecvFrag, long assocGroupId, Bytes reserved, List<ContextElement> contexts) {
    private static final int RESERVED_BYTES = 3;

    public BindOffer {
        contexts = List.copyOf(contexts);
    }

    public static BindOffer of(int maxXmitFrag, int maxRecvFrag, long assocGroupId, List<ContextElement> contexts) {
        return new BindOffer(maxXmitFrag, maxRecvFrag, assocGroupId, Bytes.of(new byte[RESERVED_BYTES]), contexts);
    }

    static BindOffer read(ByteReader in) throws MalformedException {
        int maxXmitFrag = in.u16("max_xmit_frag");
        int maxRecvFrag = in.u16("max_recv_frag");
        long assocGroupId = in.u32("assoc_group_id");
        int countAt = in.offset();
        int count = in.u8("n_context_elem");
        Bytes reserved = in.bytes(RESERVED_BYTES, "reserved");
        return new BindOffer(
                maxXmitFrag, maxRecvFrag, assocGroupId, reserved, ContextElement.readAll(in, countAt, count));
    }

    void write(ByteWriter out) {
        out.u16(maxXmitFrag, "max_xmit_frag").u16(maxRecvFrag, "max_recv_frag");
        out.u32(assocGroupId, "assoc_group_id");
        out.u8(contexts.size(), "n_context_elem").bytes(reserved);
        contexts.forEach(context -> context.write(out));
    }
}
