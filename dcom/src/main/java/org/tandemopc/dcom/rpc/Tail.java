package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;

/**
 * What follows the body of a PDU: padding, whatever it holds, and the authentication trailer if there is one. After a stub
 * the padding is as long as the trailer says; elsewhere it is what is left.
 */
public record Tail(Bytes padding, @Nullable AuthTrailer auth) {
    public static final Tail NONE = new Tail(Bytes.EMPTY, null);

    /** A trailer right after a body that ends at a multiple of 4. */
    public static Tail of(AuthTrailer auth) {
        return new Tail(Bytes.of(new byte[auth.padLength()]), auth);
    }

    int tokenLength() {
        return auth == null ? 0 : auth.token().size();
    }

    void write(ByteWriter out) {
        out.bytes(padding);
        if (auth != null) {
            auth.write(out);
        }
    }
}
