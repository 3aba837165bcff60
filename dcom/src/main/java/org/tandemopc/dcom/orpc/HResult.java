package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.rpc.RpcStatus;

/**
 * HRESULTs ([MS-ERREF] 2.1) that COM itself gives. Negative ones are failures; S_FALSE is a success that comes with values.
 */
public final class HResult {
    public static final int S_OK = 0;
    public static final int S_FALSE = 1;
    public static final int E_NOTIMPL = 0x8000_4001;
    public static final int E_NOINTERFACE = 0x8000_4002;
    public static final int E_FAIL = 0x8000_4005;
    public static final int E_UNEXPECTED = 0x8000_FFFF;
    public static final int E_ACCESSDENIED = 0x8007_0005;
    public static final int E_OUTOFMEMORY = 0x8007_000E;
    public static final int E_INVALIDARG = 0x8007_0057;
    public static final int CLASS_E_NOAGGREGATION = 0x8004_0110;
    public static final int REGDB_E_CLASSNOTREG = 0x8004_0154;
    public static final int CO_E_OBJNOTREG = 0x8004_01FB;
    public static final int CO_E_OBJNOTCONNECTED = 0x8004_01FD;
    public static final int RPC_E_SERVERFAULT = 0x8001_0105;
    public static final int RPC_E_DISCONNECTED = 0x8001_0108;
    public static final int RPC_E_VERSION_MISMATCH = 0x8001_0110;
    public static final int RPC_E_INVALID_HEADER = 0x8001_0111;
    public static final int RPC_E_INVALID_IPID = 0x8001_0113;
    public static final int RPC_E_INVALID_OBJECT = 0x8001_0114;
    public static final int RPC_E_INVALID_OBJREF = 0x8001_011D;

    /** RPC_S_SERVER_UNAVAILABLE: whom the server asked in turn cannot be reached. */
    public static final int SERVER_UNAVAILABLE = 0x8007_06BA;

    /** RPC_S_CALL_FAILED: the call that the server made in turn may have run. */
    public static final int CALL_FAILED = 0x8007_06BE;

    /** RPC_S_CALL_FAILED_DNE: the call that the server made in turn has certainly not run. */
    public static final int CALL_FAILED_DID_NOT_EXECUTE = 0x8007_06BF;

    private HResult() {}

    public static boolean isSuccess(int hresult) {
        return hresult >= 0;
    }

    /**
     * The status of a fault as a failure that a method answers ([MS-ERREF] 2.1.2): a HRESULT stays what it is, a Win32 code is put
     * into one, and what RPC calls by names of its own ([C706] E) becomes its Win32 twin.
     */
    public static int ofStatus(int status) {
        return switch (status) {
            case RpcStatus.OPNUM_OUT_OF_RANGE -> 0x8007_06D1;
            case RpcStatus.UNKNOWN_INTERFACE -> 0x8007_06B5;
            case RpcStatus.PROTOCOL_ERROR -> 0x8007_06C0;
            case RpcStatus.SERVER_TOO_BUSY -> 0x8007_06BB;
            default -> {
                if (status < 0) {
                    yield status;
                }
                yield status > 0 && status <= 0xFFFF ? 0x8007_0000 | status : CALL_FAILED;
            }
        };
    }
}
