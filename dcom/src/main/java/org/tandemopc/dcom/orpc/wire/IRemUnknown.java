package org.tandemopc.dcom.orpc.wire;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * IRemUnknown and IRemUnknown2 ([MS-DCOM] 3.1.1.5.6, 3.1.1.5.7): the references to the interfaces of an exporter. Called on
 * the IPID that resolution or activation tells. ORPCTHIS stands before the requests, ORPCTHAT before the responses, and an
 * HRESULT behind them: none of these is in the records.
 */
public final class IRemUnknown {
    public static final Guid IID = Guid.of("00000131-0000-0000-c000-000000000046");

    /** IRemUnknown2: the same, and {@link #REM_QUERY_INTERFACE2}. */
    public static final Guid IID2 = Guid.of("00000143-0000-0000-c000-000000000046");

    public static final int REM_QUERY_INTERFACE = 3;
    public static final int REM_ADD_REF = 4;
    public static final int REM_RELEASE = 5;
    public static final int REM_QUERY_INTERFACE2 = 6;

    private static final String CLAUSE = "[MS-DCOM] 3.1.1.5.6.1";
    private static final String CLAUSE2 = "[MS-DCOM] 3.1.1.5.7.1";

    private IRemUnknown() {}

    /**
     * RemQueryInterface, [in]: {@code GUID ripid, u32 cRefs, u16 cIids, conformant GUID[cIids]}.
     *
     * @param ripid any interface of the object that is asked
     * @param refs references wanted to each interface
     */
    public record QueryInterfaceRequest(Guid ripid, long refs, List<Guid> iids) {
        public QueryInterfaceRequest {
            iids = List.copyOf(iids);
        }

        public static QueryInterfaceRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".1", in -> {
                Guid ripid = in.guid("ripid");
                long refs = in.u32("cRefs");
                return new QueryInterfaceRequest(ripid, refs, readIids(in));
            });
        }

        public void write(NdrWriter out) {
            out.guid(ripid).u32(refs, "cRefs");
            writeIids(out, iids);
        }
    }

    /** RemQueryInterface, [out]: {@code unique conformant REMQIRESULT[cIids]}; none if all has failed. */
    public record QueryInterfaceResponse(List<RemQiResult> results) {
        public QueryInterfaceResponse {
            results = List.copyOf(results);
        }

        public static QueryInterfaceResponse read(NdrReader stub) throws MalformedException {
            return stub.under(
                    CLAUSE + ".1",
                    in -> new QueryInterfaceResponse(in.unique(
                                    "ppQIResults",
                                    here -> here.conformant("ppQIResults", RemQiResult.BYTES, RemQiResult::read))
                            .get()
                            .orElse(List.of())));
        }

        public void write(NdrWriter out) {
            out.unique(
                    results.isEmpty() ? Optional.empty() : Optional.of(results),
                    (here, array) -> here.conformant(array, (last, result) -> result.write(last)));
        }
    }

    /** RemAddRef and RemRelease, [in]: {@code u16 cInterfaceRefs, conformant REMINTERFACEREF[cInterfaceRefs]}. */
    public record ReferencesRequest(List<RemInterfaceRef> references) {
        /** What the count can say. */
        public static final int REFERENCES_MAX = 0xFFFF;

        public ReferencesRequest {
            references = List.copyOf(references);
        }

        public static ReferencesRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".2", in -> {
                int count = in.u16("cInterfaceRefs");
                return new ReferencesRequest(
                        in.conformant("InterfaceRefs", count, RemInterfaceRef.BYTES, RemInterfaceRef::read));
            });
        }

        public void write(NdrWriter out) {
            out.u16(references.size(), "cInterfaceRefs");
            out.conformant(references, (here, reference) -> reference.write(here));
        }
    }

    /** RemAddRef, [out]: {@code conformant u32[cInterfaceRefs]}, an HRESULT for each. RemRelease answers nothing. */
    public record AddRefResponse(List<Integer> results) {
        public AddRefResponse {
            results = List.copyOf(results);
        }

        public static AddRefResponse read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".2", in -> new AddRefResponse(readHresults(in, "pResults")));
        }

        public void write(NdrWriter out) {
            out.conformant(results, NdrWriter::i32);
        }
    }

    /** RemQueryInterface2, [in]: {@code GUID ripid, u16 cIids, conformant GUID[cIids]}. */
    public record QueryInterface2Request(Guid ripid, List<Guid> iids) {
        public QueryInterface2Request {
            iids = List.copyOf(iids);
        }

        public static QueryInterface2Request read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE2 + ".1", in -> {
                Guid ripid = in.guid("ripid");
                return new QueryInterface2Request(ripid, readIids(in));
            });
        }

        public void write(NdrWriter out) {
            out.guid(ripid);
            writeIids(out, iids);
        }
    }

    /** RemQueryInterface2, [out]: {@code conformant u32[cIids]}, then {@code conformant unique MInterfacePointer[cIids]}. */
    public record QueryInterface2Response(List<Integer> results, List<Optional<InterfacePointer>> pointers) {
        public QueryInterface2Response {
            results = List.copyOf(results);
            pointers = List.copyOf(pointers);
        }

        public static QueryInterface2Response read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE2 + ".1", in -> {
                List<Integer> results = readHresults(in, "phr");
                return new QueryInterface2Response(results, readPointers(in, "ppMIF"));
            });
        }

        public void write(NdrWriter out) {
            out.conformant(results, NdrWriter::i32);
            writePointers(out, pointers);
        }
    }

    private static List<Guid> readIids(NdrReader in) throws MalformedException {
        int count = in.u16("cIids");
        return in.conformant("iids", count, Guid.SIZE, iid -> iid.guid("iid"));
    }

    private static void writeIids(NdrWriter out, List<Guid> iids) {
        out.u16(iids.size(), "cIids").conformant(iids, NdrWriter::guid);
    }

    static List<Integer> readHresults(NdrReader in, String field) throws MalformedException {
        return in.conformant(field, Integer.BYTES, hresult -> hresult.i32(field));
    }

    static List<Optional<InterfacePointer>> readPointers(NdrReader in, String field) throws MalformedException {
        return in.construct(
                here -> Late.all(here.conformant(field, Integer.BYTES, slot -> InterfacePointer.unique(slot, field))));
    }

    static void writePointers(NdrWriter out, List<Optional<InterfacePointer>> pointers) {
        out.construct(() -> out.conformant(pointers, InterfacePointer::write));
    }
}
