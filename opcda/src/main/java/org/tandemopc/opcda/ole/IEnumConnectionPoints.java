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

/** Enumerates the connection points of an object. */
public interface IEnumConnectionPoints {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<Optional<ComPointer<IConnectionPoint>>>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumConnectionPoints>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumConnectionPoints, Long, List<Optional<ComPointer<IConnectionPoint>>>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            Params.<Optional<ComPointer<IConnectionPoint>>>fetched(
                    "rgelt",
                    Integer.BYTES,
                    (in, pointers) -> pointers.slot(in, "rgelt", IConnectionPoint.DEF),
                    (out, pointer, pointers) -> pointers.write(out, pointer)),
            in -> List.of(),
            IEnumConnectionPoints::next);

    Operation<IEnumConnectionPoints, Long, Nothing> SKIP =
            Operation.of(4, "Skip", Params.u32("celt"), IEnumConnectionPoints::skip);

    Operation<IEnumConnectionPoints, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumConnectionPoints, Nothing, Optional<ComPointer<IEnumConnectionPoints>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumConnectionPoints.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumConnectionPoints> DEF = InterfaceDef.of(
            "b196b285-bab4-101a-b69c-00aa00341d07",
            "IEnumConnectionPoints",
            caller -> new IEnumConnectionPoints() {
                @Override
                public Result<List<Optional<ComPointer<IConnectionPoint>>>> next(long celt)
                        throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumConnectionPoints>>> copy()
                        throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
