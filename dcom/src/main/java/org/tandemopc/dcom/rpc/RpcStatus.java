package org.tandemopc.dcom.rpc;

/** Status codes of faults (C706 appendix E, [MS-RPCE] 2.2.2.8, [MS-ERREF] 2.2) that RPC itself gives. */
public final class RpcStatus {
    public static final int ACCESS_DENIED = 5;

    /** RPC_S_SEC_PKG_ERROR: a signature that is not that of its PDU. */
    public static final int SECURITY_PACKAGE_ERROR = 1825;

    /** RPC_X_BAD_STUB_DATA. */
    public static final int BAD_STUB_DATA = 1783;

    public static final int OPNUM_OUT_OF_RANGE = 0x1C01_0002;
    public static final int UNKNOWN_INTERFACE = 0x1C01_0003;
    public static final int PROTOCOL_ERROR = 0x1C01_000B;
    public static final int SERVER_TOO_BUSY = 0x1C01_0014;
    public static final int UNSPECIFIED_FAULT = 0x1C00_0012;

    /** A context handle that is not the client's, or not any more. */
    public static final int CONTEXT_MISMATCH = 0x1C00_001A;

    private RpcStatus() {}
}
