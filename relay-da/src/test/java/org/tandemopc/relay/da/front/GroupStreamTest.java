package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Which values the client gets. Times of members in ms, our own too. */
class GroupStreamTest {
    private final WaitingBudget budget = new WaitingBudget();
    private final StreamedGroup group = new StreamedGroup();
    private final GroupStream stream = new GroupStream(group, budget);
    private final List<String> told = new ArrayList<>();
    private long nowMs;

    @BeforeEach
    void theFirstMemberIsActive() {
        tell(stream.promote(0, 0));
    }

    private void tell(List<OpcItemChange> changes) {
        changes.forEach(change -> told.add(change.clientHandle() + "=" + ((Variant.I4) change.value()).value()));
    }

    private static OpcItemChange change(int item, int value, long timeMs) {
        return new OpcItemChange(
                item, new Variant.I4(value), Quality.GOOD, new FileTime(1_000_000_000L + timeMs * 10_000), 0);
    }

    private void at(long ms) {
        nowMs = ms;
    }

    private void arrives(int member, OpcItemChange... changes) {
        tell(stream.arrived(member, List.of(changes), nowMs * 1_000_000));
    }

    private void promote(int member) {
        tell(stream.promote(member, nowMs * 1_000_000));
    }

    @Test
    void valuesOfTheActiveFlowAndThoseOfOthersDoNot() {
        arrives(0, change(1, 10, 0), change(2, 20, 0));
        arrives(1, change(1, 99, 5));

        assertThat(told).containsExactly("1=10", "2=20");
    }

    /** Outside of a switch nothing is judged: a server may tell the same twice, or an older time. */
    @Test
    void whatTheActiveRepeatsIsRepeated() {
        arrives(0, change(1, 10, 50), change(1, 10, 50), change(1, 9, 40));

        assertThat(told).containsExactly("1=10", "1=10", "1=9");
    }

    @Test
    @Requirement(
            value = {"S17", "I7"},
            protocol = Protocol.DA)
    void atASwitchTheClientGetsExactlyWhatItHasNotOfWhatWaited() {
        arrives(1, change(1, 1, 100), change(1, 2, 200));
        arrives(0, change(1, 1, 100), change(1, 2, 200));
        at(300);
        arrives(1, change(1, 3, 300), change(2, 7, 300));
        at(400);

        promote(1);
        arrives(1, change(1, 4, 400));

        assertThat(told).containsExactly("1=1", "1=2", "1=3", "2=7", "1=4");
    }

    @Test
    @Requirement(value = "S8", protocol = Protocol.DA)
    void theFormerActiveIsNotHeard() {
        promote(1);
        arrives(0, change(1, 66, 100));

        assertThat(told).isEmpty();
    }

    /** As after an advise: the server begins with the values that it has, which the client may have. */
    @Test
    @Requirement(value = "GAP-12", protocol = Protocol.DA)
    void firstValuesOfTheNewActiveAreToldIfTheyAreNews() {
        arrives(0, change(1, 5, 500), change(2, 6, 500), change(3, 7, 500));
        at(600);
        promote(1);

        arrives(1, change(1, 5, 500), change(2, 5, 400), change(3, 8, 600));

        assertThat(told).containsExactly("1=5", "2=6", "3=7", "3=8");
    }

    /** A member whose clock is an hour behind tells news under old times. */
    @Test
    @Requirement(value = "I8", protocol = Protocol.DA)
    void whereClocksDifferMuchTimesSayNothing() {
        arrives(0, change(1, 5, 3_600_000));
        at(100);
        promote(1);

        arrives(1, change(1, 6, 100));

        assertThat(told).containsExactly("1=5", "1=6");
    }

    @Test
    void whereClocksDifferLittleValuesFlowAgainAfterAWhile() {
        arrives(0, change(1, 5, 2_000));
        promote(1);
        arrives(1, change(1, 6, 1_000));
        at(5_001);
        arrives(1, change(1, 7, 1_500));

        assertThat(told).containsExactly("1=5", "1=7");
    }

    /** Each server stamps by its own clock: what is newer is told by how much the clocks are known to differ. */
    @Test
    @Requirement(
            value = {"S18", "I4"},
            protocol = Protocol.DA)
    void whereMembersNeverAgreedTheFirstNewerAndDifferentValueIsTold() {
        stream.clock(1, -10_000_000);
        arrives(0, change(1, 5, 2_000), change(2, 50, 2_000));
        at(2_100);
        promote(1);

        arrives(1, change(1, 5, 990), change(2, 49, 900), change(1, 6, 1_500), change(2, 51, 1_001));

        assertThat(told).containsExactly("1=5", "2=50", "1=6", "2=51");
    }

