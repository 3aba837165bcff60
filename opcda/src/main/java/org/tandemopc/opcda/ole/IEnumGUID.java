package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Enumerates GUIDs: classes, categories. */
public interface IEnumGUID {
    /**
     * As many as there still are, at most so many.
     *
     * @param celt 0 to 4,294,967,295; a server has a limit of its own
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<Guid>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumGUID>>> copy() throws LinkException, RpcFaultException;

    Operation<IEnumGUID, Long, List<Guid>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            OutCodec.<Long, Guid>fetched(
                    "rgelt", Long::longValue, Guid.SIZE, in -> Late.of(in.guid("rgelt")), NdrWriter::guid),
            in -> List.of(),
            IEnumGUID::next);

    Operation<IEnumGUID, Long, Nothing> SKIP = Operation.of(4, "Skip", Params.u32("celt"), IEnumGUID::skip);

    Operation<IEnumGUID, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumGUID, Nothing, Optional<ComPointer<IEnumGUID>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppenum", () -> IEnumGUID.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumGUID> DEF = InterfaceDef.of(
            "0002e000-0000-0000-c000-000000000046",
            "IEnumGUID",
            caller -> new IEnumGUID() {
                @Override
                public Result<List<Guid>> next(long celt) throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumGUID>>> copy() throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
