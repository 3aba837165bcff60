package org.tandemopc.dcom.orpc.wire;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * IObjectExporter, also IOXIDResolver ([MS-DCOM] 3.1.2.5.1): where the exporter of an OXID is, and that objects are in use. A
 * plain interface of RPC on the resolver's port: no ORPCTHIS, no object, the last result a status of RPC, 0 if all is well.
 */
public final class IObjectExporter {
    public static final SyntaxId SYNTAX = SyntaxId.of("99fcfec4-5260-101b-bbcb-00aa0021347a", 0, 0);

    public static final int RESOLVE_OXID = 0;
    public static final int SIMPLE_PING = 1;
    public static final int COMPLEX_PING = 2;
    public static final int SERVER_ALIVE = 3;
    public static final int RESOLVE_OXID2 = 4;
    public static final int SERVER_ALIVE2 = 5;

    /** OR_INVALID_OXID: nobody exports under it, or not any more. */
    public static final int INVALID_OXID = 1910;

    /** OR_INVALID_OID. */
    public static final int INVALID_OID = 1911;

    /** OR_INVALID_SET: there is no such set of pings, or not any more. */
    public static final int INVALID_SET = 1912;

    private static final String CLAUSE = "[MS-DCOM] 3.1.2.5.1";

    private IObjectExporter() {}

    /**
     * ResolveOxid and ResolveOxid2, [in]: {@code u64 oxid, u16 count, conformant u16[count]}.
     *
     * @param protseqs towers that the client can use; 7 is TCP
     */
    public record ResolveOxidRequest(long oxid, List<Integer> protseqs) {
        public ResolveOxidRequest {
            protseqs = List.copyOf(protseqs);
        }

