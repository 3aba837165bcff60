package org.tandemopc.opcda;

import java.util.Map;
import org.tandemopc.dcom.orpc.HResult;

/**
 * HRESULTs of OPC (DA 3.0 8, OPC Common, OPC Security, Complex Data), and those of COM that OPC's methods give beside the ones of
 * {@link HResult}. Codes of facility ITF mean something only together with the interface; of the low 16 bits those from 0x8000 on are a
 * vendor's, of which only his server's GetErrorString can tell.
 */
public final class OpcResult {
    /** The handle is invalid. */
    public static final int OPC_E_INVALIDHANDLE = 0xC004_0001;

    /** The value cannot be converted between the requested and the canonical type. */
    public static final int OPC_E_BADTYPE = 0xC004_0004;

    /** Not with a public group. */
    public static final int OPC_E_PUBLIC = 0xC004_0005;

    /** The item's access rights do not allow it. */
    public static final int OPC_E_BADRIGHTS = 0xC004_0006;

    /** The item id is not in the address space, or no longer. */
    public static final int OPC_E_UNKNOWNITEMID = 0xC004_0007;

    /** The item id is not of the server's syntax. */
    public static final int OPC_E_INVALIDITEMID = 0xC004_0008;

    /** The filter is not valid. */
    public static final int OPC_E_INVALIDFILTER = 0xC004_0009;

    /** The access path is not known. */
    public static final int OPC_E_UNKNOWNPATH = 0xC004_000A;

    /** The value is out of range. */
    public static final int OPC_E_RANGE = 0xC004_000B;

    /** There is such a name already. */
    public static final int OPC_E_DUPLICATENAME = 0xC004_000C;

    /** Another rate than was asked for. */
    public static final int OPC_S_UNSUPPORTEDRATE = 0x0004_000D;

    /** Written, but clamped. */
    public static final int OPC_S_CLAMP = 0x0004_000E;

    /** Still referenced: it goes with its last reference. */
    public static final int OPC_S_INUSE = 0x0004_000F;

    /** The server's configuration file cannot be read. */
    public static final int OPC_E_INVALIDCONFIGFILE = 0xC004_0010;

    /** Not found. */
    public static final int OPC_E_NOTFOUND = 0xC004_0011;

    /** The item has no such property. */
    public static final int OPC_E_INVALID_PID = 0xC004_0203;

    /** A session with private credentials is active (OPC Security). */
    public static final int OPC_E_PRIVATE_ACTIVE = 0xC004_0301;

    /** The impersonation level is too low (OPC Security). */
    public static final int OPC_E_LOW_IMPERS_LEVEL = 0xC004_0302;

    /** The authentication level is lower than wanted (OPC Security); a failure by its bits, whatever its name says. */
    public static final int OPC_S_LOW_AUTHN_LEVEL = 0xC004_0303;

    /** The item has no deadband of its own. */
    public static final int OPC_E_DEADBANDNOTSET = 0xC004_0400;

    /** The item can have no deadband. */
    public static final int OPC_E_DEADBANDNOTSUPPORTED = 0xC004_0401;

    /** The server does not buffer. */
    public static final int OPC_E_NOBUFFERING = 0xC004_0402;

    /** The continuation point is not valid. */
    public static final int OPC_E_INVALIDCONTINUATIONPOINT = 0xC004_0403;

    /** Values were lost before this one. */
    public static final int OPC_S_DATAQUEUEOVERFLOW = 0x0004_0404;

    /** The item has no sampling rate of its own. */
    public static final int OPC_E_RATENOTSET = 0xC004_0405;

    /** Quality or time stamp cannot be written. */
    public static final int OPC_E_NOTSUPPORTED = 0xC004_0406;

    /** The dictionary or type description has changed (Complex Data). */
    public static final int OPCCPX_E_TYPE_CHANGED = 0xC004_0407;

    /** There is such a filter already (Complex Data). */
    public static final int OPCCPX_E_FILTER_DUPLICATE = 0xC004_0408;

    /** The filter is not of its syntax (Complex Data). */
    public static final int OPCCPX_E_FILTER_INVALID = 0xC004_0409;

    /** The filter found an error (Complex Data). */
    public static final int OPCCPX_E_FILTER_ERROR = 0xC004_040A;

    /** The filter let nothing through (Complex Data). */
    public static final int OPCCPX_S_FILTER_NO_DATA = 0x0004_040B;

