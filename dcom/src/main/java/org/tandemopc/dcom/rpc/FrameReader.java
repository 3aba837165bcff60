package org.tandemopc.dcom.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.MalformedException;

/**
 * Cuts a stream into PDUs. Takes memory for one only when its header says what can be. One thread at a time; what a read that
 * timed out has brought is kept, and the next goes on from there.
 */
final class FrameReader {
    /** What a connection holds without being asked for it. */
    static final int UNBUDGETED_BYTES = 8192;

    private static final int DREP_AT = 4;
    private static final int LENGTH_LAST = 0xFFFF;

    private final InputStream in;
    private final int fragMax;
    private final Budget budget;
    private final Runnable halfRead;
    private final byte[] buffer;
    private int from;
    private int to;

    /** Of the PDU that is being read, as soon as its length is known. */
    private byte @Nullable [] octets;

    private int have;
    private long callId;
    private boolean isHalfRead;
    private int held;

    /**
     * @param bufferBytes that one read takes at most
     * @param fragMax the longest request or response; PDUs of a login may be as long as their length can say, for their tokens
     * @param budget that PDUs which are longer than 8 KiB are taken from, until the next
     * @param halfRead called once when the rest of a PDU that has begun must be waited for: octet by octet makes no new start
     */
    FrameReader(InputStream in, int bufferBytes, int fragMax, Budget budget, Runnable halfRead) {
        this.in = in;
        this.buffer = new byte[bufferBytes];
        this.budget = budget;
        this.fragMax = fragMax;
        this.halfRead = halfRead;
    }

    /**
     * @return null: the stream ended between two PDUs
     * @throws SocketTimeoutException nothing came for so long as the socket waits; may be called again
     */
    @Nullable
    Frame next() throws IOException, MalformedException {
        byte[] whole = octets;
        if (whole == null) {
            if (!isHalfRead) {
                callId = 0;
                end();
            }
            if (!hasHeader()) {
                return null;
            }
            whole = new byte[taken(length())];
            have = Math.min(whole.length, to - from);
            System.arraycopy(buffer, from, whole, 0, have);
            from += have;
            octets = whole;
        }
        while (have < whole.length) {
            waitForTheRest();
            int more = in.read(whole, have, whole.length - have);
            if (more < 0) {
                throw new EOFException("the stream ended within a PDU");
            }
            have += more;
        }
        octets = null;
        isHalfRead = false;
        return Frame.of(whole);
    }

    /** Whether octets of a further PDU have come already. */
    boolean hasMore() {
        return to > from;
    }

    /** Whether the next PDU has come to its end already; not, if it is none that can be. */
    boolean hasWhole() {
        if (to - from < PduHeader.BYTES) {
            return false;
        }
        int first = buffer[from + Frame.LENGTH_AT] & 0xFF;
        int second = buffer[from + Frame.LENGTH_AT + 1] & 0xFF;
        boolean isBig = (buffer[from + DREP_AT] & 0xFF) >> 4 == 0;
        int length = isBig ? first << 8 | second : second << 8 | first;
        return to - from >= length;
    }

    /** Of the header that was read last, however bad the rest; 0 when there was not even a header. */
    long callId() {
        return callId;
    }

    /** Gives back what the last PDU held. */
    void end() {
        budget.give(held);
        held = 0;
    }

    private int taken(int length) throws IOException {
        if (length > UNBUDGETED_BYTES) {
            if (!budget.take(length)) {
                throw new IOException("too many octets are held for a PDU of " + length);
            }
            held = length;
        }
        return length;
    }

    private void waitForTheRest() {
        if (!isHalfRead) {
            isHalfRead = true;
            halfRead.run();
        }
    }

    private boolean hasHeader() throws IOException {
        if (to - from < PduHeader.BYTES) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        while (to - from < PduHeader.BYTES) {
            if (to > 0) {
                waitForTheRest();
            }
            int more = in.read(buffer, to, buffer.length - to);
            if (more < 0 && to == 0) {
                return false;
            }
            if (more < 0) {
                throw new EOFException("the stream ended within a header");
            }
            to += more;
        }
        return true;
    }

    private int length() throws MalformedException {
        ByteReader header =
                ByteReader.over(buffer, from, from + PduHeader.BYTES).clause(Frame.CLAUSE);
        int version = header.u8("rpc_vers");
        header.skip(1, "rpc_vers_minor");
        int type = header.u8("ptype");
        header.skip(1, "pfc_flags");
        boolean big = header.u8("packed_drep") >> 4 == 0;
        header.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN).skip(3, "packed_drep");
        int length = header.u16("frag_length");
        header.skip(2, "auth_length");
        callId = header.u32("call_id");
        if (version != PduHeader.VERSION) {
            throw header.malformed("rpc_vers", 0, "is " + version);
        }
        int most = type == PduType.REQUEST || type == PduType.RESPONSE ? fragMax : LENGTH_LAST;
        if (length < PduHeader.BYTES || length > most) {
            throw header.malformed("frag_length", Frame.LENGTH_AT, "is " + length + " of at most " + most);
        }
        return length;
    }
}
