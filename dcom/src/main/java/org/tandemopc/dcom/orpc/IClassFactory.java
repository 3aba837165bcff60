package org.tandemopc.dcom.orpc;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** Makes objects of one class ([MS-DCOM] 3.1.1.5.9); what RemoteGetClassObject gives. The outer object never travels. */
public interface IClassFactory {
    /** @return the object as the interface that was asked for */
    Result<Optional<ComPointer<IUnknown>>> createInstance(Guid iid) throws LinkException, RpcFaultException;

    /** Keeps the class at hand; here it always is. */
    Result<Nothing> lockServer(boolean lock) throws LinkException, RpcFaultException;

    Operation<IClassFactory, Guid, Optional<ComPointer<IUnknown>>> CREATE_INSTANCE = Operation.of(
            3,
            "RemoteCreateInstance",
            Codec.of(in -> in.guid("riid"), NdrWriter::guid),
            Codec.<Optional<ComPointer<IUnknown>>>of(
                    (in, pointers) -> pointers.read(in, "ppvObject", IUnknown.DEF),
                    (out, pointer, pointers) -> pointers.write(out, pointer)),
            Optional.empty(),
            IClassFactory::createInstance);

    Operation<IClassFactory, Boolean, Nothing> LOCK_SERVER = Operation.of(
            4,
            "RemoteLockServer",
            Codec.of((NdrReader in) -> in.bool32("fLock"), NdrWriter::bool32),
            IClassFactory::lockServer);

    InterfaceDef<IClassFactory> DEF = InterfaceDef.of(
            "00000001-0000-0000-c000-000000000046",
            "IClassFactory",
            caller -> new IClassFactory() {
                @Override
                public Result<Optional<ComPointer<IUnknown>>> createInstance(Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(CREATE_INSTANCE, iid);
                }

                @Override
                public Result<Nothing> lockServer(boolean lock) throws LinkException, RpcFaultException {
                    return caller.call(LOCK_SERVER, lock);
                }
            },
            List.of(CREATE_INSTANCE, LOCK_SERVER));
}