    /** There is no such connection, or nobody has advised. */
    public static final int CONNECT_E_NOCONNECTION = 0x8004_0200;

    /** No more connections, or no more transactions. */
    public static final int CONNECT_E_ADVISELIMIT = 0x8004_0201;

    /** The client's object cannot be reached, or has not the interface. */
    public static final int CONNECT_E_CANNOTCONNECT = 0x8004_0202;

    /** There is no such connection (IDataObject). */
    public static final int OLE_E_NOCONNECTION = 0x8004_0004;

    /** The format is none of OPC. */
    public static final int DV_E_FORMATETC = 0x8004_0064;

    /** The medium is not an HGLOBAL. */
    public static final int DV_E_TYMED = 0x8004_0069;

    /** The value cannot be converted. */
    public static final int DISP_E_TYPEMISMATCH = 0x8002_0005;

    /** The type of the value is none. */
    public static final int DISP_E_BADVARTYPE = 0x8002_0008;

    /** The value does not fit the type. */
    public static final int DISP_E_OVERFLOW = 0x8002_000A;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(HResult.S_OK, "S_OK"),
            Map.entry(HResult.S_FALSE, "S_FALSE"),
            Map.entry(HResult.E_FAIL, "E_FAIL"),
            Map.entry(HResult.E_NOTIMPL, "E_NOTIMPL"),
            Map.entry(HResult.E_NOINTERFACE, "E_NOINTERFACE"),
            Map.entry(HResult.E_UNEXPECTED, "E_UNEXPECTED"),
            Map.entry(HResult.E_ACCESSDENIED, "E_ACCESSDENIED"),
            Map.entry(HResult.E_OUTOFMEMORY, "E_OUTOFMEMORY"),
            Map.entry(HResult.E_INVALIDARG, "E_INVALIDARG"),
            Map.entry(HResult.CLASS_E_NOAGGREGATION, "CLASS_E_NOAGGREGATION"),
            Map.entry(HResult.REGDB_E_CLASSNOTREG, "REGDB_E_CLASSNOTREG"),
            Map.entry(HResult.CO_E_OBJNOTREG, "CO_E_OBJNOTREG"),
            Map.entry(HResult.CO_E_OBJNOTCONNECTED, "CO_E_OBJNOTCONNECTED"),
            Map.entry(HResult.RPC_E_SERVERFAULT, "RPC_E_SERVERFAULT"),
            Map.entry(HResult.RPC_E_DISCONNECTED, "RPC_E_DISCONNECTED"),
            Map.entry(HResult.RPC_E_VERSION_MISMATCH, "RPC_E_VERSION_MISMATCH"),
            Map.entry(HResult.RPC_E_INVALID_HEADER, "RPC_E_INVALID_HEADER"),
            Map.entry(HResult.RPC_E_INVALID_IPID, "RPC_E_INVALID_IPID"),
            Map.entry(HResult.RPC_E_INVALID_OBJECT, "RPC_E_INVALID_OBJECT"),
            Map.entry(HResult.RPC_E_INVALID_OBJREF, "RPC_E_INVALID_OBJREF"),
            Map.entry(HResult.SERVER_UNAVAILABLE, "RPC_S_SERVER_UNAVAILABLE"),
            Map.entry(HResult.CALL_FAILED, "RPC_S_CALL_FAILED"),
            Map.entry(HResult.CALL_FAILED_DID_NOT_EXECUTE, "RPC_S_CALL_FAILED_DNE"),
            Map.entry(OPC_E_INVALIDHANDLE, "OPC_E_INVALIDHANDLE"),
            Map.entry(OPC_E_BADTYPE, "OPC_E_BADTYPE"),
            Map.entry(OPC_E_PUBLIC, "OPC_E_PUBLIC"),
            Map.entry(OPC_E_BADRIGHTS, "OPC_E_BADRIGHTS"),
            Map.entry(OPC_E_UNKNOWNITEMID, "OPC_E_UNKNOWNITEMID"),
            Map.entry(OPC_E_INVALIDITEMID, "OPC_E_INVALIDITEMID"),
            Map.entry(OPC_E_INVALIDFILTER, "OPC_E_INVALIDFILTER"),
            Map.entry(OPC_E_UNKNOWNPATH, "OPC_E_UNKNOWNPATH"),
            Map.entry(OPC_E_RANGE, "OPC_E_RANGE"),
            Map.entry(OPC_E_DUPLICATENAME, "OPC_E_DUPLICATENAME"),
            Map.entry(OPC_S_UNSUPPORTEDRATE, "OPC_S_UNSUPPORTEDRATE"),
            Map.entry(OPC_S_CLAMP, "OPC_S_CLAMP"),
            Map.entry(OPC_S_INUSE, "OPC_S_INUSE"),
            Map.entry(OPC_E_INVALIDCONFIGFILE, "OPC_E_INVALIDCONFIGFILE"),
            Map.entry(OPC_E_NOTFOUND, "OPC_E_NOTFOUND"),
            Map.entry(OPC_E_INVALID_PID, "OPC_E_INVALID_PID"),
            Map.entry(OPC_E_PRIVATE_ACTIVE, "OPC_E_PRIVATE_ACTIVE"),
            Map.entry(OPC_E_LOW_IMPERS_LEVEL, "OPC_E_LOW_IMPERS_LEVEL"),
            Map.entry(OPC_S_LOW_AUTHN_LEVEL, "OPC_S_LOW_AUTHN_LEVEL"),
            Map.entry(OPC_E_DEADBANDNOTSET, "OPC_E_DEADBANDNOTSET"),
            Map.entry(OPC_E_DEADBANDNOTSUPPORTED, "OPC_E_DEADBANDNOTSUPPORTED"),
            Map.entry(OPC_E_NOBUFFERING, "OPC_E_NOBUFFERING"),
            Map.entry(OPC_E_INVALIDCONTINUATIONPOINT, "OPC_E_INVALIDCONTINUATIONPOINT"),
            Map.entry(OPC_S_DATAQUEUEOVERFLOW, "OPC_S_DATAQUEUEOVERFLOW"),
            Map.entry(OPC_E_RATENOTSET, "OPC_E_RATENOTSET"),
            Map.entry(OPC_E_NOTSUPPORTED, "OPC_E_NOTSUPPORTED"),
            Map.entry(OPCCPX_E_TYPE_CHANGED, "OPCCPX_E_TYPE_CHANGED"),
            Map.entry(OPCCPX_E_FILTER_DUPLICATE, "OPCCPX_E_FILTER_DUPLICATE"),
            Map.entry(OPCCPX_E_FILTER_INVALID, "OPCCPX_E_FILTER_INVALID"),
            Map.entry(OPCCPX_E_FILTER_ERROR, "OPCCPX_E_FILTER_ERROR"),
            Map.entry(OPCCPX_S_FILTER_NO_DATA, "OPCCPX_S_FILTER_NO_DATA"),
            Map.entry(CONNECT_E_NOCONNECTION, "CONNECT_E_NOCONNECTION"),
            Map.entry(CONNECT_E_ADVISELIMIT, "CONNECT_E_ADVISELIMIT"),
            Map.entry(CONNECT_E_CANNOTCONNECT, "CONNECT_E_CANNOTCONNECT"),
            Map.entry(OLE_E_NOCONNECTION, "OLE_E_NOCONNECTION"),
            Map.entry(DV_E_FORMATETC, "DV_E_FORMATETC"),
            Map.entry(DV_E_TYMED, "DV_E_TYMED"),
            Map.entry(DISP_E_TYPEMISMATCH, "DISP_E_TYPEMISMATCH"),
            Map.entry(DISP_E_BADVARTYPE, "DISP_E_BADVARTYPE"),
            Map.entry(DISP_E_OVERFLOW, "DISP_E_OVERFLOW"));

    private static final int FACILITY_ITF = 4;
    private static final int FACILITY_SHIFT = 16;
    private static final int FACILITY_MASK = 0x7FF;
    private static final int VENDOR_BIT = 0x8000;

    private OpcResult() {}

    /** The name of the constant where it has one, and always the number: {@code OPC_E_BADRIGHTS (0xC0040006)}. */
    public static String describe(int hresult) {
        String number = "0x%08X".formatted(hresult);
        String name = NAMES.get(hresult);
        return name == null ? number : name + " (" + number + ")";
    }

    /** Whether only the server of that vendor can tell what it means (DA 3.0 8). */
    public static boolean isVendors(int hresult) {
        return (hresult >>> FACILITY_SHIFT & FACILITY_MASK) == FACILITY_ITF && (hresult & VENDOR_BIT) != 0;
    }
}