    /** Times of the source say more than clocks of servers, where both members are seen to hand them on. */
    @Test
    @Requirement(value = "S18", protocol = Protocol.DA)
    void membersThatAgreedAreComparedByTimeWhateverTheirClocks() {
        stream.clock(1, -100_000_000);
        arrives(1, change(1, 5, 500));
        arrives(0, change(1, 5, 500), change(2, 7, 500));
        promote(1);

        arrives(1, change(2, 6, 450), change(2, 7, 500), change(2, 8, 501));

        assertThat(told).containsExactly("1=5", "2=7", "2=8");
    }

    /** A client must not stay with what no member has. */
    @Test
    @Requirement(value = "I4", protocol = Protocol.DA)
    void whatWasLeftOutAsOlderIsToldIfItIsTheMembersLastWord() {
        arrives(0, change(1, 5, 2_000), change(2, 50, 2_000));
        promote(1);
        arrives(1, change(1, 4, 1_000), change(2, 49, 1_000), change(2, 50, 1_100));
        at(4_999);
        tell(stream.tick(nowMs * 1_000_000));
        assertThat(told).containsExactly("1=5", "2=50");

        at(5_000);
        tell(stream.tick(nowMs * 1_000_000));
        tell(stream.tick(nowMs * 1_000_000));

        assertThat(told).containsExactly("1=5", "2=50", "1=4");
    }

