package org.tandemopc.dcom.orpc.wire;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * SecurityInfoData and COSERVERINFO ([MS-DCOM] 2.2.22.2.7): {@code u32 dwAuthnFlags}, a referent, a referent that leads
 * nowhere, then {@code u32 dwReserved1, unique string pwszName}, a referent that leads nowhere, {@code u32 dwReserved2}.
 * Windows sends it, and no server looks at it.
 *
 * @param serverName as the client's user wrote it; empty: there is no COSERVERINFO, or none with a name
 */
public record SecurityInfo(Optional<String> serverName) implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1A6);

    static SecurityInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.7",
                here -> here.construct(in -> {
                    in.u32("dwAuthnFlags");
                    Late<Optional<Optional<String>>> server = in.unique("pServerInfo", SecurityInfo::readServer);
                    in.unique("pdwReserved", reserved -> reserved.u32("dwReserved"));
                    return () -> new SecurityInfo(server.get().orElse(Optional.empty()));
                }));
    }

    private static Optional<String> readServer(NdrReader pointee) throws MalformedException {
        return pointee.construct(in -> {
            in.u32("dwReserved1");
            Late<Optional<String>> name = in.uniqueString("pwszName");
            in.unique("pdwReserved", reserved -> reserved.u32("dwReserved"));
            in.u32("dwReserved2");
            return name;
        });
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        out.construct(() -> out.u32(0, "dwAuthnFlags")
                .unique(serverName, (here, name) -> writeServer(here, name))
                .nullPointer());
    }

    private static void writeServer(NdrWriter out, String name) {
        out.construct(() -> out.u32(0, "dwReserved1")
                .uniqueString(Optional.of(name))
                .nullPointer()
                .u32(0, "dwReserved2"));
    }
}
