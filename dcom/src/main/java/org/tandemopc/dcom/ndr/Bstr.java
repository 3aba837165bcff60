package org.tandemopc.dcom.ndr;

import java.util.Optional;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * A string of OLE Automation: octets with a length, mostly UTF-16, or none at all ([MS-OAUT] 2.2.23). COM treats the null
 * BSTR as an empty string; it is told apart here because it is on the wire. Immutable.
 *
 * <p>On the wire FLAGGED_WORD_BLOB behind a unique pointer, little endian always:
 * <pre>
 * 0   4  max_count = clSize
 * 4   4  cBytes, 0xFFFFFFFF = null
 * 8   4  clSize = cBytes / 2 rounded up
 * 12     octets, no NUL; an odd number is filled up with one octet that says nothing
 * </pre>
 *
 * @param isNull the null BSTR; has no octets
 * @param octets UTF-16, little endian, or whatever the sender put in
 */
public record Bstr(boolean isNull, Bytes octets) {
    public static final Bstr NULL = new Bstr(true, Bytes.EMPTY);

    private static final long NULL_BYTES = 0xFFFF_FFFFL;

    public Bstr {
        if (isNull && !octets.isEmpty()) {
            throw new IllegalArgumentException("a null BSTR has no octets");
        }
    }

    public static Bstr of(String text) {
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < text.length(); i++) {
            out.u16(text.charAt(i), "character");
        }
        return new Bstr(false, out.toBytes());
    }

    public static Bstr of(Bytes octets) {
        return new Bstr(false, octets);
    }

    /** The octets taken for UTF-16; an odd last octet is left out. The null BSTR is empty. */
    public String text() {
        int chars = octets.size() / Character.BYTES;
        StringBuilder text = new StringBuilder(chars);
        for (int i = 0; i < chars; i++) {
            int low = Byte.toUnsignedInt(octets.at(Character.BYTES * i));
            int high = Byte.toUnsignedInt(octets.at(Character.BYTES * i + 1));
            text.appendCodePoint(high << Byte.SIZE | low);
        }
        return text.toString();
    }

    /** As a parameter, or the slot in a structure or array. A NULL pointer is taken for the null BSTR. */
    public static Late<Bstr> slot(NdrReader in) throws MalformedException {
        Late<Optional<Bstr>> pointee = in.unique("BSTR", Bstr::readBlob);
        return () -> pointee.get().orElse(NULL);
    }

    /** As a parameter outside any construct. */
    public static Bstr read(NdrReader in) throws MalformedException {
        return slot(in).get();
    }

    /** Windows sends a pointer that is not NULL for the null BSTR too. */
    public void write(NdrWriter out) {
        out.ref(this, (here, value) -> value.writeBlob(here));
    }

    private static Bstr readBlob(NdrReader in) throws MalformedException {
        return in.littleEndian("[MS-OAUT] 2.2.23.1", Bstr::readLittleEndianBlob);
    }

    private static Bstr readLittleEndianBlob(NdrReader in) throws MalformedException {
        int words = in.octetCount("max_count", Short.BYTES);
        int at = in.offset();
        long bytes = in.u32("cBytes");
        in.same("clSize", words);
        if (bytes == NULL_BYTES) {
            if (words != 0) {
                throw in.malformed("clSize", at, "is " + words + " of a null BSTR");
            }
            return NULL;
        }
        if ((bytes + 1) / Short.BYTES != words) {
            throw in.malformed("cBytes", at, "is " + bytes + ", which is not " + words + " words");
        }
        Bytes octets = in.octets(Math.toIntExact(bytes), "asData");
        in.skip(Math.toIntExact(Short.BYTES * (long) words - bytes), "asData");
        return new Bstr(false, octets);
    }

    private void writeBlob(NdrWriter out) {
        int words = (octets.size() + 1) / Short.BYTES;
        out.littleEndian(() -> out.u32(words, "max_count")
                .u32(isNull ? NULL_BYTES : octets.size(), "cBytes")
                .u32(words, "clSize")
                .octets(octets)
                .zeros(Short.BYTES * words - octets.size()));
    }

    @Override
    public String toString() {
        return isNull ? "null" : '"' + text() + '"';
    }
}
