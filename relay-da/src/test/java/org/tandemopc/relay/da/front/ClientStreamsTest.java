package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ndr.Decimal;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class ClientStreamsTest {
    private static final FileTime TIME = new FileTime(4711);

    private static OpcItemChange change(int item, Variant value, Quality quality, int error) {
        return new OpcItemChange(item, value, quality, TIME, error);
    }

    private static DataStream sent(OpcItemChange... changes) throws Exception {
        return DataStream.read(ClientStreams.data(7, 77, List.of(changes), StreamFormat.DATA_TIME), true);
    }

    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void goodValuesGoAsTheyAre() throws Exception {
        DataStream stream = sent(change(1, new Variant.I4(5), Quality.GOOD, HResult.S_OK));

        assertThat(stream)
                .isEqualTo(new DataStream(
                        7, 77, HResult.S_OK, List.of(new DataStream.Item(1, Quality.GOOD, TIME, new Variant.I4(5)))));
    }

    @Test
    void theFormatWithoutTimesHasNone() throws Exception {
        OpcItemChange change = change(1, new Variant.I4(5), Quality.GOOD, HResult.S_OK);

        DataStream stream = DataStream.read(ClientStreams.data(7, 0, List.of(change), StreamFormat.DATA), false);

        assertThat(stream.items()).extracting(DataStream.Item::timestamp).containsExactly(FileTime.ZERO);
    }

    /** Streams have no HRESULT for an item, and no room for some types. */
    @Test
    void whatFailedAndWhatNoStreamHoldsIsBadAndEmpty() throws Exception {
        Variant decimal = new Variant.Dec(Decimal.of(new BigDecimal("1.5")));

        DataStream stream = sent(
                change(1, new Variant.I4(5), Quality.GOOD, HResult.S_OK),
                change(2, decimal, Quality.GOOD, HResult.S_OK),
                change(3, Variant.EMPTY, Quality.GOOD, OpcResult.DISP_E_OVERFLOW),
                change(4, Variant.EMPTY, Quality.COMM_FAILURE, HResult.S_OK));

        assertThat(stream.status()).isEqualTo(HResult.S_FALSE);
        assertThat(stream.items())
                .extracting(DataStream.Item::quality)
                .containsExactly(Quality.GOOD, Quality.BAD, Quality.BAD, Quality.COMM_FAILURE);
        assertThat(stream.items().subList(1, 4))
                .extracting(DataStream.Item::value)
                .containsOnly(Variant.EMPTY);
    }

    @Test
    void whereAllFailedForOneReasonTheStreamSaysItAndHasNoItems() throws Exception {
        DataStream stream = sent(
                change(1, Variant.EMPTY, Quality.COMM_FAILURE, HResult.CALL_FAILED),
                change(2, Variant.EMPTY, Quality.COMM_FAILURE, HResult.CALL_FAILED));

        assertThat(stream).isEqualTo(new DataStream(7, 77, HResult.CALL_FAILED, List.of()));
    }

    @Test
    void whatBecameOfAWriteIsToldForEachItem() throws Exception {
        assertThat(WriteStream.read(ClientStreams.written(7, 77, Ints.of(1, 2), Ints.of(0, HResult.CALL_FAILED))))
                .isEqualTo(new WriteStream(
                        7,
                        77,
                        HResult.S_FALSE,
                        List.of(new WriteStream.Item(1, 0), new WriteStream.Item(2, HResult.CALL_FAILED))));
    }
}
