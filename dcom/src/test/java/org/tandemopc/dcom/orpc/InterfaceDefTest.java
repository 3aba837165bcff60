package org.tandemopc.dcom.orpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Thermometer.Alarm;
import org.tandemopc.dcom.orpc.Thermometer.Thermostat;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** One description, both sides of it; and objects that have several. */
class InterfaceDefTest {
    private static final OrpcThis HEADER = OrpcThis.of(ComVersion.OURS, Guid.random());

    /** Knows one place; rings an alarm twice. */
    private static class Room implements Thermostat {
        @Override
        public Result<Double> read(String place) {
            return switch (place) {
                case "boiler" -> Result.ok(84.5);
                case "yard" -> Result.partly(3.0);
                default -> Result.failure(HResult.E_INVALIDARG);
            };
        }

        @Override
        public Result<Nothing> watch(Optional<ComPointer<Alarm>> alarm) throws LinkException, RpcFaultException {
            return alarm.isEmpty()
                    ? Result.failure(HResult.E_INVALIDARG)
                    : alarm.get().within(Duration.ofSeconds(1)).ring(2);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> probe(Guid iid) {
            return Result.failure(HResult.E_NOINTERFACE);
        }

        @Override
        public Result<Nothing> set(double degrees) {
            return Result.ok(Nothing.NOTHING);
        }
    }

    /** Knows the objects of the test by a number in place of an OBJREF. */
    private static final class Numbered implements Marshaler {
        private final List<ComPointer<?>> all = new ArrayList<>();
        private int revoked;

        @Override
        public ObjRef marshal(ComPointer<?> pointer) {
            all.add(pointer);
            Bytes index = new ByteWriter().i32(all.size() - 1).toBytes();
            return new ObjRef.Custom(pointer.iid(), Guid.NULL, index);
        }

        @Override
        public void revoke(ComPointer<?> pointer, ObjRef reference) {
            revoked++;
        }

