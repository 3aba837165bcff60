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

/** Enumerates the formats of a data object. */
public interface IEnumFORMATETC {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<FormatEtc>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumFORMATETC>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumFORMATETC, Long, List<FormatEtc>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            OutCodec.<Long, FormatEtc>fetched(
                    "rgelt", Long::longValue, FormatEtc.BYTES, FormatEtc::fixed, (out, one) -> one.write(out)),
            in -> List.of(),
            IEnumFORMATETC::next);

    Operation<IEnumFORMATETC, Long, Nothing> SKIP = Operation.of(4, "Skip", Params.u32("celt"), IEnumFORMATETC::skip);

    Operation<IEnumFORMATETC, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumFORMATETC, Nothing, Optional<ComPointer<IEnumFORMATETC>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumFORMATETC.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumFORMATETC> DEF = InterfaceDef.of(
            "00000103-0000-0000-c000-000000000046",
            "IEnumFORMATETC",
            caller -> new IEnumFORMATETC() {
                @Override
                public Result<List<FormatEtc>> next(long celt) throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumFORMATETC>>> copy() throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
