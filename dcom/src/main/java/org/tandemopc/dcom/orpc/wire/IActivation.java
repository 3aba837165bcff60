package org.tandemopc.dcom.orpc.wire;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * IActivation ([MS-DCOM] 3.1.2.5.2.3): the older way to have an object made. On the resolver's port; ORPCTHIS and ORPCTHAT
 * stand before the parameters, and no object is named.
 */
public final class IActivation {
    public static final SyntaxId SYNTAX = SyntaxId.of("4d9f4ab8-7d1c-11cf-861e-0020af6e7c57", 0, 0);

    public static final int REMOTE_ACTIVATION = 0;

    /** RPC_C_IMP_LEVEL_IDENTIFY: the server may know who the client is, and not act as him. */
    public static final int IDENTIFY = 2;

    /** MODE_GET_CLASS_OBJECT: the class object itself is wanted, not an object that it makes. */
    public static final long CLASS_OBJECT = 0xFFFF_FFFFL;

    /** MAX_REQUESTED_INTERFACES ([MS-DCOM] 2.2.28.1). */
    public static final int INTERFACES_MAX = 0x8000;

    private static final String CLAUSE = "[MS-DCOM] 3.1.2.5.2.3.1";

    private IActivation() {}

    /**
     * RemoteActivation, [in]: {@code GUID Clsid, unique string, unique MInterfacePointer, u32 ClientImpLevel, u32 Mode, u32
     * Interfaces, unique conformant GUID[Interfaces], u16 cRequestedProtseqs, conformant u16[cRequestedProtseqs]}.
     *
     * @param objectName file to load the object from; not used with OPC
     * @param storage to load the object from; not used with OPC
     * @param mode {@link #CLASS_OBJECT}, or how the file is opened
     * @param iids 1 to {@link #INTERFACES_MAX}
     */
    public record Request(
            Guid clsid,
            Optional<String> objectName,
            Optional<InterfacePointer> storage,
            long clientImpLevel,
            long mode,
            List<Guid> iids,
            List<Integer> protseqs) {
        public Request {
            iids = List.copyOf(iids);
            protseqs = List.copyOf(protseqs);
        }

        public static Request read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE, in -> {
                Guid clsid = in.guid("Clsid");
                Optional<String> objectName = in.uniqueString("pwszObjectName").get();
                Optional<InterfacePointer> storage = InterfacePointer.read(in, "pObjectStorage");
                long clientImpLevel = in.u32("ClientImpLevel");
                long mode = in.u32("Mode");
                int at = in.offset();
                long interfaces = in.u32("Interfaces");
                if (interfaces < 1 || interfaces > INTERFACES_MAX) {
                    throw in.malformed("Interfaces", at, "is " + interfaces + ", not 1 to " + INTERFACES_MAX);
                }
                Optional<List<Guid>> iids = in.unique(
                                "pIIDs",
                                here -> here.conformant("pIIDs", interfaces, Guid.SIZE, iid -> iid.guid("iid")))
                        .get();
                if (iids.isEmpty()) {
                    throw in.malformed("pIIDs", in.offset(), "is NULL");
                }
                int protocols = in.u16("cRequestedProtseqs");
                List<Integer> protseqs =
                        in.conformant("aRequestedProtseqs", protocols, Short.BYTES, tower -> tower.u16("protseq"));
                return new Request(clsid, objectName, storage, clientImpLevel, mode, iids.get(), protseqs);
            });
        }

        public void write(NdrWriter out) {
            out.guid(clsid).uniqueString(objectName);
            InterfacePointer.write(out, storage);
            out.u32(clientImpLevel, "ClientImpLevel").u32(mode, "Mode").u32(iids.size(), "Interfaces");
            out.unique(Optional.of(iids), (here, list) -> here.conformant(list, NdrWriter::guid));
            out.u16(protseqs.size(), "cRequestedProtseqs");
            out.conformant(protseqs, (here, tower) -> here.u16(tower, "protseq"));
        }
    }

    /**
     * RemoteActivation, [out]: {@code u64 Oxid, unique DUALSTRINGARRAY, GUID ipidRemUnknown, u32 AuthnHint, COMVERSION, u32
     * phr, conformant unique MInterfacePointer[], conformant u32[], u32 status}.
     *
     * @param bindings where the exporter listens
     * @param authnHint least level that the exporter takes
     * @param hresult of the activation as a whole
     * @param pointers in the order of the IIDs asked for
     * @param results of each IID
     * @param status of RPC, 0 if all is well
     */
    public record Response(
            long oxid,
            Optional<DualStringArray> bindings,
            Guid ipidRemUnknown,
            long authnHint,
            ComVersion version,
            int hresult,
            List<Optional<InterfacePointer>> pointers,
            List<Integer> results,
            int status) {
        public Response {
            pointers = List.copyOf(pointers);
            results = List.copyOf(results);
        }

        public static Response read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE, in -> {
                long oxid = in.i64("pOxid");
                Optional<DualStringArray> bindings =
                        in.unique("ppdsaOxidBindings", DualStringArray::read).get();
                return new Response(
                        oxid,
                        bindings,
                        in.guid("pipidRemUnknown"),
                        in.u32("pAuthnHint"),
                        ComVersion.read(in),
                        in.i32("phr"),
                        IRemUnknown.readPointers(in, "ppInterfaceData"),
                        IRemUnknown.readHresults(in, "pResults"),
                        in.i32("status"));
            });
        }

        public void write(NdrWriter out) {
            out.i64(oxid).unique(bindings, (here, array) -> array.write(here));
            out.guid(ipidRemUnknown).u32(authnHint, "pAuthnHint");
            version.write(out);
            out.i32(hresult);
            IRemUnknown.writePointers(out, pointers);
            out.conformant(results, NdrWriter::i32).i32(status);
        }
    }
}
