package org.tandemopc.dcom.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.MalformedException;

/** Cuts a stream into PDUs. Takes memory for one only when its header says what can be. One thread. */
final class FrameReader {
    private static final int BUFFER_BYTES = 8192;
    private static final int LENGTH_LAST = 0xFFFF;

    private final InputStream in;
    private final int fragMax;
    private final Budget budget;
    private final Runnable halfRead;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private long callId;
    private boolean isHalfRead;
    private int held;

    /**
     * @param fragMax the longest request or response; PDUs of a login may be as long as their length can say, for their tokens
     * @param budget that PDUs which are longer than the buffer are taken from, until the next
     * @param halfRead called once when the rest of a PDU that has begun must be waited for: octet by octet makes no new start
     */
    FrameReader(InputStream in, int fragMax, Budget budget, Runnable halfRead) {
        this.in = in;
        this.budget = budget;
        this.fragMax = fragMax;
        this.halfRead = halfRead;
    }

    /** @return null: the stream ended between two PDUs */
    @Nullable
    Frame next() throws IOException, MalformedException {
        callId = 0;
        isHalfRead = false;
        end();
        if (!hasHeader()) {
            return null;
        }
        byte[] octets = new byte[taken(length())];
        int buffered = Math.min(octets.length, to - from);
        System.arraycopy(buffer, from, octets, 0, buffered);
        from += buffered;
        for (int have = buffered; have < octets.length; ) {
            waitForTheRest();
            int more = in.read(octets, have, octets.length - have);
            if (more < 0) {
                throw new EOFException("the stream ended within a PDU");
            }
            have += more;
        }
        return Frame.of(octets);
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
        if (length > BUFFER_BYTES) {
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
