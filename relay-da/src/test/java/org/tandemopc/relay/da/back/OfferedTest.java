package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.IOPCCommon;

/** What the clients of a pair are offered, and as servers of which versions they find it. */
class OfferedTest {
    private static final Offered ALL = Offered.of(Offered.OF_SERVERS, Offered.OF_GROUPS);
    private static final Offered DA_1_0 =
            new Offered(Set.of(IOPCBrowseServerAddressSpace.DEF.iid()), Set.of(IOPCAsyncIO.DEF.iid()));

    @Test
    void beforeAnyMemberWasReachedItIsAServerOfDa205a() {
        assertThat(Offered.mirrored(List.of(Optional.empty(), Optional.empty())))
                .isEqualTo(Offered.DA_2_05A);
    }

    @Test
    void ofTwoMembersItIsWhatTheyHaveInCommonAndOfOneKnownMemberWhatThatHas() {
        assertThat(Offered.mirrored(List.of(Optional.empty(), Optional.of(ALL))))
                .isEqualTo(ALL);
        Offered common = Offered.mirrored(List.of(Optional.of(ALL), Optional.of(DA_1_0)));
        assertThat(common).isEqualTo(DA_1_0);
        assertThat(common.onServer(IOPCBrowseServerAddressSpace.DEF)).isTrue();
        assertThat(common.onServer(IOPCCommon.DEF)).isFalse();
        assertThat(common.onGroup(IOPCAsyncIO2.DEF)).isFalse();
    }

    @Test
    void aCategoryIsGivenWhereAllThatItsVersionRequiresIsThere() {
        assertThat(ALL.categories())
                .containsExactly(OpcDa.CATID_OPCDASERVER10, OpcDa.CATID_OPCDASERVER20, OpcDa.CATID_OPCDASERVER30);
        assertThat(Offered.DA_2_05A.categories()).containsExactly(OpcDa.CATID_OPCDASERVER20);
        Offered only3 = ALL.without(
                Set.of(IOPCAsyncIO.DEF.iid(), IOPCBrowseServerAddressSpace.DEF.iid(), IOPCItemProperties.DEF.iid()));
        assertThat(only3.categories()).containsExactly(OpcDa.CATID_OPCDASERVER30);
        assertThat(only3.without(Set.of(IOPCItemDeadbandMgt.DEF.iid())).categories())
                .isEmpty();
        assertThat(ALL.without(Set.of(IOPCBrowse.DEF.iid(), IOPCItemIO.DEF.iid()))
                        .categories())
                .doesNotContain(OpcDa.CATID_OPCDASERVER30);
    }
}
