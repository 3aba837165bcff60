package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * What a client may append to the stub of a protected request ([MS-RPCE] 2.2.2.13): once more, and signed, what the headers
 * say that no signature covers. Always little endian.
 *
 * <pre>
 * offset  size  field
 *      0     8  8a e3 13 71 02 f4 36 71
 *      8     -  commands: u16 command and flags, u16 length, data
 * </pre>
 *
 * @param commands at least one
 */
public record VerificationTrailer(List<Command> commands) {
    private static final String CLAUSE = "[MS-RPCE] 2.2.2.13";
    private static final Bytes SIGNATURE = Bytes.ofHex("8ae3137102f43671");
    private static final byte SIGNATURE_BEGIN = SIGNATURE.at(0);
    private static final int ALIGNMENT = 4;

    /** The commands that exist take 80 octets; nobody is made to search a stub of megabytes. */
    private static final int SEARCHED_BYTES = 1024;

    private static final int LAST = 0x4000;
    private static final int MUST_UNDERSTAND = 0x8000;
    private static final int COMMAND = 0x3FFF;

    private static final int BITMASK1 = 1;
    private static final int PCONTEXT = 2;
    private static final int HEADER2 = 3;

    public VerificationTrailer {
        commands = List.copyOf(commands);
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("no commands");
        }
    }

    /** One statement of the client. */
    public sealed interface Command {
        /** Whether a server that cannot check it must refuse the call. */
        boolean mustUnderstand();
    }

    /** @param bits bit 0: the client supports header signing */
    public record Bitmask1(boolean mustUnderstand, int bits) implements Command {}

    /** The presentation context of the request, spelt out. */
    public record PresentationContext(boolean mustUnderstand, SyntaxId abstractSyntax, SyntaxId transferSyntax)
            implements Command {}

    /** The fields of the request's header that are not signed. */
    public record Header2(
            boolean mustUnderstand,
            int type,
            int reserved1,
            int reserved2,
            DataRep dataRep,
            long callId,
            int contextId,
            int opnum)
            implements Command {
        private static final int BYTES = 16;
    }

    /** A command of later days. */
    public record Other(boolean mustUnderstand, int command, Bytes data) implements Command {}

    /**
     * The trailer of a whole stub, looked for from its end.
     *
     * @return null: there is none. Octets that only look like the beginning of one are the caller's business
     */
    public static @Nullable VerificationTrailer find(Bytes stub) {
        byte[] octets = end(stub);
        for (int at = octets.length / ALIGNMENT * ALIGNMENT; at >= 0; at -= ALIGNMENT) {
            int to = at + SIGNATURE.size();
            if (to <= octets.length
                    && octets[at] == SIGNATURE_BEGIN
                    && Bytes.of(octets, at, to).equals(SIGNATURE)) {
                try {
                    return read(ByteReader.over(octets, at, octets.length));
                } catch (MalformedException e) {
                    // data that happens to hold the signature: there may be a true one before it
                    continue;
                }
            }
        }
        return null;
    }

    private static byte[] end(Bytes stub) {
        int from = Math.max(0, stub.size() - SEARCHED_BYTES) / ALIGNMENT * ALIGNMENT;
        try {
            ByteReader in = stub.reader();
            in.skip(from, "stub");
            return in.bytes(in.remaining(), "stub").toArray();
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads up to the last command; what follows is padding. */
    static VerificationTrailer read(ByteReader in) throws MalformedException {
        in.clause(CLAUSE).order(ByteOrder.LITTLE_ENDIAN);
        if (!in.bytes(SIGNATURE.size(), "signature").equals(SIGNATURE)) {
            throw in.malformed("signature", 0, "is another");
        }
        List<Command> commands = new ArrayList<>();
        boolean last = false;
        while (!last) {
            int at = in.offset();
            int head = in.u16("command");
            int length = in.u16("length");
            Bytes data = in.bytes(length, "data");
            commands.add(command(in, at, head, data));
            last = (head & LAST) != 0;
        }
        return new VerificationTrailer(commands);
    }

    private static Command command(ByteReader in, int at, int head, Bytes data) throws MalformedException {
        boolean must = (head & MUST_UNDERSTAND) != 0;
        ByteReader body = data.reader().clause(CLAUSE);
        Command command = switch (head & COMMAND) {
            case BITMASK1 -> new Bitmask1(must, body.i32("bits"));
            case PCONTEXT ->
                new PresentationContext(
                        must, SyntaxId.read(body, "abstract_syntax"), SyntaxId.read(body, "transfer_syntax"));
            case HEADER2 -> readHeader2(must, body);
            default -> {
                Bytes unread = body.bytes(body.remaining(), "data");
                yield new Other(must, head & COMMAND, unread);
            }
        };
        if (body.remaining() > 0) {
            throw in.malformed("length", at + 2, "is " + data.size());
        }
        return command;
    }

    private static Header2 readHeader2(boolean must, ByteReader body) throws MalformedException {
        int type = body.u8("ptype");
        int reserved1 = body.u8("reserved1");
        int reserved2 = body.u16("reserved2");
        DataRep dataRep = DataRep.read(body);
        body.order(ByteOrder.LITTLE_ENDIAN);
        long callId = body.u32("call_id");
        return new Header2(must, type, reserved1, reserved2, dataRep, callId, body.u16("p_cont_id"), body.u16("opnum"));
    }

    /** The mirror of {@link #read}; the caller has padded the stub to a multiple of 4. */
    void write(ByteWriter out) {
        ByteOrder order = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN).bytes(SIGNATURE);
        for (int i = 0; i < commands.size(); i++) {
            int flags = i == commands.size() - 1 ? LAST : 0;
            write(out, commands.get(i), flags);
        }
        out.order(order);
    }

    private static void write(ByteWriter out, Command command, int moreFlags) {
        int flags = moreFlags | (command.mustUnderstand() ? MUST_UNDERSTAND : 0);
        switch (command) {
            case Bitmask1 c ->
                out.u16(BITMASK1 | flags, "command")
                        .u16(Integer.BYTES, "length")
                        .i32(c.bits());
            case PresentationContext c -> {
                out.u16(PCONTEXT | flags, "command").u16(2 * SyntaxId.BYTES, "length");
                c.abstractSyntax().write(out);
                c.transferSyntax().write(out);
            }
            case Header2 c -> {
                out.u16(HEADER2 | flags, "command").u16(Header2.BYTES, "length");
                out.u8(c.type(), "ptype").u8(c.reserved1(), "reserved1").u16(c.reserved2(), "reserved2");
                c.dataRep().write(out);
                out.order(ByteOrder.LITTLE_ENDIAN).u32(c.callId(), "call_id");
                out.u16(c.contextId(), "p_cont_id").u16(c.opnum(), "opnum");
            }
            case Other c ->
                out.u16(c.command() | flags, "command")
                        .u16(c.data().size(), "length")
                        .bytes(c.data());
        }
    }
}