        public static ResolveOxidRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".1", in -> {
                long oxid = in.i64("pOxid");
                int count = in.u16("cRequestedProtseqs");
                return new ResolveOxidRequest(
                        oxid, in.conformant("arRequestedProtseqs", count, Short.BYTES, tower -> tower.u16("protseq")));
            });
        }

        public void write(NdrWriter out) {
            out.i64(oxid).u16(protseqs.size(), "cRequestedProtseqs");
            out.conformant(protseqs, (here, tower) -> here.u16(tower, "protseq"));
        }
    }

    /**
     * ResolveOxid, [out]: {@code unique DUALSTRINGARRAY, GUID ipid, u32 hint, u32 status}.
     *
     * @param bindings where the exporter listens; empty if it is not found
     * @param ipidRemUnknown the exporter's IRemUnknown
     * @param authnHint least level that the exporter takes, a code of {@link org.tandemopc.dcom.rpc.AuthLevel}
     */
    public record ResolveOxidResponse(
            Optional<DualStringArray> bindings, Guid ipidRemUnknown, long authnHint, int status) {
        public static ResolveOxidResponse read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".1", in -> {
                Optional<DualStringArray> bindings =
                        in.unique("ppdsaOxidBindings", DualStringArray::read).get();
                return new ResolveOxidResponse(
                        bindings, in.guid("pipidRemUnknown"), in.u32("pAuthnHint"), in.i32("status"));
            });
        }

        public void write(NdrWriter out) {
            out.unique(bindings, (here, array) -> array.write(here));
            out.guid(ipidRemUnknown).u32(authnHint, "pAuthnHint").i32(status);
        }
    }

    /** ResolveOxid2, [out]: as {@link ResolveOxidResponse}, with the exporter's COMVERSION before the status. */
    public record ResolveOxid2Response(
            Optional<DualStringArray> bindings, Guid ipidRemUnknown, long authnHint, ComVersion version, int status) {
        public static ResolveOxid2Response read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".5", in -> {
                Optional<DualStringArray> bindings =
                        in.unique("ppdsaOxidBindings", DualStringArray::read).get();
                return new ResolveOxid2Response(
                        bindings,
                        in.guid("pipidRemUnknown"),
                        in.u32("pAuthnHint"),
                        ComVersion.read(in),
                        in.i32("status"));
            });
        }

        public void write(NdrWriter out) {
            out.unique(bindings, (here, array) -> array.write(here));
            out.guid(ipidRemUnknown).u32(authnHint, "pAuthnHint");
            version.write(out);
            out.i32(status);
        }
    }

    /** SimplePing, [in]: {@code u64 setId}. What it answers is a {@link Status}. */
    public record SimplePingRequest(long setId) {
        public static SimplePingRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".2", in -> new SimplePingRequest(in.i64("pSetId")));
        }

        public void write(NdrWriter out) {
            out.i64(setId);
        }
    }

    /** SimplePing and ServerAlive, [out]: the status alone. */
    public record Status(int status) {
        public static Status read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE, in -> new Status(in.i32("status")));
        }

        public void write(NdrWriter out) {
            out.i32(status);
        }
    }

    /**
     * ComplexPing, [in]: {@code u64 setId, u16 sequence, u16 cAdd, u16 cDel, unique conformant u64[cAdd], unique conformant
     * u64[cDel]}. At most 65,535 objects each.
     *
     * @param setId 0: a new one is asked for
     */
    public record ComplexPingRequest(long setId, int sequence, List<Long> added, List<Long> removed) {
        public ComplexPingRequest {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }

        public static ComplexPingRequest read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".3", in -> {
                long setId = in.i64("pSetId");
                int sequence = in.u16("SequenceNum");
                int added = in.u16("cAddToSet");
                int removed = in.u16("cDelFromSet");
                return new ComplexPingRequest(
                        setId, sequence, oids(in, "AddToSet", added), oids(in, "DelFromSet", removed));
            });
        }

        private static List<Long> oids(NdrReader in, String field, int count) throws MalformedException {
            int at = in.offset();
            Optional<List<Long>> oids = in.unique(
                            field, here -> here.conformant(field, count, Long.BYTES, oid -> oid.i64("oid")))
                    .get();
            if (oids.isEmpty() && count > 0) {
                throw in.malformed(field, at, "is NULL, and " + count + " objects were said before");
            }
            return oids.orElse(List.of());
        }

        public void write(NdrWriter out) {
            out.i64(setId).u16(sequence, "SequenceNum");
            out.u16(added.size(), "cAddToSet").u16(removed.size(), "cDelFromSet");
            writeOids(out, added);
            writeOids(out, removed);
        }

        private static void writeOids(NdrWriter out, List<Long> oids) {
            out.unique(
                    oids.isEmpty() ? Optional.empty() : Optional.of(oids),
                    (here, array) -> here.conformant(array, NdrWriter::i64));
        }
    }

    /**
     * ComplexPing, [out]: {@code u64 setId, u16 factor, u32 status}.
     *
     * @param backoffFactor 0: pings every two minutes; more asks for fewer, and may be left unheard
     */
    public record ComplexPingResponse(long setId, int backoffFactor, int status) {
        public static ComplexPingResponse read(NdrReader stub) throws MalformedException {
            return stub.under(
                    CLAUSE + ".3",
                    in -> new ComplexPingResponse(in.i64("pSetId"), in.u16("pPingBackoffFactor"), in.i32("status")));
        }

        public void write(NdrWriter out) {
            out.i64(setId).u16(backoffFactor, "pPingBackoffFactor").i32(status);
        }
    }

    /**
     * ServerAlive2, [out]: {@code COMVERSION, unique DUALSTRINGARRAY, u32 reserved, u32 status}.
     *
     * @param bindings of the resolver
     */
    public record ServerAlive2Response(ComVersion version, Optional<DualStringArray> bindings, int status) {
        public static ServerAlive2Response read(NdrReader stub) throws MalformedException {
            return stub.under(CLAUSE + ".6", in -> {
                ComVersion version = ComVersion.read(in);
                Optional<DualStringArray> bindings =
                        in.unique("ppdsaOrBindings", DualStringArray::read).get();
                in.u32("pReserved");
                return new ServerAlive2Response(version, bindings, in.i32("status"));
            });
        }

        public void write(NdrWriter out) {
            version.write(out);
            out.unique(bindings, (here, array) -> array.write(here));
            out.u32(0, "pReserved").i32(status);
        }
    }
}
