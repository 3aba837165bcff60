package org.tandemopc.dcom.rpc;

/**
 * How a call is protected.
 *
 * @param authType the security package of its login ([MS-RPCE] 2.2.1.1.7); 0: nobody has logged in
 * @param level that the whole call had
 */
public record CallProtection(int authType, AuthLevel level) {
    public static final CallProtection NONE = new CallProtection(0, AuthLevel.NONE);
}
