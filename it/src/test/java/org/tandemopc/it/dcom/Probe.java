package org.tandemopc.it.dcom;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** What foreign clients call: short and long parameters either way, and an object of theirs that is called back. */
interface Probe {
    /** In one call. */
    int VALUES_MAX = 100_000;

    record Summands(int a, int b) {}

    record CallBack(Optional<ComPointer<ProbeSink>> sink, int value) {}

    Result<Integer> add(Summands summands) throws LinkException, RpcFaultException;

    /** The numbers from 0 on. */
    Result<List<Double>> values(int count) throws LinkException, RpcFaultException;

    /** The same text again. */
    Result<Optional<String>> tell(String text) throws LinkException, RpcFaultException;

    /** What the sink answers to the value. */
    Result<Integer> callBack(CallBack call) throws LinkException, RpcFaultException;

    Operation<Probe, Summands, Integer> ADD = Operation.of(
            3,
            "Add",
            Codec.of(
                    in -> new Summands(in.i32("a"), in.i32("b")),
                    (out, in) -> out.i32(in.a()).i32(in.b())),
            Codec.of(in -> in.i32("sum"), NdrWriter::i32),
            0,
            Probe::add);

    Operation<Probe, Integer, List<Double>> VALUES = Operation.sized(
            4,
            "Values",
            Codec.of(in -> in.i32("count"), NdrWriter::i32),
            OutCodec.of(Codec.of(
                    in -> in.conformant("values", Double.BYTES, each -> each.f64("value")),
                    (out, values) -> out.conformant(values, NdrWriter::f64))),
            count -> Collections.nCopies(Math.clamp(count, 0, VALUES_MAX), 0.0),
            Probe::values);

    Operation<Probe, String, Optional<String>> TELL = Operation.of(
            5,
            "Tell",
            Codec.of(in -> in.string("text"), NdrWriter::string),
            Codec.of(in -> in.uniqueString("text").get(), NdrWriter::uniqueString),
            Optional.empty(),
            Probe::tell);

    Operation<Probe, CallBack, Integer> CALL_BACK = Operation.of(
            6,
            "CallBack",
            Codec.of(
                    (in, pointers) -> new CallBack(pointers.read(in, "sink", ProbeSink.DEF), in.i32("value")),
                    (out, call, pointers) -> {
                        pointers.write(out, call.sink());
                        out.i32(call.value());
                    }),
            Codec.of(in -> in.i32("answer"), NdrWriter::i32),
            0,
            Probe::callBack);

    InterfaceDef<Probe> DEF = InterfaceDef.of(
            "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e01",
            "IProbe",
            caller -> new Probe() {
                @Override
                public Result<Integer> add(Summands summands) throws LinkException, RpcFaultException {
                    return caller.call(ADD, summands);
                }

                @Override
                public Result<List<Double>> values(int count) throws LinkException, RpcFaultException {
                    return caller.call(VALUES, count);
                }

                @Override
                public Result<Optional<String>> tell(String text) throws LinkException, RpcFaultException {
                    return caller.call(TELL, text);
                }

                @Override
                public Result<Integer> callBack(CallBack call) throws LinkException, RpcFaultException {
                    return caller.call(CALL_BACK, call);
                }
            },
            List.of(ADD, VALUES, TELL, CALL_BACK));
}
