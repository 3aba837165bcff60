package org.tandemopc.dcom.orpc.wire;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * LocationInfoData ([MS-DCOM] 2.2.22.2.6): {@code unique string machineName, u32 processId, u32 apartmentId, u32 contextId}.
 * It must be sent, empty, and is not looked at.
 */
public record LocationInfo(Optional<String> machineName, long processId, long apartmentId, long contextId)
        implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1A4);

    public static final LocationInfo NONE = new LocationInfo(Optional.empty(), 0, 0, 0);

    static LocationInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.6",
                here -> here.construct(in -> {
                    Late<Optional<String>> machineName = in.uniqueString("machineName");
                    long processId = in.u32("processId");
                    long apartmentId = in.u32("apartmentId");
                    long contextId = in.u32("contextId");
                    return () -> new LocationInfo(machineName.get(), processId, apartmentId, contextId);
                }));
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        out.construct(() -> out.uniqueString(machineName)
                .u32(processId, "processId")
                .u32(apartmentId, "apartmentId")
                .u32(contextId, "contextId"));
    }
}
