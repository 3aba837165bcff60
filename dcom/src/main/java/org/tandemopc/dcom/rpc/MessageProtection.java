package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;

/**
 * Signs and seals the PDUs of one security context ([MS-RPCE] 2.2.2.12, [MS-NLMP] 3.4). Both directions count and cipher
 * on, so that PDUs are protected in the order in which they are written, under the connection's write lock, and unprotected
 * in the order of arrival. The two directions may be used by two threads at once.
 */
public interface MessageProtection {
    /** Length of each token, in octets. */
    int tokenLength();

    /**
     * Protects a PDU that is whole but for its token: lengths final, the token's place after {@code pduEnd}.
     *
     * @param pdu the sealed part is encrypted in place
     * @param pduEnd where the token begins; all before it is signed
     * @param sealFrom first octet of stub and padding
     * @param sealTo the end of stub and padding, exclusive
     * @param seal false: sign only
     * @return the token
     */
    Bytes protect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean seal);

    /**
     * Decrypts in place and verifies.
     *
     * @return false: the token is not that of this PDU at this place in the order. The context cannot be used any more
     */
    boolean unprotect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean sealed, Bytes token);
}
