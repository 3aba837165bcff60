package org.tandemopc.dcom.rpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;

/**
 * The endpoint mapper (C706 appendix O): tells the ports of interfaces. What it tells is given from outside; nobody changes it
 * over the network. And the one question that a client asks it.
 */
public final class EndpointMapper implements RpcInterface {
    public static final SyntaxId SYNTAX = SyntaxId.of("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0);

    /** Where it listens. */
    public static final int PORT = 135;

    /** Nothing (more) is registered. */
    static final int NOT_REGISTERED = 0x16C9_A0D6;

    static final int CANNOT_PERFORM = 0x16C9_A0CD;

    private static final int INSERT = 0;
    private static final int DELETE = 1;
    private static final int LOOKUP = 2;
    private static final int MAP = 3;
    private static final int LOOKUP_HANDLE_FREE = 4;
    private static final int MGMT_DELETE = 6;

    private static final int OK = 0;
    private static final String CLAUSE = "C706 O";
    private static final int ENTRIES_MAX = 500;
    private static final int ANNOTATION_MAX = 63;
    private static final int FIRST_REFERENT = 0x0002_0000;
    private static final int REFERENT_STEP = 4;
    private static final int PORTS_ASKED = 4;

    /**
     * An interface that can be reached.
     *
     * @param object nil: any
     * @param annotation for people, ASCII; at most 63 characters are told
     */
    public record Endpoint(SyntaxId syntax, Guid object, int port, String annotation) {
        public static Endpoint of(SyntaxId syntax, int port, String annotation) {
            return new Endpoint(syntax, Guid.NULL, port, annotation);
        }
    }

    /** What is left of a lookup. */
    private static final class Cursor {
        private final List<Endpoint> all;
        private int told;

        Cursor(List<Endpoint> all) {
            this.all = all;
        }

        synchronized List<Endpoint> next(int most) {
            List<Endpoint> next = all.subList(told, Math.min(all.size(), told + most));
            told += next.size();
            return next;
        }
    }

    private final Supplier<List<Endpoint>> endpoints;

    /** @param endpoints asked for each call, from any thread */
    public EndpointMapper(Supplier<List<Endpoint>> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public SyntaxId syntax() {
        return SYNTAX;
    }

    /** Clients ask it before they can log in anywhere. */
    @Override
    public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        return AuthLevel.NONE;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case INSERT, DELETE, MGMT_DELETE ->
                (call, stub) -> new ByteWriter().i32(CANNOT_PERFORM).toBytes();
            case LOOKUP -> this::lookup;
            case MAP -> this::map;
            case LOOKUP_HANDLE_FREE -> EndpointMapper::free;
            default -> null;
        };
    }

    // ---- ept_map

    private Bytes map(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        ByteReader in = stub.reader().order(call.order()).clause(CLAUSE);
        if (in.u32("object") != 0) {
            Guid.read(in, "object");
        }
        Tower asked = in.u32("map_tower") == 0 ? null : readTower(in);
        readHandle(in);
        int most = entriesMax(in, "max_towers");
        List<Tower> towers = asked == null ? List.of() : towersFor(asked, call);
        List<Tower> told = towers.subList(0, Math.min(most, towers.size()));
        ByteWriter out = new ByteWriter();
        writeHandle(out, Guid.NULL);
        out.u32(told.size(), "num_towers");
        out.u32(most, "max_count").u32(0, "offset").u32(told.size(), "actual_count");
        for (int i = 0; i < told.size(); i++) {
            out.i32(FIRST_REFERENT + i * REFERENT_STEP);
        }
        told.forEach(tower -> writeTower(out, tower));
        return out.align(4).i32(told.isEmpty() ? NOT_REGISTERED : OK).toBytes();
    }

    private List<Tower> towersFor(Tower asked, CallContext call) throws MalformedException {
        SyntaxId syntax = asked.syntax();
        if (syntax == null || asked.tcpPort().isEmpty()) {
            return List.of();
        }
        List<Tower> towers = new ArrayList<>();
        for (Endpoint endpoint : endpoints.get()) {
            if (endpoint.syntax().serves(syntax)) {
                towers.add(towerOf(endpoint, call));
            }
        }
        return towers;
    }

