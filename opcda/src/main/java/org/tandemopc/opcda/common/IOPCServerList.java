package org.tandemopc.opcda.common;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.ole.IEnumGUID;
import org.tandemopc.opcda.params.Params;

/** The servers of a machine, as OpcEnum lists them (OPC Common 1.10 8). */
public interface IOPCServerList {
    /**
     * The classes of servers that implement one of the categories and require none but those.
     *
     * @param required empty: any
     */
    Result<Optional<ComPointer<IEnumGUID>>> enumClassesOfCategories(List<Guid> implemented, List<Guid> required)
            throws LinkException, RpcFaultException;

    Result<Optional<ClassDetails>> getClassDetails(Guid clsid) throws LinkException, RpcFaultException;

    Result<Guid> clsidFromProgId(String progId) throws LinkException, RpcFaultException;

    /** The [in] parameters of EnumClassesOfCategories. */
    record EnumClassesOfCategories(List<Guid> implemented, List<Guid> required) {
        public EnumClassesOfCategories {
            implemented = List.copyOf(implemented);
            required = List.copyOf(required);
        }

        static EnumClassesOfCategories read(NdrReader in) throws MalformedException {
            long implementedCount = in.u32("cImplemented");
            List<Guid> implemented =
                    in.conformant("rgcatidImpl", implementedCount, Guid.SIZE, here -> here.guid("rgcatidImpl"));
            long requiredCount = in.u32("cRequired");
            List<Guid> required =
                    in.conformant("rgcatidReq", requiredCount, Guid.SIZE, here -> here.guid("rgcatidReq"));
            return new EnumClassesOfCategories(implemented, required);
        }

        void write(NdrWriter out) {
            out.u32(implemented.size(), "cImplemented");
            out.conformant(implemented, NdrWriter::guid);
            out.u32(required.size(), "cRequired");
            out.conformant(required, NdrWriter::guid);
        }
    }

    /** The [out] parameters of GetClassDetails. Immutable. @param userType the name for people */
    record ClassDetails(String progId, String userType) {
        /** Empty: there are none, as beside a failure. */
        static Optional<ClassDetails> read(NdrReader in) throws MalformedException {
            Optional<String> progId = in.uniqueString("ppszProgID").get();
            Optional<String> userType = in.uniqueString("ppszUserType").get();
            if (progId.isEmpty() && userType.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new ClassDetails(progId.orElse(""), userType.orElse("")));
        }

        static void write(NdrWriter out, Optional<ClassDetails> details) {
            out.uniqueString(details.map(ClassDetails::progId));
            out.uniqueString(details.map(ClassDetails::userType));
        }
    }

    Operation<IOPCServerList, EnumClassesOfCategories, Optional<ComPointer<IEnumGUID>>> ENUM_CLASSES_OF_CATEGORIES =
            Operation.of(
                    3,
                    "EnumClassesOfCategories",
                    Codec.<EnumClassesOfCategories>of(EnumClassesOfCategories::read, (out, call) -> call.write(out)),
                    Params.pointer("ppenumClsid", () -> IEnumGUID.DEF),
                    Optional.empty(),
                    (target, in) -> target.enumClassesOfCategories(in.implemented(), in.required()));

    Operation<IOPCServerList, Guid, Optional<ClassDetails>> GET_CLASS_DETAILS = Operation.of(
            4,
            "GetClassDetails",
            Params.guid("clsid"),
            Codec.<Optional<ClassDetails>>of(ClassDetails::read, ClassDetails::write),
            Optional.empty(),
            IOPCServerList::getClassDetails);

    Operation<IOPCServerList, String, Guid> CLSID_FROM_PROG_ID = Operation.of(
            5,
            "CLSIDFromProgID",
            Params.string("szProgId"),
            Params.guid("clsid"),
            Guid.NULL,
            IOPCServerList::clsidFromProgId);

    InterfaceDef<IOPCServerList> DEF = InterfaceDef.of(
            "13486d50-4821-11d2-a494-3cb306c10000",
            "IOPCServerList",
            caller -> new IOPCServerList() {
                @Override
                public Result<Optional<ComPointer<IEnumGUID>>> enumClassesOfCategories(
                        List<Guid> implemented, List<Guid> required) throws LinkException, RpcFaultException {
                    return caller.call(ENUM_CLASSES_OF_CATEGORIES, new EnumClassesOfCategories(implemented, required));
                }

                @Override
                public Result<Optional<ClassDetails>> getClassDetails(Guid clsid)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_CLASS_DETAILS, clsid);
                }

                @Override
                public Result<Guid> clsidFromProgId(String progId) throws LinkException, RpcFaultException {
                    return caller.call(CLSID_FROM_PROG_ID, progId);
                }
            },
            List.of(ENUM_CLASSES_OF_CATEGORIES, GET_CLASS_DETAILS, CLSID_FROM_PROG_ID));
}
