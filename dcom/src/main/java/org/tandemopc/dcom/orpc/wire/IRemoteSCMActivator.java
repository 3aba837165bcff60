package org.tandemopc.dcom.orpc.wire;

import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * IRemoteSCMActivator ([MS-DCOM] 3.1.2.5.2.3.2 and 3.1.2.5.2.3.3): the way of Windows to have an object made. On the
 * resolver's port; ORPCTHIS and ORPCTHAT stand before the parameters, and no object is named. What is asked and answered is in
 * {@link ActivationProperties}, whose octets are left in their pointers here, so that broken ones cost no more than they must.
 */
public final class IRemoteSCMActivator {
    public static final SyntaxId SYNTAX = SyntaxId.of("000001a0-0000-0000-c000-000000000046", 0, 0);

    public static final int REMOTE_GET_CLASS_OBJECT = 3;
    public static final int REMOTE_CREATE_INSTANCE = 4;

    private static final String CLAUSE = "[MS-DCOM] 3.1.2.5.2.3";

    private IRemoteSCMActivator() {}

    /** RemoteGetClassObject, [in]: {@code unique MInterfacePointer}. */
    public record GetClassObjectRequest(Optional<InterfacePointer> properties) {
        public static GetClassObjectRequest read(NdrReader stub) throws MalformedException {
            return stub.under(
                    CLAUSE + ".2", in -> new GetClassObjectRequest(InterfacePointer.read(in, "pActProperties")));
        }

        public void write(NdrWriter out) {
            InterfacePointer.write(out, properties);
        }
    }

    /**
     * RemoteCreateInstance, [in]: {@code unique MInterfacePointer, unique MInterfacePointer}.
     *
     * @param outer to aggregate with, which does not go over the network: empty
     */
    public record CreateInstanceRequest(Optional<InterfacePointer> outer, Optional<InterfacePointer> properties) {
        public static CreateInstanceRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".3", in -> {
                Optional<InterfacePointer> outer = InterfacePointer.read(in, "pUnkOuter");
                return new CreateInstanceRequest(outer, InterfacePointer.read(in, "pActProperties"));
            });
        }

        public void write(NdrWriter out) {
            InterfacePointer.write(out, outer);
            InterfacePointer.write(out, properties);
        }
    }

    /** Both, [out]: {@code unique MInterfacePointer, u32 HRESULT}. */
    public record Response(Optional<InterfacePointer> properties, int hresult) {
        public static Response read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE, in -> {
                Optional<InterfacePointer> properties = InterfacePointer.read(in, "ppActProperties");
                return new Response(properties, in.i32("HRESULT"));
            });
        }

        public void write(NdrWriter out) {
            InterfacePointer.write(out, properties);
            out.i32(hresult);
        }
    }
}
