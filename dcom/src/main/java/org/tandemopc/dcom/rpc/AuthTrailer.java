package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * The authentication trailer of a PDU ([MS-RPCE] 2.2.2.11, sec_trailer) and the token after it. Its numbers are kept as they
 * came: an auth_type or a level that nobody knows is for the connection to refuse.
 *
 * <pre>
 * offset  size  field
 *      0     1  auth_type
 *      1     1  auth_level
 *      2     1  auth_pad_length: octets between the body and this trailer
 *      3     1  auth_reserved
 *      4     4  auth_context_id
 *      8     n  token
 * </pre>
 */
public record AuthTrailer(int type, int level, int padLength, int reserved, long contextId, Bytes token) {
    /** Without its token. */
    static final int BYTES = 8;

    static AuthTrailer read(ByteReader in, int tokenLength) throws MalformedException {
        int type = in.u8("auth_type");
        int level = in.u8("auth_level");
        int padLength = in.u8("auth_pad_length");
        int reserved = in.u8("auth_reserved");
        long contextId = in.u32("auth_context_id");
        return new AuthTrailer(type, level, padLength, reserved, contextId, in.bytes(tokenLength, "auth_value"));
    }

    void write(ByteWriter out) {
        out.u8(type, "auth_type").u8(level, "auth_level").u8(padLength, "auth_pad_length");
        out.u8(reserved, "auth_reserved").u32(contextId, "auth_context_id").bytes(token);
    }
}
