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

/** Groups that several clients share (DA 2.05a 4.4.7); optional, and not in 3.0. */
public interface IOPCServerPublicGroups {
    Result<Optional<ComPointer<IUnknown>>> getPublicGroupByName(String name, Guid iid)
            throws LinkException, RpcFaultException;

    Result<Nothing> removePublicGroup(int serverHandle, boolean force) throws LinkException, RpcFaultException;

    /** The [in] parameters of GetPublicGroupByName. */
    record GetPublicGroupByName(String name, Guid iid) {
        static GetPublicGroupByName read(NdrReader in) throws MalformedException {
            String name = in.string("szName");
            Guid iid = in.guid("riid");
            return new GetPublicGroupByName(name, iid);
        }

        void write(NdrWriter out) {
            out.string(name);
            out.guid(iid);
        }
    }

    /** The [in] parameters of RemovePublicGroup. */
    record RemovePublicGroup(int serverHandle, boolean force) {
        static RemovePublicGroup read(NdrReader in) throws MalformedException {
            int serverHandle = in.i32("hServerGroup");
            boolean force = in.bool32("bForce");
            return new RemovePublicGroup(serverHandle, force);
        }

        void write(NdrWriter out) {
            out.i32(serverHandle);
            out.bool32(force);
        }
    }

    Operation<IOPCServerPublicGroups, GetPublicGroupByName, Optional<ComPointer<IUnknown>>> GET_PUBLIC_GROUP_BY_NAME =
            Operation.of(
                    3,
                    "GetPublicGroupByName",
                    Codec.<GetPublicGroupByName>of(GetPublicGroupByName::read, (out, call) -> call.write(out)),
                    Params.pointer("ppUnk", () -> IUnknown.DEF),
                    Optional.empty(),
                    (target, in) -> target.getPublicGroupByName(in.name(), in.iid()));

    Operation<IOPCServerPublicGroups, RemovePublicGroup, Nothing> REMOVE_PUBLIC_GROUP = Operation.of(
            4,
            "RemovePublicGroup",
            Codec.<RemovePublicGroup>of(RemovePublicGroup::read, (out, call) -> call.write(out)),
            (target, in) -> target.removePublicGroup(in.serverHandle(), in.force()));

    InterfaceDef<IOPCServerPublicGroups> DEF = InterfaceDef.of(
            "39c13a4e-011e-11d0-9675-0020afd8adb3",
            "IOPCServerPublicGroups",
            caller -> new IOPCServerPublicGroups() {
                @Override
                public Result<Optional<ComPointer<IUnknown>>> getPublicGroupByName(String name, Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_PUBLIC_GROUP_BY_NAME, new GetPublicGroupByName(name, iid));
                }

                @Override
                public Result<Nothing> removePublicGroup(int serverHandle, boolean force)
                        throws LinkException, RpcFaultException {
                    return caller.call(REMOVE_PUBLIC_GROUP, new RemovePublicGroup(serverHandle, force));
                }
            },
            List.of(GET_PUBLIC_GROUP_BY_NAME, REMOVE_PUBLIC_GROUP));
}
