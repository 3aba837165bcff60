package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * Where in a message the octets of a field are ([MS-NLMP] 2.2.1): the fields of a payload stand in any order, with gaps, and
 * where they stand is part of what is signed.
 *
 * <pre>
 * offset size
 * 0      2    Len
 * 2      2    MaxLen, ignored
 * 4      4    BufferOffset, from the start of the message
 * </pre>
 */
record Span(int length, int maxLength, long offset) {
    static final int BYTES = 8;
    static final Span NONE = new Span(0, 0, 0);

    static Span of(int length, int offset) {
        return new Span(length, length, offset);
    }

    /** @param from the first octet of the message that may belong to a field */
    static Span read(ByteReader in, String field, int from, int messageBytes) throws MalformedException {
        int at = in.offset();
        Span span = new Span(in.u16(field + ".len"), in.u16(field + ".maxLen"), in.u32(field + ".offset"));
        if (!span.isWithin(from, messageBytes)) {
            throw in.malformed(field, at, "is " + span + ", outside of " + from + " to " + messageBytes);
        }
        return span;
    }

    void write(ByteWriter out, String field) {
        out.u16(length, field + ".len");
        out.u16(maxLength, field + ".maxLen");
        out.u32(offset, field + ".offset");
    }

    /** An empty field may point anywhere: peers write zero, the end of the header, or the end of the message. */
    boolean isWithin(int from, int messageBytes) {
        return length == 0 || (offset >= from && offset + length <= messageBytes);
    }

    /** @param from where the tail begins in the message */
    Bytes cut(Bytes tail, int from) {
        if (length == 0) {
            return Bytes.EMPTY;
        }
        int at = Math.toIntExact(offset) - from;
        return Bytes.of(tail.toArray(), at, at + length);
    }
}