    /** At the address that the client knows already: others may not be reachable for it. */
    private static Tower towerOf(Endpoint endpoint, CallContext call) {
        return Tower.tcp(endpoint.syntax(), endpoint.port(), call.localAddress().getAddress());
    }

    // ---- ept_lookup

    private Bytes lookup(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        ByteReader in = stub.reader().order(call.order()).clause(CLAUSE);
        int inquiry = in.i32("inquiry_type");
        Guid object = in.u32("object") == 0 ? Guid.NULL : Guid.read(in, "object");
        SyntaxId syntax = in.u32("interface_id") == 0 ? SyntaxId.NONE : readInterfaceId(in);
        int versions = in.i32("vers_option");
        Guid handle = readHandle(in);
        int most = entriesMax(in, "max_ents");
        Cursor cursor;
        if (handle.equals(Guid.NULL)) {
            Predicate<Endpoint> asked = asked(in, inquiry, object, syntax, versions);
            cursor = new Cursor(endpoints.get().stream().filter(asked).toList());
        } else {
            cursor = call.group().find(handle, Cursor.class);
            if (cursor == null) {
                throw new RpcFaultException(RpcStatus.CONTEXT_MISMATCH);
            }
        }
        List<Endpoint> told = cursor.next(most);
        if (told.size() < most) {
            // that was all: smbtorture takes fewer than it asked for as the end, and wants the handle to be so too
            call.group().close(handle);
            handle = Guid.NULL;
        } else if (handle.equals(Guid.NULL)) {
            // although that may have been all: rpcclient asks for one each time and would begin again without a handle
            handle = call.group().open(cursor);
        }
        return entries(told, handle, most, call);
    }

    private static Predicate<Endpoint> asked(ByteReader in, int inquiry, Guid object, SyntaxId syntax, int versions)
            throws MalformedException {
        Predicate<Endpoint> byInterface = endpoint ->
                endpoint.syntax().uuid().equals(syntax.uuid()) && isOfVersion(endpoint.syntax(), syntax, versions);
        Predicate<Endpoint> byObject = endpoint -> endpoint.object().equals(object);
        return switch (inquiry) {
            case 0 -> endpoint -> true;
            case 1 -> byInterface;
            case 2 -> byObject;
            case 3 -> byInterface.and(byObject);
            default -> throw in.malformed("inquiry_type", 0, "is " + inquiry);
        };
    }

    /** C706 O.2, vers_option: all, compatible, exact, major only, up to. */
    private static boolean isOfVersion(SyntaxId offered, SyntaxId asked, int versions) {
        return switch (versions) {
            case 2 -> offered.serves(asked);
            case 3 -> offered.equals(asked);
            case 4 -> offered.major() == asked.major();
            case 5 ->
                offered.major() < asked.major()
                        || (offered.major() == asked.major() && offered.minor() <= asked.minor());
            default -> true;
        };
    }

    private static Bytes entries(List<Endpoint> told, Guid handle, int most, CallContext call) {
        ByteWriter out = new ByteWriter();
        writeHandle(out, handle);
        out.u32(told.size(), "num_ents");
        out.u32(most, "max_count").u32(0, "offset").u32(told.size(), "actual_count");
        for (int i = 0; i < told.size(); i++) {
            Endpoint endpoint = told.get(i);
            endpoint.object().write(out.align(4));
            out.i32(FIRST_REFERENT + i * REFERENT_STEP);
            Bytes annotation = annotation(endpoint);
            out.u32(0, "offset").u32(annotation.size(), "actual_count").bytes(annotation);
        }
        told.forEach(endpoint -> writeTower(out, towerOf(endpoint, call)));
        return out.align(4).i32(told.isEmpty() ? NOT_REGISTERED : OK).toBytes();
    }

