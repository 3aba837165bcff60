package org.tandemopc.dcom.rpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** Remote management (C706 appendix Q), which every server offers on every port. Nobody stops the server by it. */
final class Management implements RpcInterface {
    static final SyntaxId SYNTAX = SyntaxId.of("afa8bd80-7d8a-11c9-bef4-08002b102989", 1, 0);

    private static final int INQ_IF_IDS = 0;
    private static final int INQ_STATS = 1;
    private static final int IS_SERVER_LISTENING = 2;
    private static final int STOP_SERVER_LISTENING = 3;
    private static final int INQ_PRINC_NAME = 4;

    private static final int OK = 0;
    private static final int ACCESS_DENIED = 5;
    private static final int FIRST_REFERENT = 0x0002_0000;
    private static final int REFERENT_STEP = 4;
    private static final int PRINC_NAME_MAX = 1_024;

    private final RpcServer server;

    Management(RpcServer server) {
        this.server = server;
    }

    @Override
    public SyntaxId syntax() {
        return SYNTAX;
    }

    @Override
    public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        return AuthLevel.NONE;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case INQ_IF_IDS -> (call, stub) -> inqIfIds();
            case INQ_STATS -> this::inqStats;
            case IS_SERVER_LISTENING ->
                (call, stub) -> new ByteWriter().i32(OK).i32(1).toBytes();
            case STOP_SERVER_LISTENING ->
                (call, stub) -> new ByteWriter().i32(ACCESS_DENIED).toBytes();
            case INQ_PRINC_NAME -> Management::inqPrincName;
            default -> null;
        };
    }

    /** [out] rpc_if_id_vector_t**, status: a pointer to a conformant structure of pointers. */
    private Bytes inqIfIds() {
        List<SyntaxId> all = new ArrayList<>(server.interfaces().listed());
        all.add(SYNTAX);
        ByteWriter out = new ByteWriter();
        out.i32(FIRST_REFERENT).u32(all.size(), "max_count").u32(all.size(), "count");
        for (int i = 1; i <= all.size(); i++) {
            out.i32(FIRST_REFERENT + i * REFERENT_STEP);
        }
        for (SyntaxId syntax : all) {
            syntax.uuid().write(out.align(4));
            out.u16(syntax.major(), "vers_major").u16(syntax.minor(), "vers_minor");
        }
        return out.align(4).i32(OK).toBytes();
    }

    /** [in, out] count, [out] statistics[count], status: calls in, calls out, packets in, packets out. */
    private Bytes inqStats(CallContext call, Bytes stub) throws MalformedException {
        long asked = stub.reader().order(call.order()).u32("count");
        ServerStatistics now = server.statistics();
        long[] all = {now.callsIn(), 0, now.pdusIn(), now.pdusOut()};
        int count = Math.toIntExact(Math.min(all.length, asked));
        ByteWriter out = new ByteWriter().u32(count, "max_count").u32(count, "count");
        for (int i = 0; i < count; i++) {
            out.u32(all[i] & 0xFFFF_FFFFL, "statistics");
        }
        return out.i32(OK).toBytes();
    }

    /** [in] authn_proto, [in] princ_name_size, [out, string] princ_name, status. There are no principal names here: empty. */
    private static Bytes inqPrincName(CallContext call, Bytes stub) throws MalformedException {
        ByteReader in = stub.reader().order(call.order());
        in.u32("authn_proto");
        long size = in.u32("princ_name_size");
        if (size == 0 || size > PRINC_NAME_MAX) {
            throw in.malformed("princ_name_size", 4, "is " + size);
        }
        Bytes name = Bytes.of("\0".getBytes(StandardCharsets.US_ASCII));
        ByteWriter out = new ByteWriter().u32(size, "max_count").u32(0, "offset");
        return out.u32(name.size(), "actual_count").bytes(name).align(4).i32(OK).toBytes();
    }
}
