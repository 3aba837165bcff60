package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.Bytes;

/** An object identifier by its DER content: the name of a mechanism. */
record Oid(Bytes content) {
    /** 1.3.6.1.5.5.2 */
    static final Oid SPNEGO = new Oid(Bytes.ofHex("2b0601050502"));
    /** 1.3.6.1.4.1.311.2.2.10 */
    static final Oid NTLM = new Oid(Bytes.ofHex("2b06010401823702020a"));
    /** 1.2.840.113554.1.2.2 */
    static final Oid KERBEROS = new Oid(Bytes.ofHex("2a864886f712010202"));
    /** 1.2.840.48018.1.2.2: Kerberos as Windows 2000 misspelt it, and Windows still offers it ([MS-SPNG] 3.1.5.2 note 9) */
    static final Oid MS_KERBEROS = new Oid(Bytes.ofHex("2a864882f712010202"));

    Bytes toDer() {
        return Der.write(Der.OBJECT_IDENTIFIER, content);
    }
}
