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
    private final Runnable halfRead;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private long callId;

    /**
     * @param fragMax the longest request or response; PDUs of a login may be as long as their length can say, for their tokens
     * @param halfRead called before each wait for the rest of a PDU that has begun
     */
    FrameReader(InputStream in, int fragMax, Runnable halfRead) {
        this.in = in;
        this.fragMax = fragMax;
        this.halfRead = halfRead;
    }

    /** @return null: the stream ended between two PDUs */
    @Nullable
    Frame next() throws IOException, MalformedException {
        callId = 0;
        if (!hasHeader()) {
            return null;
        }
        byte[] octets = new byte[length()];
        int buffered = Math.min(octets.length, to - from);
        System.arraycopy(buffer, from, octets, 0, buffered);
        from += buffered;
        for (int have = buffered; have < octets.length; ) {
            halfRead.run();
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

    private boolean hasHeader() throws IOException {
        if (to - from < PduHeader.BYTES) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        while (to - from < PduHeader.BYTES) {
            if (to > 0) {
                halfRead.run();
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