    /** What waited for long is old, even if its time is so far behind that clocks seem to differ. */
    @Test
    void oldValuesThatWaitedAreNotTold() {
        arrives(1, change(1, 1, 0));
        at(60_000);
        arrives(0, change(1, 9, 60_000));

        promote(1);

        assertThat(told).containsExactly("1=9");
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void ofWhatWaitsTheOldestIsDropped() {
        int roomFor = (int) (WaitingBudget.BYTES_MAX / WaitingBudget.VALUE_BYTES);
        for (int i = 0; i <= roomFor; i++) {
            arrives(1, change(1, i, i));
        }

        assertThat(budget.taken()).isLessThanOrEqualTo(WaitingBudget.BYTES_MAX);
        assertThat(stream.hasOverflowed(1)).isTrue();
        promote(1);

        assertThat(told).hasSize(roomFor).startsWith("1=1");
        assertThat(stream.hasOverflowed(1)).isFalse();
        assertThat(stream.dropped()).isEqualTo(1);
        assertThat(budget.taken()).isZero();
    }

    /** 8 s of a group with the most items that plants have, each of which changes each second, before a hang is noticed. */
    @Test
    @Requirement(
            value = {"S17", "I4"},
            protocol = Protocol.DA)
    void fiftyThousandItemsLoseNothingWhileTheyWait() {
        int items = 50_000;
        for (int second = 0; second < 8; second++) {
            at(second * 1_000L);
            OpcItemChange[] all = new OpcItemChange[items];
            for (int i = 0; i < items; i++) {
                all[i] = change(i, second, second * 1_000L);
            }
            arrives(1, all);
            if (second == 0) {
                arrives(0, all);
                told.clear();
            }
        }

        assertThat(stream.hasOverflowed(1)).isFalse();
        promote(1);

        assertThat(told).hasSize(7 * items).startsWith("0=1").endsWith((items - 1) + "=7");
    }

    /** What the client has from the active takes no room: a pair that is well for days must not be in doubt. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void whatTheActiveHasSaidTooNeedNotWait() {
        for (int i = 0; i < 10_000; i++) {
            at(i);
            arrives(1, change(1, i, i), change(2, i, i));
            arrives(0, change(1, i, i), change(2, i, i));
        }

        assertThat(budget.taken()).isZero();
        assertThat(stream.hasOverflowed(1)).isFalse();
        assertThat(stream.dropped()).isZero();
    }

    /** A standby says what the active never says: that must not keep all that comes later waiting. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void whatOnlyAStandbySaysGivesWayInTime() {
        arrives(1, change(1, 99, 0));
        for (int i = 1; i <= 10_000; i++) {
            at(i * 10L);
            arrives(1, change(2, i, i * 10L));
            arrives(0, change(2, i, i * 10L));
        }

        assertThat(budget.taken()).isZero();
        promote(1);

        assertThat(told).endsWith("2=10000", "1=99");
    }

    @Test
    @Requirement(value = "I4", protocol = Protocol.DA)
    void whatWasLostIsMadeUpForOnceTheActiveHasSaidMore() {
        int roomFor = (int) (WaitingBudget.BYTES_MAX / WaitingBudget.VALUE_BYTES);
        for (int i = 0; i <= roomFor; i++) {
            arrives(1, change(1, i, i));
        }
        assertThat(stream.hasOverflowed(1)).isTrue();
        arrives(0, change(1, roomFor, roomFor));

        assertThat(stream.hasOverflowed(1)).isFalse();
    }

    /** Of sources that know seconds only several changes carry one time. */
    @Test
    @Requirement(
            value = {"S17", "I7"},
            protocol = Protocol.DA)
    void changesOfOneTimeAreToldOnceAndInOrder() {
        arrives(0, change(1, 1, 0), change(1, 2, 0), change(1, 3, 0));
        arrives(1, change(1, 1, 0), change(1, 2, 0), change(1, 3, 0), change(1, 4, 0));

        promote(1);

        assertThat(told).containsExactly("1=1", "1=2", "1=3", "1=4");
    }

    @Test
    void afterTheClientWasToldSomethingOfOursEverythingIsNews() {
        arrives(0, change(1, 5, 500));
        stream.forgetMarks();
        promote(1);

        arrives(1, change(1, 5, 500));

        assertThat(told).containsExactly("1=5", "1=5");
    }

    @Test
    void aNewConnectionToTheActiveDoublesNothing() {
        arrives(0, change(1, 5, 500));
        tell(stream.restarted(0, 0));

        arrives(0, change(1, 5, 500), change(1, 6, 600));

        assertThat(told).containsExactly("1=5", "1=6");
    }

    @Test
    void whatWaitedBeforeANewConnectionIsForgotten() {
        arrives(1, change(1, 5, 500));
        tell(stream.restarted(1, 0));

        promote(1);

        assertThat(told).isEmpty();
    }

    /** Both were away; who comes back first tells what it had to say before that, and the client has had later words of the other. */
    @Test
    @Requirement(
            value = {"I7", "S12"},
            protocol = Protocol.DA)
    void afterNobodyWasLeftNothingOlderIsToldThanTheClientHad() {
        arrives(0, change(1, 1, 100), change(2, 1, 100));
        arrives(1, change(1, 1, 100), change(2, 1, 100), change(1, 3, 300), change(2, 1, 100));
        promote(1);
        stream.forgetMarks();
        told.clear();
        at(60_000);
        promote(0);

        arrives(0, change(1, 2, 200), change(2, 1, 100));
        assertThat(told).as("the same is news").containsExactly("2=1");
        arrives(0, change(1, 4, 400));
        arrives(0, change(1, 3, 300));

        assertThat(told).containsExactly("2=1", "1=4");
    }

    @Test
    @Requirement(value = "S12", protocol = Protocol.DA)
    void whatAMemberHasIsToldAfterAWhileThoughItIsOlder() {
        arrives(0, change(1, 3, 300));
        stream.forgetMarks();
        told.clear();
        at(60_000);

        arrives(0, change(1, 2, 200));
        assertThat(told).isEmpty();
        assertThat(stream.nextNanos()).isEqualTo(65_000_000_000L);
        tell(stream.tick(65_000_000_000L));

        assertThat(told).containsExactly("1=2");
    }

    /** The active will never say it: what waits behind it must not go as lost, or the standby would be in doubt for ever. */
    @Test
    @Requirement(
            value = {"S17", "I4"},
            protocol = Protocol.DA)
    void whatAStandbySaidOfAnItemThatIsRemovedKeepsNothingWaiting() {
        arrives(1, change(1, 1, 100), change(2, 1, 100));
        group.removed = 2;
        stream.remove(2);
        at(100);
        arrives(0, change(1, 1, 100));
        for (int second = 1; second <= 10; second++) {
            at(second * 1_000);
            arrives(1, change(1, second + 1, nowMs));
            arrives(0, change(1, second + 1, nowMs));
        }

        assertThat(stream.hasOverflowed(1)).isFalse();
        assertThat(budget.taken()).isZero();
    }

    @Test
    @Requirement(
            value = {"S17", "I4"},
            protocol = Protocol.DA)
    void whatAStandbySaidOfAnItemThatIsNotActiveKeepsNothingWaiting() {
        arrives(0, change(1, 1, 100), change(2, 1, 100));
        arrives(1, change(1, 1, 100), change(2, 1, 100));
        at(200);
        arrives(1, change(1, 2, 200), change(2, 2, 200));
        group.inactive = 2;
        arrives(0, change(1, 2, 200));
        for (int second = 1; second <= 10; second++) {
            at(second * 1_000);
            arrives(1, change(1, second + 2, nowMs));
            arrives(0, change(1, second + 2, nowMs));
        }

        assertThat(stream.hasOverflowed(1)).isFalse();
    }

    /** A callback may be on its way when the item is removed; clients add and remove all day. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void nothingIsKeptOfAnItemThatIsRemoved() {
        arrives(0, change(1, 1, 100), change(2, 1, 100));
        group.removed = 2;
        stream.remove(2);
        arrives(0, change(2, 2, 200));
        arrives(1, change(2, 2, 200));

        assertThat(stream.last()).extracting(OpcItemChange::clientHandle).containsExactly(1);
        assertThat(budget.taken()).isZero();
    }
}
