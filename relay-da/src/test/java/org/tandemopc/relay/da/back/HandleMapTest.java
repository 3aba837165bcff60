package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class HandleMapTest {
    private final HandleMap map = new HandleMap();

    @Test
    @Requirement(value = "GAP-14", protocol = Protocol.DA)
    void aCallReachesTheMemberUnderItsHandlesAndComesBackInThePlacesOfTheClient() {
        map.put(1, 901);
        map.put(3, 903);
        map.refused(2, OpcResult.OPC_E_UNKNOWNITEMID);

        Subset some = map.subset(Ints.of(3, 2, 9, 1));

        assertThat(some.theirs()).containsExactly(903, 901);
        assertThat(some.select(List.of("a", "b", "c", "d"))).containsExactly("a", "d");
        assertThat(some.merge(Ints.of(OpcResult.OPC_E_RANGE, 0)))
                .containsExactly(
                        OpcResult.OPC_E_RANGE, OpcResult.OPC_E_UNKNOWNITEMID, OpcResult.OPC_E_INVALIDHANDLE, 0);
        assertThat(some.merge(List.of("x", "y"), "-")).containsExactly("x", "-", "-", "y");
    }

    @Test
    void aHandleThatWasRemovedIsNone() {
        map.put(1, 901);
        map.remove(1);

        assertThat(map.subset(Ints.of(1)).errors()).containsExactly(OpcResult.OPC_E_INVALIDHANDLE);
    }

    /** S_OK is said only where every item is S_OK; other successes of the member stay. */
    @Test
    void theCallAsAWholeIsNoBetterThanItsItems() {
        assertThat(Subset.overall(HResult.S_OK, Ints.of(0, 0))).isEqualTo(HResult.S_OK);
        assertThat(Subset.overall(HResult.S_OK, Ints.of(0, OpcResult.OPC_E_INVALIDHANDLE)))
                .isEqualTo(HResult.S_FALSE);
        assertThat(Subset.overall(HResult.E_FAIL, Ints.of(HResult.E_FAIL))).isEqualTo(HResult.E_FAIL);
    }

    private static ItemSpec item(int handle, boolean isActive, int type) {
        return new ItemSpec(handle, "item " + handle, "", Bytes.EMPTY, isActive, type);
    }

    @Test
    void aGroupIsBroughtToWhatItIsToBeByWhatDiffersAlone() {
        Map<Integer, ItemSpec> has =
                Map.of(1, item(1, true, 0), 2, item(2, true, 0), 3, item(3, false, 0), 4, item(4, true, 5));

        GroupDifference difference = GroupDifference.of(
                has, List.of(item(1, true, 0), item(3, true, 8), item(4, false, 5), item(5, true, 0)));

        assertThat(difference)
                .isEqualTo(new GroupDifference(
                        List.of(2),
                        List.of(item(5, true, 0)),
                        List.of(3),
                        List.of(4),
                        List.of(item(3, true, 8)),
                        List.of()));
    }

    /** A member that gets an item anew has nothing of what its client has set for it. */
    @Test
    void deadbandsAndSamplingOfItemsAreBroughtWhereTheyDifferAndToNewItems() {
        ItemTuning narrow = ItemTuning.NONE.withDeadband(Optional.of(5f));
        ItemTuning slow = ItemTuning.NONE.withSampling(Optional.of(500L));
        Map<Integer, ItemSpec> has = Map.of(1, tuned(1, narrow), 2, tuned(2, narrow), 3, tuned(3, slow));

        GroupDifference difference = GroupDifference.of(
                has, List.of(tuned(1, narrow), tuned(2, slow), tuned(3, ItemTuning.NONE), tuned(4, narrow)));

        assertThat(difference.retuned())
                .containsExactly(
                        new GroupDifference.Retuned(2, narrow, slow),
                        new GroupDifference.Retuned(3, slow, ItemTuning.NONE),
                        new GroupDifference.Retuned(4, ItemTuning.NONE, narrow));
    }

    private static ItemSpec tuned(int handle, ItemTuning tuning) {
        return new ItemSpec(handle, "item " + handle, "", Bytes.EMPTY, true, 0, tuning);
    }
}
