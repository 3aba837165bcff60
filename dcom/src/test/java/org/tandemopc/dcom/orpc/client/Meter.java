package org.tandemopc.dcom.orpc.client;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Caller;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** What the scripted host serves: a value, and a pointer. */
interface Meter {
    Result<Integer> read(int place) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<Meter>>> next() throws LinkException, RpcFaultException;

    Result<Nothing> attach(Optional<? extends ComPointer<?>> other) throws LinkException, RpcFaultException;

    Operation<Meter, Integer, Integer> READ = Operation.of(
            3,
            "Read",
            Codec.of((NdrReader in) -> in.i32("place"), NdrWriter::i32),
            Codec.of((NdrReader in) -> in.i32("value"), NdrWriter::i32),
            0,
            Meter::read);

    Operation<Meter, Nothing, Optional<ComPointer<Meter>>> NEXT = Operation.of(
            4,
            "Next",
            Nothing.CODEC,
            Codec.<Optional<ComPointer<Meter>>>of(
                    (in, pointers) -> pointers.read(in, "next", Meter.DEF),
                    (out, next, pointers) -> pointers.write(out, next)),
            Optional.empty(),
            (target, nothing) -> target.next());

    Operation<Meter, Optional<? extends ComPointer<?>>, Nothing> ATTACH = Operation.of(
            5,
            "Attach",
            Codec.<Optional<? extends ComPointer<?>>>of(
                    (in, pointers) -> pointers.read(in, "other", IUnknown.DEF),
                    (out, other, pointers) -> pointers.write(out, other)),
            Meter::attach);

    InterfaceDef<Meter> DEF =
            InterfaceDef.of("6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0011", "Meter", Remote::new, List.of(READ, NEXT, ATTACH));

    /** The client's side. */
    record Remote(Caller<Meter> caller) implements Meter {
        @Override
        public Result<Integer> read(int place) throws LinkException, RpcFaultException {
            return caller.call(READ, place);
        }

        @Override
        public Result<Optional<ComPointer<Meter>>> next() throws LinkException, RpcFaultException {
            return caller.call(NEXT, Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> attach(Optional<? extends ComPointer<?>> other) throws LinkException, RpcFaultException {
            return caller.call(ATTACH, other);
        }
    }
}
