package org.tandemopc.dcom.orpc.wire;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * SpecialPropertiesData ([MS-DCOM] 2.2.22.2.2): {@code u32 dwSessionId, i32 fRemoteThisSessionId, i32 fClientImpersonating,
 * i32 fPartitionIDPresent, u32 dwDefaultAuthnLvl, GUID guidPartition, u32 dwPRTFlags, u32 dwOrigClsctx, u32 dwFlags}, and
 * reserved octets, of which there are two forms: they are not read, and those of the newer form are written.
 *
 * @param sessionId {@link #ANY_SESSION}, or the session of Windows to make the object in
 * @param defaultLevel of authentication, says nothing to a server
 * @param flags 1: in the session of the console
 */
public record SpecialProperties(
        long sessionId, boolean isRemoteSession, boolean isImpersonating, long defaultLevel, long classCtx, int flags)
        implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1B9);

    public static final long ANY_SESSION = 0xFFFF_FFFFL;

    private static final int RESERVED3_BYTES = 5 * Integer.BYTES;

    static SpecialProperties read(NdrReader body) throws MalformedException {
        return body.under("[MS-DCOM] 2.2.22.2.2", in -> {
            long sessionId = in.u32("dwSessionId");
            boolean isRemoteSession = in.bool32("fRemoteThisSessionId");
            boolean isImpersonating = in.bool32("fClientImpersonating");
            in.bool32("fPartitionIDPresent");
            long defaultLevel = in.u32("dwDefaultAuthnLvl");
            in.guid("guidPartition");
            in.u32("dwPRTFlags");
            long classCtx = in.u32("dwOrigClsctx");
            return new SpecialProperties(
                    sessionId, isRemoteSession, isImpersonating, defaultLevel, classCtx, in.i32("dwFlags"));
        });
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        out.align(Long.BYTES).u32(sessionId, "dwSessionId");
        out.bool32(isRemoteSession).bool32(isImpersonating).bool32(false);
        out.u32(defaultLevel, "dwDefaultAuthnLvl").guid(Guid.NULL);
        out.u32(0, "dwPRTFlags").u32(classCtx, "dwOrigClsctx").i32(flags);
        out.u32(0, "Reserved1").i64(0).zeros(RESERVED3_BYTES);
    }
}
