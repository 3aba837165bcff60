package org.tandemopc.dcom.rpc;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.MalformedException;

/**
 * A presentation context that a client offers (C706 12.6.3.1, p_cont_elem_t): an interface, and the ways to write its calls.
 *
 * <pre>
 * offset  size  field
 *      0     2  p_cont_id: chosen by the client
 *      2     1  n_transfer_syn
 *      3     1  reserved
 *      4    20  abstract_syntax
 *     24  20·n  transfer_syntaxes
 * </pre>
 */
public record ContextElement(int contextId, int reserved, SyntaxId abstractSyntax, List<SyntaxId> transferSyntaxes) {
    private static final int LEAST_BYTES = 4 + SyntaxId.BYTES;

    public ContextElement {
        transferSyntaxes = List.copyOf(transferSyntaxes);
    }

    static List<ContextElement> readAll(ByteReader in, int countAt, int count) throws MalformedException {
        int elements = in.checked(count, countAt, "n_context_elem", LEAST_BYTES, 0xFF);
        List<ContextElement> all = new ArrayList<>(elements);
        for (int i = 0; i < elements; i++) {
            all.add(read(in));
        }
        return all;
    }

    private static ContextElement read(ByteReader in) throws MalformedException {
        int contextId = in.u16("p_cont_id");
        int countAt = in.offset();
        int count = in.u8("n_transfer_syn");
        int reserved = in.u8("reserved");
        SyntaxId abstractSyntax = SyntaxId.read(in, "abstract_syntax");
        int syntaxes = in.checked(count, countAt, "n_transfer_syn", SyntaxId.BYTES, 0xFF);
        List<SyntaxId> transferSyntaxes = new ArrayList<>(syntaxes);
        for (int i = 0; i < syntaxes; i++) {
            transferSyntaxes.add(SyntaxId.read(in, "transfer_syntax"));
        }
        return new ContextElement(contextId, reserved, abstractSyntax, transferSyntaxes);
    }

    void write(ByteWriter out) {
        out.u16(contextId, "p_cont_id")
                .u8(transferSyntaxes.size(), "n_transfer_syn")
                .u8(reserved, "reserved");
        abstractSyntax.write(out);
        transferSyntaxes.forEach(syntax -> syntax.write(out));
    }
}
