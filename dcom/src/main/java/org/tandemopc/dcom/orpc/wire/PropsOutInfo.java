package org.tandemopc.dcom.orpc.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * PropsOutInfo ([MS-DCOM] 2.2.22.2.9): the interfaces that an activation gave: {@code u32 cIfs} and three referents, then
 * conformant arrays of the IIDs, of their HRESULTs, and of unique interface pointers.
 *
 * @param interfaces in the order in which they were asked for; 1 to {@link IActivation#INTERFACES_MAX}
 */
public record PropsOutInfo(List<Result> interfaces) implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x339);

    /**
     * What one interface came to.
     *
     * @param pointer empty if it was not given
     */
    public record Result(Guid iid, int hresult, Optional<InterfacePointer> pointer) {}

    public PropsOutInfo {
        interfaces = List.copyOf(interfaces);
    }

    static PropsOutInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.9",
                here -> here.construct(in -> {
                    int at = in.offset();
                    long count = in.u32("cIfs");
                    if (count < 1 || count > IActivation.INTERFACES_MAX) {
                        throw in.malformed("cIfs", at, "is " + count + ", not 1 to " + IActivation.INTERFACES_MAX);
                    }
                    Late<List<Guid>> iids =
                            in.ref("piid", list -> list.conformant("piid", count, Guid.SIZE, iid -> iid.guid("iid")));
                    Late<List<Integer>> results = in.ref(
                            "phresults",
                            list -> list.conformant("phresults", count, Integer.BYTES, one -> one.i32("hresult")));
                    Late<List<Optional<InterfacePointer>>> pointers =
                            in.ref("ppIntfData", list -> IRemUnknown.readPointers(list, "ppIntfData"));
                    return () -> {
                        if (pointers.get().size() != count) {
                            throw in.malformed(
                                    "ppIntfData", at, "are " + pointers.get().size() + ", and cIfs is " + count);
                        }
                        return of(iids.get(), results.get(), pointers.get());
                    };
                }));
    }

    /** @throws IllegalArgumentException the lists differ in length */
    public static PropsOutInfo of(List<Guid> iids, List<Integer> results, List<Optional<InterfacePointer>> pointers) {
        if (iids.size() != results.size() || iids.size() != pointers.size()) {
            throw new IllegalArgumentException("lists of different length");
        }
        List<Result> interfaces = new ArrayList<>();
        for (int i = 0; i < iids.size(); i++) {
            interfaces.add(new Result(iids.get(i), results.get(i), pointers.get(i)));
        }
        return new PropsOutInfo(interfaces);
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        List<Optional<InterfacePointer>> pointers =
                interfaces.stream().map(Result::pointer).toList();
        out.construct(() -> out.u32(interfaces.size(), "cIfs")
                .ref(interfaces, (here, all) -> here.conformant(all, (last, one) -> last.guid(one.iid())))
                .ref(interfaces, (here, all) -> here.conformant(all, (last, one) -> last.i32(one.hresult())))
                .ref(pointers, IRemUnknown::writePointers));
    }
}
