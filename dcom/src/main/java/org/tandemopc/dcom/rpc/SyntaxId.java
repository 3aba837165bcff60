package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/**
 * An interface or a transfer syntax with its version (C706 12.6.3.1, p_syntax_id_t).
 *
 * <pre>
 * offset  size  field
 *      0    16  uuid
 *     16     2  major version: the low half of a u32
 *     18     2  minor version: its high half
 * </pre>
 */
public record SyntaxId(Guid uuid, int major, int minor) {
    /** NDR 2.0, the only transfer syntax that is spoken here. */
    public static final SyntaxId NDR = of("8a885d04-1ceb-11c9-9fe8-08002b104860", 2, 0);

    /** What a rejected context carries in place of a transfer syntax. */
    public static final SyntaxId NONE = new SyntaxId(Guid.NULL, 0, 0);

    static final int BYTES = 20;

    /** @throws IllegalArgumentException if the text is no UUID */
    public static SyntaxId of(String uuid, int major, int minor) {
        return new SyntaxId(Guid.of(uuid), major, minor);
    }

    /** Whether a server of this version serves a client that asks for the other (C706 6.1.2: same major, minor not above). */
    public boolean serves(SyntaxId asked) {
        return uuid.equals(asked.uuid) && major == asked.major && minor >= asked.minor;
    }

    static SyntaxId read(ByteReader in, String field) throws MalformedException {
        Guid uuid = Guid.read(in, field);
        long version = in.u32(field + ".version");
        return new SyntaxId(uuid, half(version), half(version >>> 16));
    }

    void write(ByteWriter out) {
        uuid.write(out);
        out.u32((long) minor << 16 | major, "version");
    }

    private static int half(long version) {
        return Math.toIntExact(version & 0xFFFF);
    }

    @Override
    public String toString() {
        return uuid + " " + major + "." + minor;
    }
}