    private static Bytes annotation(Endpoint endpoint) {
        String text = endpoint.annotation();
        String told = text.substring(0, Math.min(ANNOTATION_MAX, text.length()));
        return Bytes.of((told + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    // ---- ept_lookup_handle_free

    private static Bytes free(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        Guid handle = readHandle(stub.reader().order(call.order()).clause(CLAUSE));
        if (!handle.equals(Guid.NULL) && !call.group().close(handle)) {
            throw new RpcFaultException(RpcStatus.CONTEXT_MISMATCH);
        }
        ByteWriter out = new ByteWriter();
        writeHandle(out, Guid.NULL);
        return out.i32(OK).toBytes();
    }

    // ---- parameters

    private static int entriesMax(ByteReader in, String field) throws MalformedException {
        in.align(4);
        int at = in.offset();
        long most = in.u32(field);
        if (most > ENTRIES_MAX) {
            throw in.malformed(field, at, "is " + most + ", more than " + ENTRIES_MAX);
        }
        return Math.toIntExact(most);
    }

    private static SyntaxId readInterfaceId(ByteReader in) throws MalformedException {
        Guid uuid = Guid.read(in, "interface_id");
        int major = in.u16("vers_major");
        return new SyntaxId(uuid, major, in.u16("vers_minor"));
    }

    /** twr_t: a conformant structure, so that its length comes twice. */
    private static Tower readTower(ByteReader in) throws MalformedException {
        in.align(4);
        int at = in.offset();
        int size = in.count("tower.max_count", 1, Tower.BYTES_MAX);
        if (in.u32("tower_length") != size) {
            throw in.malformed("tower_length", at + 4, "is not " + size);
        }
        return Tower.read(in.bytes(size, "tower"));
    }

    private static void writeTower(ByteWriter out, Tower tower) {
        Bytes octets = tower.write();
        out.align(4)
                .u32(octets.size(), "max_count")
                .u32(octets.size(), "tower_length")
                .bytes(octets);
    }

    /** A context handle: attributes, which are 0, and a UUID. */
    private static Guid readHandle(ByteReader in) throws MalformedException {
        in.align(4);
        in.u32("entry_handle.attributes");
        return Guid.read(in, "entry_handle");
    }

    private static void writeHandle(ByteWriter out, Guid handle) {
        handle.write(out.align(4).i32(0));
    }

    // ---- the client's question

    /**
     * Asks the endpoint mapper at the other end for the port of an interface.
     *
     * @return empty: it is not registered with TCP
     * @throws LinkException as {@link RpcClient#call}, or the answer cannot be read
     */
    public static OptionalInt portOf(SyntaxId syntax, RpcClient client, Deadline deadline)
            throws LinkException, RpcFaultException {
        ByteWriter in = new ByteWriter();
        in.i32(0).i32(FIRST_REFERENT);
        writeTower(in, Tower.tcp(syntax, 0, client.remoteAddress().getAddress()));
        writeHandle(in, Guid.NULL);
        in.u32(PORTS_ASKED, "max_towers");
        RpcAnswer answer = client.call(SYNTAX, MAP, null, in.toBytes(), deadline);
        try {
            return port(answer);
        } catch (MalformedException e) {
            throw new LinkException(
                    "the endpoint mapper of %s answered what cannot be read: %s"
                            .formatted(client.remoteAddress(), e.getMessage()),
                    e);
        }
    }

    static OptionalInt port(RpcAnswer answer) throws MalformedException {
        ByteReader in = answer.stub().reader().order(answer.order()).clause(CLAUSE);
        readHandle(in);
        in.u32("num_towers");
        in.u32("max_count");
        in.u32("offset");
        int count = in.count("actual_count", 4, PORTS_ASKED);
        int towers = 0;
        for (int i = 0; i < count; i++) {
            towers += in.u32("tower") == 0 ? 0 : 1;
        }
        for (int i = 0; i < towers; i++) {
            OptionalInt port = readTower(in).tcpPort();
            if (port.isPresent()) {
                return port;
            }
        }
        return OptionalInt.empty();
    }
}
