package org.tandemopc.bench.dcom;

import java.util.Collections;
import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** The object that is called: so many numbers as are asked for, of 8 octets each. */
interface Calls {
    int VALUES_MAX = 10_000;

    Result<List<Double>> values(int count) throws LinkException, RpcFaultException;

    Operation<Calls, Integer, List<Double>> VALUES = Operation.sized(
            3,
            "Values",
            Codec.of(in -> in.i32("count"), NdrWriter::i32),
            OutCodec.of(Codec.of(
                    in -> in.conformant("values", Double.BYTES, each -> each.f64("value")),
                    (out, values) -> out.conformant(values, NdrWriter::f64))),
            count -> Collections.nCopies(Math.clamp(count, 0, VALUES_MAX), 0.0),
            Calls::values);

    InterfaceDef<Calls> DEF = InterfaceDef.of(
            "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e11",
            "ICalls",
            caller -> count -> caller.call(VALUES, count),
            List.of(VALUES));
}
