package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.Samples.Sample;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.ole.ClipFormat;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.opcda.stream.StreamFormat;

/** Every method of every interface: what the proxy writes the skeleton reads, and the other way round. */
class RoundTripTest {
    static List<Sample<?>> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void theTargetGetsWhatWasSaidAndTheCallerWhatItGave(Sample<T> sample) throws Exception {
        List<Loop.Called> said = new ArrayList<>();
        var unused = sample.call().on(Loop.recorder(sample.type(), said, sample.answer()));
        List<Loop.Called> heard = new ArrayList<>();

        Result<?> answer =
                sample.call().on(new Loop().proxy(sample.def(), Loop.recorder(sample.type(), heard, sample.answer())));

        assertThat(said).hasSize(1);
        assertThat(heard).isEqualTo(said);
        assertThat(answer).isEqualTo(sample.answer());
    }

    @Test
    void noMethodIsLeftOut() throws Exception {
        Loop loop = new Loop();
        for (Sample<?> sample : samples()) {
            through(loop, sample);
        }
        assertThat(loop.done())
                .isEqualTo(InterfacesTest.definitions()
                        .flatMap(type -> Loop.operations(type).stream().map(one -> type + "." + one.name()))
                        .collect(Collectors.toSet()));
    }

    static <T> void through(Loop loop, Sample<T> sample) throws Exception {
        var unused = sample.call()
                .on(loop.proxy(sample.def(), Loop.recorder(sample.type(), new ArrayList<>(), sample.answer())));
    }

    /** Lists that belong together have the same size, or are not sent. */
    @Test
    void parametersThatDoNotFitTogetherAreNotSent() {
        assertThatThrownBy(() -> new IOPCSyncIO.Write(Ints.of(1, 2), List.of(Variant.EMPTY)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IOPCItemMgt.SetClientHandles(Ints.of(1), Ints.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PerItem<>(List.of("a"), Ints.of(0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What a server answers has the size that was asked for, or the answer is not sent. */
    @Test
    void answersOfAnotherSizeAreNotSent() {
        IOPCSyncIO.Read two = new IOPCSyncIO.Read(OpcDataSource.CACHE, Ints.of(1, 2));
        Result<PerItem<OpcItemState>> one = Result.ok(new PerItem<>(List.of(OpcItemState.NONE), Ints.of(HResult.S_OK)));
        assertThatThrownBy(() -> OrpcStub.response(IOPCSyncIO.READ, two, one, new Pointers(Marshaler.none())))
                .isInstanceOf(IllegalArgumentException.class);
        Result<List<OpcItemAttributes>> tooMany = Result.ok(List.of(
                new OpcItemAttributes("", "", true, 0, 0, 0, Bytes.EMPTY, 0, 0, OpcEuType.NONE, Variant.EMPTY)));
        assertThatThrownBy(() ->
                        OrpcStub.response(IEnumOPCItemAttributes.NEXT, 0L, tooMany, new Pointers(Marshaler.none())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Servers leave arrays out beside a success; the caller must see it, and gets the rest. */
    @Test
    void aSuccessWithoutItsValuesCanBeToldFromAWholeOne() throws Exception {
        IOPCSyncIO.Read two = new IOPCSyncIO.Read(OpcDataSource.CACHE, Ints.of(1, 2));
        Result<PerItem<OpcItemState>> bare = Result.partly(new PerItem<>(List.of(), Ints.of(-1, -2)));
        PerItem<OpcItemState> read =
                OrpcStub.readBack(IOPCSyncIO.READ, two, bare).value();
        assertThat(read.errors()).containsExactly(-1, -2);
        assertThat(read.isOf(2)).isFalse();
    }

    /** The keep-alive of DA 3.0: no items, and all five arrays all the same. */
    @Test
    void aCallbackWithoutItemsHasItsFiveArrays() throws Exception {
        Loop loop = new Loop();
        IOPCDataCallback sink = loop.proxy(
                IOPCDataCallback.DEF,
                Loop.recorder(IOPCDataCallback.class, new ArrayList<>(), Result.ok(Nothing.NOTHING)));
        assertThat(sink.onDataChange(new IOPCDataCallback.DataChange(0, 1, 0, 0, List.of()))
                        .isSuccess())
                .isTrue();
        assertThat(loop.wires().getFirst().in().size()).isEqualTo(4 * 4 + 4 + 5 * 4);
    }

    @Test
    void passwordsAreNotShown() {
        assertThat(new IOPCSecurityPrivate.Credentials("eva", "s3cret"))
                .asString()
                .contains("eva")
                .doesNotContain("s3cret");
    }

    @Test
    void formatsAreKnownByTheirNames() {
        assertThat(StreamFormat.of(StreamFormat.DATA_TIME.format().format())).contains(StreamFormat.DATA_TIME);
        assertThat(StreamFormat.of(new ClipFormat(1, Optional.empty()))).isEmpty();
    }
}
