package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.Bytes;

/** VERSION ([MS-NLMP] 2.2.2.10): for debugging only. */
final class NtlmVersion {
    static final int BYTES = 8;

    /** 6.1, no build, revision 15 of NTLMSSP: what Samba says of itself, and every peer has met. */
    static final Bytes OURS = Bytes.ofHex("060100000000000f");

    private NtlmVersion() {}
}
