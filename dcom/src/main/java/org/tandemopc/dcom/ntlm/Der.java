package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * The little of DER (X.690) that SPNEGO needs: elements with tags of one octet and lengths in their shortest form, read one by
 * one by whoever knows what comes next, so that no input makes it go deeper than the grammar.
 */
final class Der {
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int ENUMERATED = 0x0A;
    static final int SEQUENCE = 0x30;

    private static final int CONTEXT = 0xA0;
    private static final int LONG_FORM = 0x80;
    private static final int LENGTH_OCTETS_MAX = 3;

    /** @param whole with tag and length */
    record Element(int tag, Bytes content, Bytes whole) {}

    private Der() {}

    /** EXPLICIT [n]. */
    static int context(int number) {
        return CONTEXT + number;
    }

    static Element read(ByteReader in, String field) throws MalformedException {
        int tag = in.u8(field + ".tag");
        int length = length(in, field);
        Bytes content = in.bytes(length, field);
        return new Element(tag, content, write(tag, content));
    }

    /** @throws MalformedException the next element is another one */
    static Element read(ByteReader in, int tag, String field) throws MalformedException {
        int at = in.offset();
        Element element = read(in, field);
        if (element.tag() != tag) {
            throw in.malformed(field, at, "has tag 0x%02x, not 0x%02x".formatted(element.tag(), tag));
        }
        return element;
    }

    /** The only element of these octets. */
    static Element only(Bytes octets, int tag, String field) throws MalformedException {
        ByteReader in = reader(octets);
        Element element = read(in, tag, field);
        in.end();
        return element;
    }

    static ByteReader reader(Bytes octets) {
        return octets.reader().clause("RFC 4178 4.2");
    }

    static Bytes write(int tag, Bytes content) {
        ByteWriter out = new ByteWriter().u8(tag, "tag");
        int length = content.size();
        if (length < LONG_FORM) {
            out.u8(length, "length");
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + Byte.SIZE - 1) / Byte.SIZE;
            out.u8(LONG_FORM + octets, "length");
            for (int n = octets - 1; n >= 0; n--) {
                out.u8(length >>> (n * Byte.SIZE) & 0xFF, "length");
            }
        }
        return out.bytes(content).toBytes();
    }

    static Bytes concat(Bytes... parts) {
        ByteWriter out = new ByteWriter();
        for (Bytes part : parts) {
            out.bytes(part);
        }
        return out.toBytes();
    }

    private static int length(ByteReader in, String field) throws MalformedException {
        int at = in.offset();
        int first = in.u8(field + ".length");
        if (first < LONG_FORM) {
            return first;
        }
        int octets = first - LONG_FORM;
        if (octets == 0 || octets > LENGTH_OCTETS_MAX) {
            throw in.malformed(field + ".length", at, "has " + octets + " octets");
        }
        int length = 0;
        for (int n = 0; n < octets; n++) {
            length = length << Byte.SIZE | in.u8(field + ".length");
        }
        if (length < LONG_FORM || length >>> ((octets - 1) * Byte.SIZE) == 0) {
            throw in.malformed(field + ".length", at, "is longer than it need be");
        }
        return length;
    }
}
