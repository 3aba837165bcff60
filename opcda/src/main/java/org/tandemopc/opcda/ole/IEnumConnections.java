package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Enumerates who has advised a connection point. */
public interface IEnumConnections {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<ConnectData>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumConnections>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumConnections, Long, List<ConnectData>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            Params.<ConnectData>fetched(
                    "rgcd", ConnectData.BYTES, ConnectData::fixed, (out, one, pointers) -> one.write(out, pointers)),
            in -> List.of(),
            IEnumConnections::next);

    Operation<IEnumConnections, Long, Nothing> SKIP =
            Operation.of(4, "Skip", Params.u32("celt"), IEnumConnections::skip);

    Operation<IEnumConnections, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumConnections, Nothing, Optional<ComPointer<IEnumConnections>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumConnections.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumConnections> DEF = InterfaceDef.of(
            "b196b287-bab4-101a-b69c-00aa00341d07",
            "IEnumConnections",
            caller -> new IEnumConnections() {
                @Override
                public Result<List<ConnectData>> next(long celt) throws LinkException, RpcFaultException {
                    return caller.call(NEXT, celt);
                }

                @Override
                public Result<Nothing> skip(long celt) throws LinkException, RpcFaultException {
                    return caller.call(SKIP, celt);
                }

                @Override
                public Result<Nothing> reset() throws LinkException, RpcFaultException {
                    return caller.call(RESET, Nothing.NOTHING);
                }

                @Override
                public Result<Optional<ComPointer<IEnumConnections>>> copy() throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
