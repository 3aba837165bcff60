package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Enumerates the items of a group (DA 3.0 4.4.12, DA 2.05a 4.5.8). */
public interface IEnumOPCItemAttributes {
    /**
     * As many as there still are, at most so many.
     *
     * @return S_FALSE: fewer than asked for, perhaps none
     */
    Result<List<OpcItemAttributes>> next(long celt) throws LinkException, RpcFaultException;

    /** @return S_FALSE: there were not so many */
    Result<Nothing> skip(long celt) throws LinkException, RpcFaultException;

    /** Begins anew. */
    Result<Nothing> reset() throws LinkException, RpcFaultException;

    /** Another one that stands where this one does. */
    Result<Optional<ComPointer<IEnumOPCItemAttributes>>> copy() throws LinkException, RpcFaultException;

    /** Unlike other enumerators': a pointer to as many as there are, then how many. */
    private static List<OpcItemAttributes> readFetched(NdrReader in, long celt) throws MalformedException {
        Optional<List<OpcItemAttributes>> items = in.unique(
                        "ppItemArray",
                        array -> array.construct(here -> Late.all(
                                here.conformant("ppItemArray", OpcItemAttributes.BYTES, OpcItemAttributes::fixed))))
                .get();
        int at = in.offset();
        long fetched = in.u32("pceltFetched");
        List<OpcItemAttributes> all = items.orElse(List.of());
        if ((items.isPresent() && fetched != all.size()) || all.size() > celt) {
            throw in.malformed(
                    "pceltFetched", at, "is " + fetched + " of " + all.size() + ", and asked was for " + celt);
        }
        return all;
    }

    private static void writeFetched(NdrWriter out, long celt, List<OpcItemAttributes> items) {
        if (items.size() > celt) {
            throw new IllegalArgumentException("%d items of %d".formatted(items.size(), celt));
        }
        Params.writeList(out, items, items.size(), (here, one) -> one.write(here));
        out.u32(items.size(), "pceltFetched");
    }

    Operation<IEnumOPCItemAttributes, Long, List<OpcItemAttributes>> NEXT = Operation.sized(
            3,
            "Next",
            Params.u32("celt"),
            Params.<Long, List<OpcItemAttributes>>sized(
                    (in, celt, pointers) -> readFetched(in, celt),
                    (out, celt, items, pointers) -> writeFetched(out, celt, items)),
            in -> List.of(),
            IEnumOPCItemAttributes::next);

    Operation<IEnumOPCItemAttributes, Long, Nothing> SKIP =
            Operation.of(4, "Skip", Params.u32("celt"), IEnumOPCItemAttributes::skip);

    Operation<IEnumOPCItemAttributes, Nothing, Nothing> RESET =
            Operation.of(5, "Reset", Nothing.CODEC, (target, in) -> target.reset());

    Operation<IEnumOPCItemAttributes, Nothing, Optional<ComPointer<IEnumOPCItemAttributes>>> CLONE = Operation.of(
            6,
            "Clone",
            Nothing.CODEC,
            Params.pointer("ppEnumItemAttributes", () -> IEnumOPCItemAttributes.DEF),
            Optional.empty(),
            (target, in) -> target.copy());

    InterfaceDef<IEnumOPCItemAttributes> DEF = InterfaceDef.of(
            "39c13a55-011e-11d0-9675-0020afd8adb3",
            "IEnumOPCItemAttributes",
            caller -> new IEnumOPCItemAttributes() {
                @Override
                public Result<List<OpcItemAttributes>> next(long celt) throws LinkException, RpcFaultException {
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
                public Result<Optional<ComPointer<IEnumOPCItemAttributes>>> copy()
                        throws LinkException, RpcFaultException {
                    return caller.call(CLONE, Nothing.NOTHING);
                }
            },
            List.of(NEXT, SKIP, RESET, CLONE));
}
