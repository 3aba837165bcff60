package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Enumerates strings. */
public interface IEnumString {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<String>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumString>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumString, Long, List<String>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            OutCodec.<Long, String>fetched(
                    "rgelt", Long::longValue, Integer.BYTES, in -> Params.text(in, "rgelt"), Params::writeText),
            in -> List.of(),
            IEnumString::next);

    Operation<IEnumString, Long, Nothing> SKIP = Operation.of(4, "Skip", Params.u32("celt"), IEnumString::skip);

    Operation<IEnumString, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumString, Nothing, Optional<ComPointer<IEnumString>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumString.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumString> DEF = InterfaceDef.of(
            "00000101-0000-0000-c000-000000000046",
            "IEnumString",
            caller -> new IEnumString() {
                @Override
                public Result<List<String>> next(long celt) throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumString>>> copy() throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
