package org.tandemopc.dcom.orpc.wire;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * ActivationContextInfoData ([MS-DCOM] 2.2.22.2.5): {@code i32 clientOK, i32 bReserved1, u32 dwReserved1, u32 dwReserved2}
 * and two unique interface pointers.
 *
 * @param client a marshaled context. The specification asks for one; impacket sends none, and is served
 * @param prototype a marshaled context
 */
public record ActivationContextInfo(Optional<InterfacePointer> client, Optional<InterfacePointer> prototype)
        implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1A5);

    public static final ActivationContextInfo NONE = new ActivationContextInfo(Optional.empty(), Optional.empty());

    static ActivationContextInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.5",
                here -> here.construct(in -> {
                    in.i32("clientOK");
                    in.i32("bReserved1");
                    in.u32("dwReserved1");
                    in.u32("dwReserved2");
                    Late<Optional<InterfacePointer>> client = InterfacePointer.unique(in, "pIFDClientCtx");
                    Late<Optional<InterfacePointer>> prototype = InterfacePointer.unique(in, "pIFDPrototypeCtx");
                    return () -> new ActivationContextInfo(client.get(), prototype.get());
                }));
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        out.construct(() -> {
            out.i32(0).i32(0).i32(0).i32(0);
            InterfacePointer.write(out, client);
            InterfacePointer.write(out, prototype);
        });
    }
}
