package org.tandemopc.it.dcom;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** An object of a foreign client, which the server calls. */
interface ProbeSink {
    Result<Integer> onValue(int value) throws LinkException, RpcFaultException;

    Operation<ProbeSink, Integer, Integer> ON_VALUE = Operation.of(
            3,
            "OnValue",
            Codec.of(in -> in.i32("value"), NdrWriter::i32),
            Codec.of(in -> in.i32("answer"), NdrWriter::i32),
            0,
            ProbeSink::onValue);

    InterfaceDef<ProbeSink> DEF = InterfaceDef.of(
            "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e02",
            "IProbeSink",
            caller -> value -> caller.call(ON_VALUE, value),
            List.of(ON_VALUE));
}
