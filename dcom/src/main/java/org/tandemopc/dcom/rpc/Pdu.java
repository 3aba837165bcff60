package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/**
 * One PDU of the connection-oriented protocol (C706 12.6.4). Made from octets and back by {@link PduCodec}, without loss: what
 * is reserved or padding is kept. Offsets in the tables count from the start of the PDU.
 */
public sealed interface Pdu {
    /** The clause of C706 that errors in a body speak of. */
    String CLAUSE = "C706 12.6.4";

    PduHeader header();

    Tail tail();

    /** The code on the wire ({@link PduType}). */
    int type();

    /** What lies between header and tail. */
    void writeBody(ByteWriter out);

    /** Begins a connection: contexts, sizes and the first token of a login. Client to server. */
    record Bind(PduHeader header, BindOffer offer, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.BIND;
        }

        static Bind read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            return new Bind(header, BindOffer.read(in), rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            offer.write(out);
        }
    }

    /** Server to client. */
    record BindAck(PduHeader header, BindAnswer answer, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.BIND_ACK;
        }

        static BindAck read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            return new BindAck(header, BindAnswer.read(in), rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            answer.write(out);
        }
    }

    /**
     * Refuses a bind. Server to client.
     *
     * <pre>
     *     16     2  provider_reject_reason
     *     18     -  detail: count and list of versions, then what [MS-RPCE] 2.2.2.9 adds. Peers leave out any of it: kept, not read
     * </pre>
     */
    record BindNak(PduHeader header, int reason, Bytes detail, Tail tail) implements Pdu {
        public static final int NOT_SPECIFIED = 0;
        public static final int TEMPORARY_CONGESTION = 1;
        public static final int LOCAL_LIMIT_EXCEEDED = 2;
        public static final int PROTOCOL_VERSION_NOT_SUPPORTED = 4;
        public static final int AUTHENTICATION_TYPE_NOT_RECOGNIZED = 8;
        public static final int INVALID_CHECKSUM = 9;

        /** One version is spoken, 5.0; one octet of padding. */
        private static final Bytes VERSIONS = Bytes.ofHex("01050000");

        public static BindNak of(long callId, int reason) {
            return new BindNak(PduHeader.whole(0, callId), reason, VERSIONS, Tail.NONE);
        }

        @Override
        public int type() {
            return PduType.BIND_NAK;
        }

        static BindNak read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            int reason = in.u16("provider_reject_reason");
            return new BindNak(header, reason, remaining(in), new Tail(Bytes.EMPTY, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u16(reason, "provider_reject_reason").bytes(detail);
        }
    }

    /** Adds contexts to a connection, or a further leg of a login. Client to server. */
    record AlterContext(PduHeader header, BindOffer offer, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.ALTER_CONTEXT;
        }

        static AlterContext read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth)
                throws MalformedException {
            return new AlterContext(header, BindOffer.read(in), rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            offer.write(out);
        }
    }

    /** Server to client. */
    record AlterContextResp(PduHeader header, BindAnswer answer, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.ALTER_CONTEXT_RESP;
        }

        static AlterContextResp read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth)
                throws MalformedException {
            return new AlterContextResp(header, BindAnswer.read(in), rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            answer.write(out);
        }
    }

    /**
     * The last leg of a login that needs no answer ([MS-RPCE] 2.2.2.5). Client to server. Its body is four octets that mean
     * nothing, part of the tail here.
     */
    record Auth3(PduHeader header, Tail tail) implements Pdu {
        private static final int BODY_BYTES = 4;

        public static Auth3 of(PduHeader header, AuthTrailer auth) {
            return new Auth3(header, new Tail(Bytes.of(new byte[BODY_BYTES]), auth));
        }

        @Override
        public int type() {
            return PduType.AUTH3;
        }

        static Auth3 read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            if (auth == null) {
                throw in.malformed("auth_length", in.offset(), "is 0, and an auth3 is nothing but its token");
            }
            return new Auth3(header, rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            // all of it is in the tail
        }
    }

    /**
     * A call, or a fragment of one. Client to server.
     *
     * <pre>
     *     16     4  alloc_hint: a hint at what is still to come; never believed
     *     20     2  p_cont_id
     *     22     2  opnum
     *     24    16  object, if the flag OBJECT_UUID is set
     *      -     -  stub
     * </pre>
     */
    record Request(
            PduHeader header,
            long allocHint,
            int contextId,
            int opnum,
            @Nullable Guid object,
            Bytes stub,
            Tail tail) implements Pdu {
        static final int STUB_AT = PduHeader.BYTES + 8;

        /** @throws IllegalArgumentException the flag OBJECT_UUID does not tell whether there is an object */
        public Request {
            if (header.has(PduHeader.OBJECT_UUID) == (object == null)) {
                throw new IllegalArgumentException("object: " + object + " with flags " + header.flags());
            }
        }

        static int stubAt(PduHeader header) {
            return header.has(PduHeader.OBJECT_UUID) ? STUB_AT + Guid.SIZE : STUB_AT;
        }

        @Override
        public int type() {
            return PduType.REQUEST;
        }

        static Request read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            long allocHint = in.u32("alloc_hint");
            int contextId = in.u16("p_cont_id");
            int opnum = in.u16("opnum");
            Guid object = header.has(PduHeader.OBJECT_UUID) ? Guid.read(in, "object") : null;
            Bytes stub = stubOf(in, auth);
            return new Request(header, allocHint, contextId, opnum, object, stub, padding(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(allocHint, "alloc_hint").u16(contextId, "p_cont_id").u16(opnum, "opnum");
            if (object != null) {
                object.write(out);
            }
            out.bytes(stub);
        }
    }

    /**
     * The answer to a call, or a fragment of it. Server to client.
     *
     * <pre>
     *     16     4  alloc_hint
     *     20     2  p_cont_id
     *     22     1  cancel_count
     *     23     1  reserved
     *     24     -  stub
     * </pre>
     */
    record Response(
            PduHeader header, long allocHint, int contextId, int cancelCount, int reserved, Bytes stub, Tail tail)
            implements Pdu {
        static final int STUB_AT = PduHeader.BYTES + 8;

        @Override
        public int type() {
            return PduType.RESPONSE;
        }

        static Response read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            long allocHint = in.u32("alloc_hint");
            int contextId = in.u16("p_cont_id");
            int cancelCount = in.u8("cancel_count");
            int reserved = in.u8("reserved");
            Bytes stub = stubOf(in, auth);
            return new Response(header, allocHint, contextId, cancelCount, reserved, stub, padding(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(allocHint, "alloc_hint").u16(contextId, "p_cont_id");
            out.u8(cancelCount, "cancel_count").u8(reserved, "reserved").bytes(stub);
        }
    }

    /**
     * A call that came to nothing ([MS-RPCE] 2.2.2.8). Server to client.
     *
     * <pre>
     *     16     4  alloc_hint
     *     20     2  p_cont_id
     *     22     1  cancel_count
     *     23     1  reserved: bit 0 says that extended error data follows
     *     24     4  status
     *     28     4  reserved2
     *     32     -  stub: normally empty
     * </pre>
     */
    record Fault(
            PduHeader header,
            long allocHint,
            int contextId,
            int cancelCount,
            int reserved,
            int status,
            int reserved2,
            Bytes stub,
            Tail tail)
            implements Pdu {
        static final int STUB_AT = PduHeader.BYTES + 16;

        /** @param flags besides first and last fragment */
        public static Fault of(int flags, long callId, int contextId, int status) {
            PduHeader header = PduHeader.whole(flags, callId);
            return new Fault(header, 0, contextId, 0, 0, status, 0, Bytes.EMPTY, Tail.NONE);
        }

        @Override
        public int type() {
            return PduType.FAULT;
        }

        static Fault read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            long allocHint = in.u32("alloc_hint");
            int contextId = in.u16("p_cont_id");
            int cancelCount = in.u8("cancel_count");
            int reserved = in.u8("reserved");
            int status = in.i32("status");
            int reserved2 = in.i32("reserved2");
            Bytes stub = stubOf(in, auth);
            Tail tail = padding(in, auth);
            return new Fault(header, allocHint, contextId, cancelCount, reserved, status, reserved2, stub, tail);
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(allocHint, "alloc_hint").u16(contextId, "p_cont_id");
            out.u8(cancelCount, "cancel_count").u8(reserved, "reserved");
            out.i32(status).i32(reserved2).bytes(stub);
        }
    }

    /** Asks the client to begin no more calls and to leave. Server to client. */
    record Shutdown(PduHeader header, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.SHUTDOWN;
        }

        static Shutdown read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            return new Shutdown(header, rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            // it has none
        }
    }

    /** Asks to end a call early; it is answered all the same. Client to server. */
    record CoCancel(PduHeader header, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.CO_CANCEL;
        }

        static CoCancel read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            return new CoCancel(header, rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            // it has none
        }
    }

    /** Gives up a call: its answer is not wanted any more. Client to server. */
    record Orphaned(PduHeader header, Tail tail) implements Pdu {
        @Override
        public int type() {
            return PduType.ORPHANED;
        }

        static Orphaned read(ByteReader in, PduHeader header, @Nullable AuthTrailer auth) throws MalformedException {
            return new Orphaned(header, rest(in, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            // it has none
        }
    }

    /** A kind that nobody has told of: kept whole, for the connection to refuse. */
    record Unknown(PduHeader header, int type, Bytes body, Tail tail) implements Pdu {
        static Unknown read(ByteReader in, PduHeader header, int type, @Nullable AuthTrailer auth)
                throws MalformedException {
            return new Unknown(header, type, remaining(in), new Tail(Bytes.EMPTY, auth));
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.bytes(body);
        }
    }

    private static Bytes remaining(ByteReader in) throws MalformedException {
        return in.bytes(in.remaining(), "body");
    }

    private static Tail rest(ByteReader in, @Nullable AuthTrailer auth) throws MalformedException {
        return new Tail(in.bytes(in.remaining(), "padding"), auth);
    }

    private static Bytes stubOf(ByteReader in, @Nullable AuthTrailer auth) throws MalformedException {
        int padLength = auth == null ? 0 : auth.padLength();
        if (padLength > in.remaining()) {
            String why = "is " + padLength + " after a stub of " + in.remaining();
            throw in.malformed("auth_pad_length", in.offset(), why);
        }
        return in.bytes(in.remaining() - padLength, "stub");
    }

    private static Tail padding(ByteReader in, @Nullable AuthTrailer auth) throws MalformedException {
        return auth == null ? Tail.NONE : rest(in, auth);
    }
}
