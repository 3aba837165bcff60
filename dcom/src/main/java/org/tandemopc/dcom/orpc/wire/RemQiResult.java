package org.tandemopc.dcom.orpc.wire;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.StdObjRef;

/**
 * REMQIRESULT ([MS-DCOM] 2.2.24): what QueryInterface came to for one interface: {@code u32 hResult}, four octets that say
 * nothing, STDOBJREF. Aligned to 8.
 *
 * @param std says nothing if hResult is a failure
 */
public record RemQiResult(int hresult, StdObjRef std) {
    static final int BYTES = 48;

    private static final StdObjRef NOTHING = new StdObjRef(0, 0, 0, 0, Guid.NULL);

    public static RemQiResult failed(int hresult) {
        return new RemQiResult(hresult, NOTHING);
    }

    public static RemQiResult read(NdrReader in) throws MalformedException {
        return new RemQiResult(in.align(Long.BYTES).i32("hResult"), StdObjRef.read(in));
    }

    public void write(NdrWriter out) {
        out.align(Long.BYTES).i32(hresult);
        std.write(out);
    }
}
