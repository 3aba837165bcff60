package org.tandemopc.dcom.rpc;

import java.util.UUID;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/** UUIDs as Java has them, for {@link Guid} on the wire. */
final class Uuids {
    static final int BYTES = Guid.SIZE;
    static final UUID NIL = Guid.NULL.toUuid();

    private Uuids() {}

    static UUID read(ByteReader in, String field) throws MalformedException {
        return Guid.read(in, field).toUuid();
    }

    static void write(ByteWriter out, UUID uuid) {
        Guid.of(uuid).write(out);
    }
}
