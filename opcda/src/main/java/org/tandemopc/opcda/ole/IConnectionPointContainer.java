package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** The object whose clients can be called back (DA 3.0 4.3.5, 4.4.11; DA 2.05a 4.4.5, 4.5.7). */
public interface IConnectionPointContainer {
    Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints() throws LinkException, RpcFaultException;

    /**
     * The point for sinks of that interface.
     *
     * @return CONNECT_E_NOCONNECTION: there is none
     */
    Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid)
            throws LinkException, RpcFaultException;

    Operation<IConnectionPointContainer, Nothing, Optional<ComPointer<IEnumConnectionPoints>>> ENUM_CONNECTION_POINTS =
            Operation.of(
                    3,
                    "EnumConnectionPoints",
                    Nothing.CODEC,
                    Params.pointer("ppEnum", () -> IEnumConnectionPoints.DEF),
                    Optional.empty(),
                    (target, in) -> target.enumConnectionPoints());

    Operation<IConnectionPointContainer, Guid, Optional<ComPointer<IConnectionPoint>>> FIND_CONNECTION_POINT =
            Operation.of(
                    4,
                    "FindConnectionPoint",
                    Params.guid("riid"),
                    Params.pointer("ppCP", () -> IConnectionPoint.DEF),
                    Optional.empty(),
                    IConnectionPointContainer::findConnectionPoint);

    InterfaceDef<IConnectionPointContainer> DEF = InterfaceDef.of(
            "b196b284-bab4-101a-b69c-00aa00341d07",
            "IConnectionPointContainer",
            caller -> new IConnectionPointContainer() {
                @Override
                public Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints()
                        throws LinkException, RpcFaultException {
                    return caller.call(ENUM_CONNECTION_POINTS, Nothing.NOTHING);
                }

                @Override
                public Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(FIND_CONNECTION_POINT, iid);
                }
            },
            List.of(ENUM_CONNECTION_POINTS, FIND_CONNECTION_POINT));
}
