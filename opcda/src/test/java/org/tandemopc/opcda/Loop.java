package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Caller;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * What client and server do, without a network between: the proxy's request is read by the skeleton, and what the target answers by the
 * proxy. On the way each call is also made with a failure, and each set of parameters goes through the other byte order.
 */
final class Loop {
    /** Octets behind the last parameter, as peers send them. */
    private static final Bytes TRAILER =
            new ByteWriter().i64(0x1234_5678_9ABC_DEF0L).toBytes();

    private static final OrpcThis HEADER = OrpcThis.of(ComVersion.OURS, Guid.random());

    /** What was called on a target: method and arguments. */
    record Called(String method, List<Object> arguments) {}

    /** One call as octets: what the fuzz changes. */
    record Wire(String name, Operation<?, ?, ?> operation, Object parameters, Bytes in, Bytes out) {
        Object readIn(byte[] octets) throws MalformedException {
            return operation.in().read(NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN), new Pointers(ANY));
        }

        Object readOut(byte[] octets) throws MalformedException {
            return readOut(operation, parameters, octets);
        }

        private static <I, O> Object readOut(Operation<?, I, O> operation, Object parameters, byte[] octets)
                throws MalformedException {
            @SuppressWarnings("unchecked") // they are those of the operation
            I same = (I) parameters;
            return operation
                    .out()
                    .read(NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN), same, new Pointers(ANY));
        }
    }

    /** Knows pointers by a number in place of an OBJREF, and gives the very same ones back. */
    static final class Numbered implements Marshaler {
        private final List<ComPointer<?>> all = new ArrayList<>();

        @Override
        public ObjRef marshal(ComPointer<?> pointer) {
            all.add(pointer);
            return new ObjRef.Custom(
                    pointer.iid(),
                    Guid.NULL,
                    new ByteWriter().i32(all.size() - 1).toBytes());
        }

        @Override
        public void revoke(ComPointer<?> pointer, ObjRef reference) {
            throw new AssertionError("what was written was sent");
        }

        @Override
        public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
            try {
                ObjRef.Custom custom = (ObjRef.Custom) ObjRef.of(octets);
                @SuppressWarnings("unchecked") // the tests give what is asked for
                ComPointer<T> same =
                        (ComPointer<T>) all.get(custom.data().reader().i32("index"));
                return same;
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Takes any octets for a reference, for the fuzz. */
    private static final Marshaler ANY = Marshaler.none();

    private final Numbered numbered = new Numbered();
    private final Set<String> done = new TreeSet<>();
    private final List<Wire> wires = new ArrayList<>();

    /** Interface and method of every call that went through. */
    Set<String> done() {
        return done;
    }

    List<Wire> wires() {
        return wires;
    }

    static List<Operation<?, ?, ?>> operations(InterfaceDef<?> type) {
        List<Operation<?, ?, ?>> all = new ArrayList<>();
        IntStream.range(0, 40).forEach(opnum -> {
            Operation<?, ?, ?> operation = type.operation(opnum);
            if (operation != null) {
                all.add(operation);
            }
        });
        return all;
    }

    /** A target that writes down what is called, and always gives the same. */
    static <T> T recorder(Class<T> type, List<Called> calls, Result<?> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    calls.add(new Called(method.getName(), arguments == null ? List.of() : Arrays.asList(arguments)));
                    return answer;
                }));
    }

    /** A proxy whose calls reach the target through octets. */
    <T> T proxy(InterfaceDef<T> type, T target) {
        return type.proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                try {
                    return through(type, operation, in, target);
                } catch (MalformedException e) {
                    throw new AssertionError(type + "." + operation, e);
                }
            }
        });
    }

    private <T, I, O> Result<O> through(InterfaceDef<T> type, Operation<? super T, I, O> operation, I in, T target)
            throws LinkException, RpcFaultException, MalformedException {
        done.add(type + "." + operation.name());
        Bytes request = OrpcStub.request(HEADER, operation, in, new Pointers(numbered));
        NdrReader reader = NdrReader.over(request, ByteOrder.LITTLE_ENDIAN);
        assertThat(OrpcThis.read(reader)).isEqualTo(HEADER);
        I parameters = OrpcStub.parameters(reader, operation, new Pointers(numbered));
        assertThat(reader.remaining()).as("left of %s.%s", type, operation).isZero();
        Result<O> result = operation.call(target, parameters);
        Bytes response = OrpcStub.response(operation, parameters, result, new Pointers(numbered));
        Result<O> answer = answer(operation, parameters, response);

        assertThat(bigEndian(operation, parameters)).isEqualTo(parameters);
        if (result.isSuccess()) {
            assertThat(bigEndian(operation, parameters, result.value())).isEqualTo(result.value());
        }
        Result<O> failure = Result.failure(HResult.E_FAIL);
        Bytes failed = OrpcStub.response(operation, parameters, failure, new Pointers(numbered));
        assertThat(answer(operation, parameters, failed)).isEqualTo(failure);
        wires.add(new Wire(type + "." + operation.name(), operation, parameters, stub(request, 32), stub(response, 8)));
        return answer;
    }

    private <I, O> Result<O> answer(Operation<?, I, O> operation, I parameters, Bytes response)
            throws MalformedException {
        Bytes withTrailer = new ByteWriter().bytes(response).bytes(TRAILER).toBytes();
        return OrpcStub.result(
                new RpcAnswer(withTrailer, ByteOrder.LITTLE_ENDIAN), operation, parameters, new Pointers(numbered));
    }

    private <I> I bigEndian(Operation<?, I, ?> operation, I in) throws MalformedException {
        NdrWriter out = new NdrWriter().order(ByteOrder.BIG_ENDIAN);
        operation.in().write(out, in, new Pointers(numbered));
        return operation.in().read(NdrReader.over(out.toBytes(), ByteOrder.BIG_ENDIAN), new Pointers(numbered));
    }

    private <I, O> O bigEndian(Operation<?, I, O> operation, I in, O value) throws MalformedException {
        NdrWriter out = new NdrWriter().order(ByteOrder.BIG_ENDIAN);
        operation.out().write(out, in, value, new Pointers(numbered));
        return operation.out().read(NdrReader.over(out.toBytes(), ByteOrder.BIG_ENDIAN), in, new Pointers(numbered));
    }

    private static Bytes stub(Bytes octets, int headerBytes) {
        return Bytes.of(octets.toArray(), headerBytes, octets.size());
    }
}