        @Override
        public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
            try {
                ObjRef.Custom custom = (ObjRef.Custom) ObjRef.of(octets);
                return all.get(custom.data().reader().i32("index")).as(type);
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private final Numbered numbered = new Numbered();

    /** What client and server do, without a network between. */
    private <T, I, O> Result<O> call(T target, Operation<T, I, O> operation, I in) throws Exception {
        Bytes request = OrpcStub.request(HEADER, operation, in, new Pointers(numbered));
        NdrReader reader = NdrReader.over(request, ByteOrder.LITTLE_ENDIAN);
        assertThat(OrpcThis.read(reader)).isEqualTo(HEADER);
        I parameters = OrpcStub.parameters(reader, operation, new Pointers(numbered));
        Result<O> result = operation.call(target, parameters);
        Bytes response = OrpcStub.response(operation, parameters, result, new Pointers(numbered));
        Bytes withTrailer =
                new ByteWriter().bytes(response).i32(0x1234_5678).i32(0).toBytes();
        return OrpcStub.result(
                new RpcAnswer(withTrailer, ByteOrder.LITTLE_ENDIAN), operation, parameters, new Pointers(numbered));
    }

    @Test
    void valuesComeBackWithSuccessesOfAllKinds() throws Exception {
        assertThat(call(new Room(), Thermometer.READ, "boiler")).isEqualTo(Result.ok(84.5));
        assertThat(call(new Room(), Thermometer.READ, "yard")).isEqualTo(Result.partly(3.0));
    }

    /** [MS-DCOM] 3.1.1.5.4: the [out] parameters travel beside a failure too, as zeros. */
    @Test
    void aFailureTravelsWithZerosInPlaceOfValues() throws Exception {
        Bytes response = OrpcStub.response(
                Thermometer.READ, "moon", Result.failure(HResult.E_INVALIDARG), new Pointers(numbered));
        assertThat(response)
                .isEqualTo(
                        new ByteWriter().i64(0).i64(0).i32(HResult.E_INVALIDARG).toBytes());
        assertThat(call(new Room(), Thermometer.READ, "moon")).isEqualTo(Result.failure(HResult.E_INVALIDARG));
    }

    @Test
    void aPointerThatIsHandedOverCanBeCalledByWhoGetsIt() throws Exception {
        List<Integer> rung = new ArrayList<>();
        ComObject bell = ComObject.named("bell")
                .with(Alarm.DEF, times -> {
                    rung.add(times);
                    return Result.ok(Nothing.NOTHING);
                })
                .build();
        ComPointer<Alarm> pointer = bell.pointer(Alarm.DEF).orElseThrow();
        assertThat(call(new Room(), Thermometer.WATCH, Optional.of(pointer))).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(rung).containsExactly(2);
    }

    @Test
    void pointersOfResultsThatCannotBeWrittenAreTakenBack() {
        Operation<Thermometer, Nothing, Integer> broken = Operation.of(
                7,
                "Broken",
                Nothing.CODEC,
                Codec.<Integer>of((in, pointers) -> 0, (out, value, pointers) -> {
                    var unused = pointers.give(
                            ComObject.named("x").build().pointer(IUnknown.DEF).orElseThrow());
                    throw new IllegalStateException("broken on purpose");
                }),
                0,
                (target, in) -> Result.ok(0));
        assertThatThrownBy(() -> OrpcStub.response(broken, Nothing.NOTHING, Result.ok(1), new Pointers(numbered)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(numbered.revoked).isEqualTo(1);
    }

    @Test
    void anInterfaceHasTheMethodsOfItsBaseAndItsOwn() {
        assertThat(Thermostat.DEF.operation(3)).isSameAs(Thermometer.READ);
        assertThat(Thermostat.DEF.operation(6)).isSameAs(Thermostat.SET);
        assertThat(Thermostat.DEF.operation(7)).isNull();
        assertThat(Thermometer.DEF.operation(6)).isNull();
        assertThat(Thermometer.DEF.operation(2)).isNull();
    }

    @Test
    void anOpnumHasOneMeaning() {
        Operation<Thermostat, Nothing, Nothing> again =
                Operation.of(3, "Again", Nothing.CODEC, (target, in) -> Result.ok(in));
        assertThatThrownBy(() -> InterfaceDef.extending(
                        Thermometer.DEF, Guid.random().toString(), "Twice", caller -> new Room(), List.of(again)))
                .hasMessageContaining("opnum 3 is both Read and Again");
    }

    /** [MS-DCOM] 3.1.1.5.6.1.1: by whichever pointer one asks, the answer is the same. */
    @Test
    void queryInterfaceIsReflexiveAndSymmetric() {
        ComObject object = ComObject.named("room")
                .with(Thermostat.DEF, new Room())
                .with(Alarm.DEF, times -> Result.ok(Nothing.NOTHING))
                .build();
        Deadline deadline = Deadline.after(Duration.ofSeconds(1));
        List<InterfaceDef<?>> all = List.of(Thermostat.DEF, Thermometer.DEF, Alarm.DEF, IUnknown.DEF);
        for (InterfaceDef<?> from : all) {
            for (InterfaceDef<?> to : all) {
                LocalPointer<?> pointer = object.pointer(from).orElseThrow();
                assertThat(pointer.queryInterface(to, deadline).value().iid()).isEqualTo(to.iid());
            }
        }
        InterfaceDef<Nothing> other =
                InterfaceDef.of(Guid.random().toString(), "Other", caller -> Nothing.NOTHING, List.of());
        assertThat(object.pointer(Alarm.DEF).orElseThrow().queryInterface(other, deadline))
                .isEqualTo(Result.failure(HResult.E_NOINTERFACE));
    }

    @Test
    void aPointerIsWhatItPointsToAndNothingElse() {
        ComObject object =
                ComObject.named("room").with(Thermostat.DEF, new Room()).build();
        ComPointer<IUnknown> asked = object.pointer(Thermostat.DEF.iid()).orElseThrow();
        assertThat(asked.as(Thermostat.DEF).type()).isSameAs(Thermostat.DEF);
        assertThat(asked.as(Thermometer.DEF).type()).isSameAs(Thermometer.DEF);
        assertThatThrownBy(() -> asked.as(Alarm.DEF)).isInstanceOf(IllegalArgumentException.class);
    }

    private static final Operation<Nothing, Integer, List<String>> NEXT = Operation.sized(
            3,
            "Next",
            Codec.of(in -> in.i32("celt"), NdrWriter::i32),
            OutCodec.<Integer, String>fetched(
                    "rgelt",
                    Integer::longValue,
                    Integer.BYTES,
                    in -> in.ref("element", here -> here.string("element")),
                    (out, text) -> out.ref(text, NdrWriter::string)),
            celt -> List.of(),
            (target, celt) -> Result.ok(List.of()));

    private static final Operation<Nothing, Integer, List<Integer>> ERRORS = Operation.sized(
            4,
            "Errors",
            Codec.of(in -> in.i32("dwCount"), NdrWriter::i32),
            OutCodec.<Integer, Integer>array(
                    "ppErrors", Integer::longValue, Integer.BYTES, in -> Late.of(in.i32("error")), NdrWriter::i32),
            count -> List.of(),
            (target, count) -> Result.ok(List.of()));

    /** The Next of every enumerator: room for as many as were asked for, and those that there are. */
    @Test
    void whatIsFetchedTravelsInTheRoomThatWasAskedFor() throws Exception {
        Result<List<String>> two = Result.partly(List.of("one", "two"));
        assertThat(OrpcStub.readBack(NEXT, 10, two)).isEqualTo(two);
        Bytes response = OrpcStub.response(NEXT, 10, two, new Pointers(numbered));
        NdrReader in = NdrReader.over(response, ByteOrder.LITTLE_ENDIAN);
        assertThat(OrpcThat.read(in)).isEqualTo(OrpcThat.PLAIN);
        assertThat(List.of(in.u32("max_count"), in.u32("offset"), in.u32("actual_count")))
                .containsExactly(10L, 0L, 2L);
        assertThatThrownBy(() -> OrpcStub.response(NEXT, 1, two, new Pointers(numbered)))
                .hasMessageContaining("2 elements of 1");
        // room for another number than was asked for is no answer
        assertThatThrownBy(() -> OrpcStub.result(
                        new RpcAnswer(response, ByteOrder.LITTLE_ENDIAN), NEXT, 9, new Pointers(numbered)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void anArrayHasTheSizeThatWasAskedForOrIsNone() throws Exception {
        Result<List<Integer>> both = Result.ok(List.of(0, HResult.E_INVALIDARG));
        assertThat(OrpcStub.readBack(ERRORS, 2, both)).isEqualTo(both);
        assertThatThrownBy(() -> OrpcStub.readBack(ERRORS, 3, both)).hasMessageContaining("2 elements of 3");
        Bytes response = OrpcStub.response(ERRORS, 2, both, new Pointers(numbered));
        assertThatThrownBy(() -> OrpcStub.result(
                        new RpcAnswer(response, ByteOrder.LITTLE_ENDIAN), ERRORS, 3, new Pointers(numbered)))
                .isInstanceOf(MalformedException.class);
    }

    /** A peer that fails is not a peer that cannot be read. */
    @Test
    void failuresOfEveryDescriptionReadBackAsThemselves() throws Exception {
        assertThat(OrpcStub.readBack(NEXT, 10, Result.failure(HResult.E_INVALIDARG)))
                .isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(OrpcStub.readBack(ERRORS, 10, Result.failure(HResult.E_INVALIDARG)))
                .isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(OrpcStub.readBack(Thermometer.READ, "moon", Result.failure(HResult.E_FAIL)))
                .isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(OrpcStub.readBack(Thermometer.PROBE, Guid.NULL, Result.failure(HResult.E_FAIL)))
                .isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(OrpcStub.readBack(IClassFactory.CREATE_INSTANCE, Guid.NULL, Result.failure(HResult.E_FAIL)))
                .isEqualTo(Result.failure(HResult.E_FAIL));
    }
}
