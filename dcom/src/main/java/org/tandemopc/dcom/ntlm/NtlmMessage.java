package org.tandemopc.dcom.ntlm;

import java.util.Arrays;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * One of the three messages of a login ([MS-NLMP] 2.2.1). Reading one and writing it again gives the same octets, whatever
 * order and gaps the peer chose.
 */
sealed interface NtlmMessage permits Negotiate, Challenge, Authenticate {
    /** More than any peer sends, and less than what fits into one PDU. */
    int BYTES_MAX = 16_384;

    /** "NTLMSSP" and a zero. */
    Bytes SIGNATURE = Bytes.ofHex("4e544c4d53535000");

    /** The first eight octets and the type. */
    int TYPED_BYTES = 12;

    /** @throws MalformedException it is none of the three, or its fields lie outside of it */
    static NtlmMessage read(Bytes token) throws MalformedException {
        ByteReader in = token.reader().clause("[MS-NLMP] 2.2");
        if (token.size() > BYTES_MAX) {
            throw in.malformed("message", 0, "has " + token.size() + " octets, more than the limit of " + BYTES_MAX);
        }
        if (!in.bytes(SIGNATURE.size(), "Signature").equals(SIGNATURE)) {
            throw in.malformed("Signature", 0, "is not NTLMSSP");
        }
        int at = in.offset();
        long type = in.u32("MessageType");
        if (type == Negotiate.TYPE) {
            return Negotiate.read(in.clause("[MS-NLMP] 2.2.1.1"), token.size());
        } else if (type == Challenge.TYPE) {
            return Challenge.read(in.clause("[MS-NLMP] 2.2.1.2"), token.size());
        } else if (type == Authenticate.TYPE) {
            return Authenticate.read(in.clause("[MS-NLMP] 2.2.1.3"), token.size());
        }
        throw in.malformed("MessageType", at, "is " + type);
    }

    /** Whether these octets begin as an NTLM message does, and not as SPNEGO. */
    static boolean isNtlm(Bytes token) {
        byte[] octets = token.toArray();
        byte[] signature = SIGNATURE.toArray();
        return octets.length >= signature.length
                && Arrays.equals(octets, 0, signature.length, signature, 0, signature.length);
    }

    int flags();

    Bytes toBytes();

    static ByteWriter begin(int type) {
        return new ByteWriter().bytes(SIGNATURE).u32(type, "MessageType");
    }
}
