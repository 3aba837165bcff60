package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** The server object: one for each client that activates it, with that client's groups (DA 3.0 4.3.4, DA 2.05a 4.4.4). */
public interface IOPCServer {
    /**
     * Makes a group.
     *
     * @return OPC_S_UNSUPPORTEDRATE: at another rate than asked for; OPC_E_DUPLICATENAME; E_INVALIDARG
     */
    Result<AddedGroup> addGroup(NewGroup call) throws LinkException, RpcFaultException;

    Result<String> getErrorString(int hresult, int lcid) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid)
            throws LinkException, RpcFaultException;

    /** @return a status with every success */
    Result<Optional<OpcServerStatus>> getStatus() throws LinkException, RpcFaultException;

    /**
     * @param force whether references count or not
     * @return OPC_S_INUSE: goes with its last reference
     */
    Result<Nothing> removeGroup(int serverHandle, boolean force) throws LinkException, RpcFaultException;

    /**
     * @param iid of IEnumString for names, of IEnumUnknown for groups
     * @return S_FALSE: there is none, and the enumerator is empty
     */
    Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid)
            throws LinkException, RpcFaultException;

    /**
     * The [in] parameters of AddGroup. Immutable.
     *
     * @param name empty: the server finds one
     * @param requestedRateMs 0: as fast as the server can; to 4,294,967,295
     * @param clientHandle comes with each callback
     * @param timeBias minutes to be added to the item's time for UTC; empty: that of the server
     * @param percentDeadband 0 to 100, of the range of analog items; empty: 0
     * @param iid of the interface that is wanted of the group
     */
    record NewGroup(
            String name,
            boolean isActive,
            long requestedRateMs,
            int clientHandle,
            Optional<Integer> timeBias,
            Optional<Float> percentDeadband,
            int lcid,
            Guid iid) {
        static NewGroup read(NdrReader in) throws MalformedException {
            String name = in.string("szName");
            boolean isActive = in.bool32("bActive");
            long requestedRateMs = in.u32("dwRequestedUpdateRate");
            int clientHandle = in.i32("hClientGroup");
            Optional<Integer> timeBias =
                    in.unique("pTimeBias", here -> here.i32("pTimeBias")).get();
            Optional<Float> percentDeadband = in.unique("pPercentDeadband", here -> here.f32("pPercentDeadband"))
                    .get();
            int lcid = in.i32("dwLCID");
            Guid iid = in.guid("riid");
            return new NewGroup(name, isActive, requestedRateMs, clientHandle, timeBias, percentDeadband, lcid, iid);
        }

        void write(NdrWriter out) {
            out.string(name);
            out.bool32(isActive);
            out.u32(requestedRateMs, "dwRequestedUpdateRate");
            out.i32(clientHandle);
            out.unique(timeBias, NdrWriter::i32);
            out.unique(percentDeadband, NdrWriter::f32);
            out.i32(lcid);
            out.guid(iid);
        }
    }

    /** The [in] parameters of GetErrorString. */
    record ErrorText(int hresult, int lcid) {
        static ErrorText read(NdrReader in) throws MalformedException {
            int hresult = in.i32("dwError");
            int lcid = in.i32("dwLocale");
            return new ErrorText(hresult, lcid);
        }

        void write(NdrWriter out) {
            out.i32(hresult);
            out.i32(lcid);
        }
    }

    /** The [in] parameters of GetGroupByName. */
    record NamedGroup(String name, Guid iid) {
        static NamedGroup read(NdrReader in) throws MalformedException {
            String name = in.string("szName");
            Guid iid = in.guid("riid");
            return new NamedGroup(name, iid);
        }

        void write(NdrWriter out) {
            out.string(name);
            out.guid(iid);
        }
    }

    /** The [in] parameters of RemoveGroup. */
    record RemoveGroup(int serverHandle, boolean force) {
        static RemoveGroup read(NdrReader in) throws MalformedException {
            int serverHandle = in.i32("hServerGroup");
            boolean force = in.bool32("bForce");
            return new RemoveGroup(serverHandle, force);
        }

        void write(NdrWriter out) {
            out.i32(serverHandle);
            out.bool32(force);
        }
    }

    /** The [in] parameters of CreateGroupEnumerator. */
    record GroupEnumerator(OpcEnumScope scope, Guid iid) {
        static GroupEnumerator read(NdrReader in) throws MalformedException {
            OpcEnumScope scope = OpcEnumScope.of(in.enum16("dwScope"));
            Guid iid = in.guid("riid");
            return new GroupEnumerator(scope, iid);
        }

        void write(NdrWriter out) {
            out.enum16(scope.code(), "dwScope");
            out.guid(iid);
        }
    }

    /**
     * The [out] parameters of AddGroup. Immutable.
     *
     * @param revisedRateMs 0 to 4,294,967,295
     * @param group as the interface that was asked for; empty beside a failure
     */
    record AddedGroup(int serverHandle, long revisedRateMs, Optional<ComPointer<IUnknown>> group) {
        static final AddedGroup NONE = new AddedGroup(0, 0, Optional.empty());

        static AddedGroup read(NdrReader in, Pointers pointers) throws MalformedException {
            int handle = in.i32("phServerGroup");
            long rate = in.u32("pRevisedUpdateRate");
            return new AddedGroup(handle, rate, pointers.read(in, "ppUnk", IUnknown.DEF));
        }

        void write(NdrWriter out, Pointers pointers) {
            out.i32(serverHandle).u32(revisedRateMs, "pRevisedUpdateRate");
            pointers.write(out, group);
        }
    }

    Operation<IOPCServer, NewGroup, AddedGroup> ADD_GROUP = Operation.of(
            3,
            "AddGroup",
            Codec.<NewGroup>of(NewGroup::read, (out, call) -> call.write(out)),
            Codec.<AddedGroup>of(AddedGroup::read, (out, group, pointers) -> group.write(out, pointers)),
            AddedGroup.NONE,
            IOPCServer::addGroup);

    Operation<IOPCServer, ErrorText, Optional<String>> GET_ERROR_STRING = Params.textOperation(
            4,
            "GetErrorString",
            Codec.<ErrorText>of(ErrorText::read, (out, call) -> call.write(out)),
            "ppString",
            (target, in) -> target.getErrorString(in.hresult(), in.lcid()));

    Operation<IOPCServer, NamedGroup, Optional<ComPointer<IUnknown>>> GET_GROUP_BY_NAME = Operation.of(
            5,
            "GetGroupByName",
            Codec.<NamedGroup>of(NamedGroup::read, (out, call) -> call.write(out)),
            Params.pointer("ppUnk", () -> IUnknown.DEF),
            Optional.empty(),
            (target, in) -> target.getGroupByName(in.name(), in.iid()));

    Operation<IOPCServer, Nothing, Optional<OpcServerStatus>> GET_STATUS = Operation.of(
            6,
            "GetStatus",
            Nothing.CODEC,
            Codec.<Optional<OpcServerStatus>>of(
                    (NdrReader in) -> in.unique("ppServerStatus", here -> here.construct(OpcServerStatus::fixed))
                            .get(),
                    (out, status) -> out.unique(status, (here, given) -> here.construct(() -> given.write(here)))),
            Optional.empty(),
            (target, in) -> target.getStatus());

    Operation<IOPCServer, RemoveGroup, Nothing> REMOVE_GROUP = Operation.of(
            7,
            "RemoveGroup",
            Codec.<RemoveGroup>of(RemoveGroup::read, (out, call) -> call.write(out)),
            (target, in) -> target.removeGroup(in.serverHandle(), in.force()));

    Operation<IOPCServer, GroupEnumerator, Optional<ComPointer<IUnknown>>> CREATE_GROUP_ENUMERATOR = Operation.of(
            8,
            "CreateGroupEnumerator",
            Codec.<GroupEnumerator>of(GroupEnumerator::read, (out, call) -> call.write(out)),
            Params.pointer("ppUnk", () -> IUnknown.DEF),
            Optional.empty(),
            (target, in) -> target.createGroupEnumerator(in.scope(), in.iid()));

    InterfaceDef<IOPCServer> DEF = InterfaceDef.of(
            "39c13a4d-011e-11d0-9675-0020afd8adb3",
            "IOPCServer",
            caller -> new IOPCServer() {
                @Override
                public Result<AddedGroup> addGroup(NewGroup call) throws LinkException, RpcFaultException {
                    return caller.call(ADD_GROUP, call);
                }

                @Override
                public Result<String> getErrorString(int hresult, int lcid) throws LinkException, RpcFaultException {
                    return Params.text(caller.call(GET_ERROR_STRING, new ErrorText(hresult, lcid)));
                }

                @Override
                public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_GROUP_BY_NAME, new NamedGroup(name, iid));
                }

                @Override
                public Result<Optional<OpcServerStatus>> getStatus() throws LinkException, RpcFaultException {
                    return caller.call(GET_STATUS, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> removeGroup(int serverHandle, boolean force)
                        throws LinkException, RpcFaultException {
                    return caller.call(REMOVE_GROUP, new RemoveGroup(serverHandle, force));
                }

                @Override
                public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(CREATE_GROUP_ENUMERATOR, new GroupEnumerator(scope, iid));
                }
            },
            List.of(ADD_GROUP, GET_ERROR_STRING, GET_GROUP_BY_NAME, GET_STATUS, REMOVE_GROUP, CREATE_GROUP_ENUMERATOR));
}
