package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;

/** [MS-DCOM] 3.2.4.4: what is owned goes back, once and all of it. */
class ReferencesTest {
    private static final Guid IPID = Guid.random();

    private final References references = new References();

    private List<RemInterfaceRef> owed() {
        return references.takeOwed(100);
    }

    @Test
    void lastPointerGivesBackWhatAllBrought() {
        references.take(IPID, 5);
        references.take(IPID, 3);
        references.drop(IPID);
        assertThat(owed()).isEmpty();
        references.drop(IPID);
        assertThat(owed()).containsExactly(new RemInterfaceRef(IPID, 8, 0));
        assertThat(references.isUnused()).isTrue();
        assertThat(references.isNothingOwed()).isTrue();
    }

    /** One is kept, or the object could go while the pointer is still here. */
    @Test
    void referencesAreHandedOnWhileTheyCanBeSpared() {
        references.take(IPID, 3);
        assertThat(references.handOn(IPID)).isEqualTo(1);
        assertThat(references.handOn(IPID)).isEqualTo(1);
        assertThat(references.handOn(IPID)).isZero();
        references.drop(IPID);
        assertThat(owed()).containsExactly(new RemInterfaceRef(IPID, 1, 0));
    }

    @Test
    void pointerThatCameWithNoneIsKnown() {
        references.take(IPID, 0);
        assertThat(references.isWithout(IPID)).isTrue();
        references.add(IPID, 5);
        assertThat(references.isWithout(IPID)).isFalse();
        references.drop(IPID);
        assertThat(owed()).containsExactly(new RemInterfaceRef(IPID, 5, 0));
    }

    /** Asked for, and the pointer was closed meanwhile. */
    @Test
    void referencesThatComeTooLateGoBack() {
        references.take(IPID, 0);
        references.drop(IPID);
        assertThat(owed()).isEmpty();
        references.add(IPID, 5);
        assertThat(owed()).containsExactly(new RemInterfaceRef(IPID, 5, 0));
    }

    @Test
    void countsDoNotOverflow() {
        references.take(IPID, 0xFFFF_FFFFL);
        references.take(IPID, 0xFFFF_FFFFL);
        references.drop(IPID);
        references.drop(IPID);
        references.owe(IPID, 7);
        assertThat(owed()).containsExactly(new RemInterfaceRef(IPID, 0xFFFF_FFFFL, 0));
    }

    @Test
    void batchesAreBounded() {
        for (int i = 0; i < 250; i++) {
            Guid ipid = Guid.random();
            references.take(ipid, 5);
            references.drop(ipid);
        }
        assertThat(owed()).hasSize(100);
        assertThat(owed()).hasSize(100);
        assertThat(owed()).hasSize(50);
        assertThat(owed()).isEmpty();
    }

    /** Over random histories: taken equals given back and handed on, for each interface. */
    @Test
    void nothingIsLostAndNothingIsGivenBackTwice() {
        SplittableRandom random = new SplittableRandom(20_261_130);
        for (int run = 0; run < 200; run++) {
            References tried = new References();
            Map<Guid, Long> balance = new HashMap<>();
            Map<Guid, Integer> open = new HashMap<>();
            List<Guid> ipids = List.of(Guid.random(), Guid.random(), Guid.random());
            for (int step = 0; step < 100; step++) {
                Guid ipid = ipids.get(random.nextInt(ipids.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        int count = random.nextInt(6);
                        tried.take(ipid, count);
                        balance.merge(ipid, (long) count, Long::sum);
                        open.merge(ipid, 1, Integer::sum);
                    }
                    case 1 -> {
                        if (open.getOrDefault(ipid, 0) > 0) {
                            tried.drop(ipid);
                            open.merge(ipid, -1, Integer::sum);
                        }
                    }
                    case 2 -> balance.merge(ipid, (long) -tried.handOn(ipid), Long::sum);
                    default -> giveBack(tried, balance);
                }
            }
            tried.dropAll();
            giveBack(tried, balance);
            assertThat(balance.values()).containsOnly(0L);
        }
    }

    private static void giveBack(References tried, Map<Guid, Long> balance) {
        for (RemInterfaceRef reference : tried.takeOwed(1_000)) {
            balance.merge(reference.ipid(), -reference.publicRefs(), Long::sum);
        }
    }
}
