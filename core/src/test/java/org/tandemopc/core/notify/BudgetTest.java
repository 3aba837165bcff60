package org.tandemopc.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Requirement;

class BudgetTest {
    @Test
    @Requirement("NOT-14")
    void burstIsFreeAndThenEachWaitsItsInterval() {
        Budget budget = Budget.of(2, 100, 0);

        budget = budget.spent(0);
        assertThat(budget.waitNanos(0)).isZero();
        budget = budget.spent(0);
        assertThat(budget.waitNanos(0)).isEqualTo(100);
        assertThat(budget.waitNanos(60)).isEqualTo(40);
        assertThat(budget.waitNanos(100)).isZero();
        budget = budget.spent(100);
        assertThat(budget.waitNanos(110)).isEqualTo(90);
    }

    @Test
    void restGivesBackTheBurstAndNoMore() {
        Budget budget = Budget.of(3, 100, 0).spent(0).spent(0).spent(0);

        budget = budget.spent(1_000_000);
        budget = budget.spent(1_000_000);
        assertThat(budget.waitNanos(1_000_000)).isZero();
        budget = budget.spent(1_000_000);
        assertThat(budget.waitNanos(1_000_000)).isPositive();
    }

    /** Whatever comes when: within any time there are no more than the burst and what its intervals give. */
    @Test
    @Requirement({"NOT-14", "I9"})
    void noStormGetsMoreThanBurstAndRate() {
        Random random = new Random(7);
        for (int round = 0; round < 1_000; round++) {
            int burst = 1 + random.nextInt(5);
            Budget budget = Budget.of(burst, 100, 0);
            long now = 0;
            long done = 0;
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(60);
                if (budget.waitNanos(now) == 0) {
                    budget = budget.spent(now);
                    done++;
                }
            }
            assertThat(done).isLessThanOrEqualTo(burst + now / 100);
        }
    }
}
