package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.MalformedException;

/**
 * What a server says to one offered context (C706 12.6.3.1, p_result_t; [MS-RPCE] 2.2.2.4). The numbers are kept as they came.
 *
 * <pre>
 * offset  size  field
 *      0     2  result
 *      2     2  reason: of a rejection; of a negotiate_ack the features that are granted
 *      4    20  transfer_syntax: all zero unless accepted
 * </pre>
 */
public record ContextResult(int result, int reason, SyntaxId transferSyntax) {
    public static final int ACCEPTANCE = 0;
    public static final int USER_REJECTION = 1;
    public static final int PROVIDER_REJECTION = 2;
    public static final int NEGOTIATE_ACK = 3;

    public static final int REASON_NOT_SPECIFIED = 0;
    public static final int ABSTRACT_SYNTAX_NOT_SUPPORTED = 1;
    public static final int TRANSFER_SYNTAXES_NOT_SUPPORTED = 2;
    public static final int LOCAL_LIMIT_EXCEEDED = 3;

    static final int BYTES = 4 + SyntaxId.BYTES;

    public static ContextResult accepted() {
        return new ContextResult(ACCEPTANCE, 0, SyntaxId.NDR);
    }

    public static ContextResult rejected(int reason) {
        return new ContextResult(PROVIDER_REJECTION, reason, SyntaxId.NONE);
    }

    /** @param features bits of {@link BindTimeFeatures} */
    public static ContextResult negotiated(int features) {
        return new ContextResult(NEGOTIATE_ACK, features, SyntaxId.NONE);
    }

    public boolean isAccepted() {
        return result == ACCEPTANCE;
    }

    static ContextResult read(ByteReader in) throws MalformedException {
        return new ContextResult(in.u16("result"), in.u16("reason"), SyntaxId.read(in, "transfer_syntax"));
    }

    void write(ByteWriter out) {
        out.u16(result, "result").u16(reason, "reason");
        transferSyntax.write(out);
    }
}
