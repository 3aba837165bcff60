package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;

class FragmentsTest {
    private static final int TOKEN = 16;

    @Test
    void anEmptyStubIsOneFragment() {
        assertThat(Fragments.cut(0, 1432, 24, 0)).containsExactly(new Fragments.Slice(0, 0, 0));
    }

    /** 5840 - 24 = 5816, a multiple of 8. */
    @Test
    void aStubIsCutWhereThePeerTakesNoMore() {
        assertThat(Fragments.cut(5816, 5840, 24, 0)).containsExactly(new Fragments.Slice(0, 5816, 0));
        assertThat(Fragments.cut(5817, 5840, 24, 0))
                .containsExactly(new Fragments.Slice(0, 5816, 0), new Fragments.Slice(5816, 5817, 0));
    }

    /** 4280 - 24 - 8 - 16 = 4232; down to a multiple of 16 that is 4224. */
    @Test
    void withATrailerStubAndPaddingAreAMultipleOfSixteen() {
        assertThat(Fragments.cut(4230, 4280, 24, TOKEN))
                .containsExactly(new Fragments.Slice(0, 4224, 0), new Fragments.Slice(4224, 4230, 10));
    }

    @Test
    void noRoomIsAnErrorOfTheCaller() {
        assertThatThrownBy(() -> Fragments.cut(1, 32, 24, TOKEN)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever the sizes: nothing is lost, nothing is too long, and alignment holds. */
    @Test
    void slicesAreGaplessAlignedAndShortEnough() {
        Random random = new Random(11);
        for (int i = 0; i < 1_000; i++) {
            int length = random.nextInt(60_000);
            int fragMax = Fragments.LEAST_SIZE + random.nextInt(0x10000 - Fragments.LEAST_SIZE);
            int header = random.nextBoolean() ? 24 : 40;
            int token = random.nextBoolean() ? 0 : TOKEN;
            List<Fragments.Slice> slices = Fragments.cut(length, fragMax, header, token);
            int at = 0;
            for (Fragments.Slice slice : slices) {
                assertThat(slice.from()).isEqualTo(at);
                int octets = slice.to() - slice.from();
                assertThat(header + octets + slice.padding() + (token == 0 ? 0 : 8 + token))
                        .isLessThanOrEqualTo(fragMax);
                boolean last = slice.to() == length;
                assertThat(last || octets % (token == 0 ? 8 : 16) == 0).isTrue();
                assertThat(token == 0 ? slice.padding() : (octets + slice.padding()) % 16)
                        .isZero();
                at = slice.to();
            }
            assertThat(at).isEqualTo(length);
        }
    }

    @Test
    void anAssemblyKeepsNoMoreThanItsLimit() {
        Assembly assembly = new Assembly(10);
        assertThat(assembly.add(TestServer.octets(4))).isTrue();
        assertThat(assembly.add(Bytes.EMPTY)).isTrue();
        assertThat(assembly.add(TestServer.octets(7))).isFalse();
        assertThat(assembly.add(TestServer.octets(6))).isTrue();
        assertThat(assembly.add(TestServer.octets(1))).isFalse();

        byte[] whole = new byte[10];
        System.arraycopy(TestServer.octets(4).toArray(), 0, whole, 0, 4);
        System.arraycopy(TestServer.octets(6).toArray(), 0, whole, 4, 6);
        assertThat(assembly.whole()).isEqualTo(Bytes.of(whole));
    }

    @Test
    void aBudgetGivesNoMoreThanItHas() {
        Budget budget = new Budget(10);
        assertThat(budget.take(7)).isTrue();
        assertThat(budget.take(4)).isFalse();
        assertThat(budget.take(3)).isTrue();
        budget.give(7);
        assertThat(budget.take(7)).isTrue();
        assertThat(budget.used()).isEqualTo(10);
    }
}
