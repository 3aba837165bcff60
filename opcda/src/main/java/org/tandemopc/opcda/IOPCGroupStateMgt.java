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
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** What a group is as a whole (DA 3.0 4.4.3, DA 2.05a 4.5.3). */
public interface IOPCGroupStateMgt {
    Result<GroupState> getState() throws LinkException, RpcFaultException;

    /** @return the rate that the group has now, in ms; OPC_S_UNSUPPORTEDRATE: not the one that was asked for */
    Result<Long> setState(StateChange call) throws LinkException, RpcFaultException;

    /** @return OPC_E_DUPLICATENAME */
    Result<Nothing> setName(String name) throws LinkException, RpcFaultException;

    /**
     * The same items under a name of its own; not active, and without sinks.
     *
     * @param name empty: the server finds one
     */
    Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid) throws LinkException, RpcFaultException;

    /**
     * The [in] parameters of SetState: what is empty stays as it is. Immutable.
     *
     * @param rateMs 0 to 4,294,967,295
     * @param timeBias minutes
     * @param percentDeadband 0 to 100
     */
    record StateChange(
            Optional<Long> rateMs,
            Optional<Boolean> isActive,
            Optional<Integer> timeBias,
            Optional<Float> percentDeadband,
            Optional<Integer> lcid,
            Optional<Integer> clientHandle) {
        static StateChange read(NdrReader in) throws MalformedException {
            Optional<Long> rateMs = in.unique("pRequestedUpdateRate", here -> here.u32("pRequestedUpdateRate"))
                    .get();
            Optional<Boolean> isActive =
                    in.unique("pActive", here -> here.bool32("pActive")).get();
            Optional<Integer> timeBias =
                    in.unique("pTimeBias", here -> here.i32("pTimeBias")).get();
            Optional<Float> percentDeadband = in.unique("pPercentDeadband", here -> here.f32("pPercentDeadband"))
                    .get();
            Optional<Integer> lcid =
                    in.unique("pLCID", here -> here.i32("pLCID")).get();
            Optional<Integer> clientHandle = in.unique("phClientGroup", here -> here.i32("phClientGroup"))
                    .get();
            return new StateChange(rateMs, isActive, timeBias, percentDeadband, lcid, clientHandle);
        }

        void write(NdrWriter out) {
            out.unique(rateMs, (here, value) -> here.u32(value, "pRequestedUpdateRate"));
            out.unique(isActive, NdrWriter::bool32);
            out.unique(timeBias, NdrWriter::i32);
            out.unique(percentDeadband, NdrWriter::f32);
            out.unique(lcid, NdrWriter::i32);
            out.unique(clientHandle, NdrWriter::i32);
        }
    }

    /** The [in] parameters of CloneGroup. */
    record CloneGroup(String name, Guid iid) {
        static CloneGroup read(NdrReader in) throws MalformedException {
            String name = in.string("szName");
            Guid iid = in.guid("riid");
            return new CloneGroup(name, iid);
        }

        void write(NdrWriter out) {
            out.string(name);
            out.guid(iid);
        }
    }

    /**
     * The [out] parameters of GetState. Immutable.
     *
     * @param rateMs 0 to 4,294,967,295
     * @param timeBias minutes
     */
    record GroupState(
            long rateMs,
            boolean isActive,
            Optional<String> name,
            int timeBias,
            float percentDeadband,
            int lcid,
            int clientHandle,
            int serverHandle) {
        static final GroupState NONE = new GroupState(0, false, Optional.empty(), 0, 0, 0, 0, 0);

        static GroupState read(NdrReader in) throws MalformedException {
            return new GroupState(
                    in.u32("pUpdateRate"),
                    in.bool32("pActive"),
                    in.uniqueString("ppName").get(),
                    in.i32("pTimeBias"),
                    in.f32("pPercentDeadband"),
                    in.i32("pLCID"),
                    in.i32("phClientGroup"),
                    in.i32("phServerGroup"));
        }

        void write(NdrWriter out) {
            out.u32(rateMs, "pUpdateRate")
                    .bool32(isActive)
                    .uniqueString(name)
                    .i32(timeBias)
                    .f32(percentDeadband)
                    .i32(lcid)
                    .i32(clientHandle)
                    .i32(serverHandle);
        }
    }

    Operation<IOPCGroupStateMgt, Nothing, GroupState> GET_STATE = Operation.of(
            3,
            "GetState",
            Nothing.CODEC,
            Codec.<GroupState>of(GroupState::read, (out, state) -> state.write(out)),
            GroupState.NONE,
            (target, in) -> target.getState());

    Operation<IOPCGroupStateMgt, StateChange, Long> SET_STATE = Operation.of(
            4,
            "SetState",
            Codec.<StateChange>of(StateChange::read, (out, call) -> call.write(out)),
            Params.u32("pRevisedUpdateRate"),
            0L,
            IOPCGroupStateMgt::setState);

    Operation<IOPCGroupStateMgt, String, Nothing> SET_NAME =
            Operation.of(5, "SetName", Params.string("szName"), IOPCGroupStateMgt::setName);

    Operation<IOPCGroupStateMgt, CloneGroup, Optional<ComPointer<IUnknown>>> CLONE_GROUP = Operation.of(
            6,
            "CloneGroup",
            Codec.<CloneGroup>of(CloneGroup::read, (out, call) -> call.write(out)),
            Params.pointer("ppUnk", () -> IUnknown.DEF),
            Optional.empty(),
            (target, in) -> target.cloneGroup(in.name(), in.iid()));

    InterfaceDef<IOPCGroupStateMgt> DEF = InterfaceDef.of(
            "39c13a50-011e-11d0-9675-0020afd8adb3",
            "IOPCGroupStateMgt",
            caller -> new IOPCGroupStateMgt() {
                @Override
                public Result<GroupState> getState() throws LinkException, RpcFaultException {
                    return caller.call(GET_STATE, Nothing.NOTHING);
                }

                @Override
                public Result<Long> setState(StateChange call) throws LinkException, RpcFaultException {
                    return caller.call(SET_STATE, call);
                }

                @Override
                public Result<Nothing> setName(String name) throws LinkException, RpcFaultException {
                    return caller.call(SET_NAME, name);
                }

                @Override
                public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(CLONE_GROUP, new CloneGroup(name, iid));
                }
            },
            List.of(GET_STATE, SET_STATE, SET_NAME, CLONE_GROUP));
}
