package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Where clients leave the objects that they are called back on. */
public interface IConnectionPoint {
    /** What the sinks must have. */
    Result<Guid> getConnectionInterface() throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer()
            throws LinkException, RpcFaultException;

    /**
     * @param sink mostly its IUnknown: the server asks it for the interface of the point
     * @return the cookie for Unadvise, not 0; CONNECT_E_CANNOTCONNECT: the sink has not the interface, or cannot be reached;
     *     CONNECT_E_ADVISELIMIT: there are enough
     */
    Result<Integer> advise(Optional<ComPointer<IUnknown>> sink) throws LinkException, RpcFaultException;

    /** @return CONNECT_E_NOCONNECTION: no such cookie */
    Result<Nothing> unadvise(int cookie) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IEnumConnections>>> enumConnections() throws LinkException, RpcFaultException;

    Operation<IConnectionPoint, Nothing, Guid> GET_CONNECTION_INTERFACE = Operation.of(
            3,
            "GetConnectionInterface",
            Nothing.CODEC,
            Params.guid("piid"),
            Guid.NULL,
            (target, in) -> target.getConnectionInterface());

    Operation<IConnectionPoint, Nothing, Optional<ComPointer<IConnectionPointContainer>>>
            GET_CONNECTION_POINT_CONTAINER = Operation.of(
                    4,
                    "GetConnectionPointContainer",
                    Nothing.CODEC,
                    Params.pointer("ppCPC", () -> IConnectionPointContainer.DEF),
                    Optional.empty(),
                    (target, in) -> target.getConnectionPointContainer());

    Operation<IConnectionPoint, Optional<ComPointer<IUnknown>>, Integer> ADVISE = Operation.of(
            5,
            "Advise",
            Codec.<Optional<ComPointer<IUnknown>>>of(
                    (in, pointers) -> pointers.read(in, "pUnkSink", IUnknown.DEF),
                    (out, pointer, pointers) -> pointers.write(out, pointer)),
            Params.i32("pdwCookie"),
            0,
            IConnectionPoint::advise);

    Operation<IConnectionPoint, Integer, Nothing> UNADVISE =
            Operation.of(6, "Unadvise", Params.i32("dwCookie"), IConnectionPoint::unadvise);

    Operation<IConnectionPoint, Nothing, Optional<ComPointer<IEnumConnections>>> ENUM_CONNECTIONS = Operation.of(
            7,
            "EnumConnections",
            Nothing.CODEC,
            Params.pointer("ppEnum", () -> IEnumConnections.DEF),
            Optional.empty(),
            (target, in) -> target.enumConnections());

    InterfaceDef<IConnectionPoint> DEF = InterfaceDef.of(
            "b196b286-bab4-101a-b69c-00aa00341d07",
            "IConnectionPoint",
            caller -> new IConnectionPoint() {
                @Override
                public Result<Guid> getConnectionInterface() throws LinkException, RpcFaultException {
                    return caller.call(GET_CONNECTION_INTERFACE, Nothing.NOTHING);
                }

                @Override
                public Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer()
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_CONNECTION_POINT_CONTAINER, Nothing.NOTHING);
                }

                @Override
                public Result<Integer> advise(Optional<ComPointer<IUnknown>> sink)
                        throws LinkException, RpcFaultException {
                    return caller.call(ADVISE, sink);
                }

                @Override
                public Result<Nothing> unadvise(int cookie) throws LinkException, RpcFaultException {
                    return caller.call(UNADVISE, cookie);
                }

                @Override
                public Result<Optional<ComPointer<IEnumConnections>>> enumConnections()
                        throws LinkException, RpcFaultException {
                    return caller.call(ENUM_CONNECTIONS, Nothing.NOTHING);
                }
            },
            List.of(GET_CONNECTION_INTERFACE, GET_CONNECTION_POINT_CONTAINER, ADVISE, UNADVISE, ENUM_CONNECTIONS));
}
