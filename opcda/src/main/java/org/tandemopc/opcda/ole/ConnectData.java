package org.tandemopc.opcda.ole;

import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Pointers;

/** CONNECTDATA: {@code pUnk} and {@code dwCookie}: who has advised a connection point. Immutable. */
public record ConnectData(Optional<ComPointer<IUnknown>> sink, int cookie) {
    static final int BYTES = 8;

    static Late<ConnectData> fixed(NdrReader in, Pointers pointers) throws MalformedException {
        Late<Optional<ComPointer<IUnknown>>> sink = pointers.slot(in, "pUnk", IUnknown.DEF);
        int cookie = in.i32("dwCookie");
        return () -> new ConnectData(sink.get(), cookie);
    }

    void write(NdrWriter out, Pointers pointers) {
        pointers.write(out, sink);
        out.i32(cookie);
    }
}
