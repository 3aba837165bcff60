package org.tandemopc.opcda.ole;

import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.Pointers;

/** STATDATA: {@code formatetc, advf, pAdvSink, dwConnection}: who has advised a data object. Immutable. */
public record StatData(FormatEtc format, long flags, Optional<ComPointer<IAdviseSink>> sink, int connection) {
    static final int BYTES = 32;

    static Late<StatData> fixed(NdrReader in, Pointers pointers) throws MalformedException {
        Late<FormatEtc> format = FormatEtc.fixed(in);
        long flags = in.u32("advf");
        Late<Optional<ComPointer<IAdviseSink>>> sink = pointers.slot(in, "pAdvSink", IAdviseSink.DEF);
        int connection = in.i32("dwConnection");
        return () -> new StatData(format.get(), flags, sink.get(), connection);
    }

    void write(NdrWriter out, Pointers pointers) {
        format.write(out);
        out.u32(flags, "advf");
        pointers.write(out, sink);
        out.i32(connection);
    }
}
