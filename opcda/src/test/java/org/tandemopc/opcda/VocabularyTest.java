package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.orpc.HResult;

/** Qualities, result codes, properties and enumerations are those of the specification. */
class VocabularyTest {
    @ParameterizedTest
    @CsvSource({
        "0x00, BAD, NONE, bad (0x00)",
        "0x19, BAD, LOW, 'bad, comm failure, low limited (0x19)'",
        "0x20, BAD, NONE, 'bad, waiting for initial data (0x20)'",
        "0x57, UNCERTAIN, CONSTANT, 'uncertain, engineering units exceeded, constant (0x57)'",
        "0xC0, GOOD, NONE, good (0xC0)",
        "0xDA, GOOD, HIGH, 'good, local override, high limited (0xDA)'",
        "0x80, RESERVED, NONE, reserved (0x80)",
        "0x5AC4, GOOD, NONE, good (0x5AC4)"
    })
    void aQualityIsReadFromItsBits(String bits, Quality.Major major, Quality.Limit limit, String text) {
        Quality quality = Quality.of(Integer.decode(bits));
        assertThat(quality.major()).isEqualTo(major);
        assertThat(quality.limit()).isEqualTo(limit);
        assertThat(quality.text()).isEqualTo(text);
        assertThat(quality.isGood()).isEqualTo(major == Quality.Major.GOOD);
    }

    @Test
    void aQualityHas16Bits() {
        assertThat(Quality.of(0xFFFF).vendorBits()).isEqualTo(0xFF);
        assertThatThrownBy(() -> Quality.of(0x10000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Quality.of(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Quality.of(0x12C1).with(Quality.Limit.CONSTANT)).isEqualTo(new Quality(0x12C3));
        assertThat(Quality.GOOD.with(Quality.Limit.LOW).status()).isEqualTo(0xC0);
    }

    /** The names of the specification's header files; one of them is a failure whatever its name says. */
    @Test
    void resultCodesHaveTheirNames() {
        assertThat(OpcResult.describe(OpcResult.OPC_E_BADRIGHTS)).isEqualTo("OPC_E_BADRIGHTS (0xC0040006)");
        assertThat(OpcResult.describe(HResult.S_FALSE)).isEqualTo("S_FALSE (0x00000001)");
        assertThat(OpcResult.describe(0xC004_8001)).isEqualTo("0xC0048001");
        assertThat(OpcResult.isVendors(0xC004_8001)).isTrue();
        assertThat(OpcResult.isVendors(OpcResult.OPC_E_RANGE)).isFalse();
        assertThat(OpcResult.isVendors(HResult.RPC_E_INVALID_OBJECT)).isFalse();
        assertThat(HResult.isSuccess(OpcResult.OPC_S_CLAMP)).isTrue();
        assertThat(HResult.isSuccess(OpcResult.OPC_S_LOW_AUTHN_LEVEL)).isFalse();
    }

    @Test
    void propertiesAreKnownByTheirIds() {
        assertThat(OpcProperty.of(4)).contains(OpcProperty.TIMESTAMP);
        assertThat(OpcProperty.of(101).map(OpcProperty::description)).contains("Item Description");
        assertThat(OpcProperty.of(9)).isEqualTo(Optional.empty());
        assertThat(Arrays.stream(OpcProperty.values()).filter(OpcProperty::isOfEveryItem))
                .hasSize(8);
        assertThat(Arrays.stream(OpcProperty.values()).map(OpcProperty::id))
                .doesNotHaveDuplicates()
                .isSorted();
    }

    /** A number that nobody knows is no error of the wire: the method that gets it answers E_INVALIDARG. */
    @Test
    void numbersOfEnumerationsAreThoseOfTheIdl() {
        assertThat(IntStream.rangeClosed(0, 4).mapToObj(OpcDataSource::of))
                .containsExactly(
                        OpcDataSource.OTHER,
                        OpcDataSource.CACHE,
                        OpcDataSource.DEVICE,
                        OpcDataSource.OTHER,
                        OpcDataSource.OTHER);
        assertThat(OpcServerState.of(6)).isEqualTo(OpcServerState.COMM_FAULT);
        assertThat(OpcEnumScope.of(6)).isEqualTo(OpcEnumScope.ALL);
        assertThat(OpcBrowseType.of(3)).isEqualTo(OpcBrowseType.FLAT);
        assertThat(OpcBrowseDirection.of(3)).isEqualTo(OpcBrowseDirection.TO);
        assertThat(OpcBrowseFilter.of(2)).isEqualTo(OpcBrowseFilter.BRANCHES);
        assertThat(OpcEuType.of(0)).isEqualTo(OpcEuType.NONE);
        assertThat(OpcEuType.of(99)).isEqualTo(OpcEuType.OTHER);
        assertThat(OpcNamespaceType.of(1)).isEqualTo(OpcNamespaceType.HIERARCHICAL);
    }
}
