package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class MonitorPlanTest {
    private static MonitorItem item(long rateMs) {
        return new MonitorItem(
                "any", MonitorType.DEFAULT, Duration.ofMillis(rateMs), new MonitorTrigger.BadQuality(), false);
    }

    @Test
    @Requirement(value = "MON-8", protocol = Protocol.DA)
    void itemsOfOneRateShareAGroup() {
        assertThat(MonitorPlan.of(List.of(item(1_000), item(250), item(1_000))))
                .containsExactly(new MonitorPlan.Share(250, List.of(1)), new MonitorPlan.Share(1_000, List.of(0, 2)));
    }

    @Test
    void ofTooManyRatesSomeJoinAFasterOneAndNoneASlowerOne() {
        List<MonitorItem> items =
                IntStream.rangeClosed(1, 100).mapToObj(i -> item(i * 100L)).toList();

        List<MonitorPlan.Share> plan = MonitorPlan.of(items);

        assertThat(plan).hasSize(MonitorPlan.GROUPS_MAX);
        assertThat(plan.stream().flatMap(share -> share.items().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
        assertThat(plan)
                .allSatisfy(share -> assertThat(share.items())
                        .allMatch(index -> items.get(index).updateRate().toMillis() >= share.rateMs()));
    }

    @Test
    void nothingNeedsNoGroup() {
        assertThat(MonitorPlan.of(List.of())).isEmpty();
    }
}
