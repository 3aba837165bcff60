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

/** Enumerates who has advised a data object. */
public interface IEnumSTATDATA {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<StatData>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumSTATDATA>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumSTATDATA, Long, List<StatData>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            Params.<StatData>fetched(
                    "rgelt", StatData.BYTES, StatData::fixed, (out, one, pointers) -> one.write(out, pointers)),
            in -> List.of(),
            IEnumSTATDATA::next);

    Operation<IEnumSTATDATA, Long, Nothing> SKIP = Operation.of(4, "Skip", Params.u32("celt"), IEnumSTATDATA::skip);

    Operation<IEnumSTATDATA, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumSTATDATA, Nothing, Optional<ComPointer<IEnumSTATDATA>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumSTATDATA.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumSTATDATA> DEF = InterfaceDef.of(
            "00000105-0000-0000-c000-000000000046",
            "IEnumSTATDATA",
            caller -> new IEnumSTATDATA() {
                @Override
                public Result<List<StatData>> next(long celt) throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumSTATDATA>>> copy() throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
