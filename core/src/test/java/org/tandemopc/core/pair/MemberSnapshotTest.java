package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MemberSnapshotTest {
    @Test
    void showsWhatIsKnownOfBothMembers() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.failed(PRIMARY);
        pair.reported(SECONDARY, Pair.running(120));

        List<MemberSnapshot> members = MemberSnapshot.all(pair.state(), pair.now());

        assertThat(members.getFirst()).satisfies(m -> {
            assertThat(m.role()).isEqualTo("primary");
            assertThat(m.machine()).isEqualTo("alpha");
            assertThat(m.isActive()).isFalse();
            assertThat(m.link()).isEqualTo(MemberHealth.Link.CLOSED);
            assertThat(m.grade()).isEqualTo(Verdict.Grade.DOWN);
            assertThat(m.evidence()).isEqualTo("refused");
            assertThat(m.nextAttemptMs()).isBetween(500L, 625L);
            assertThat(m.penalty()).isEqualTo(1000);
            assertThat(m.dampedMs()).isZero();
        });
        assertThat(members.getLast()).satisfies(m -> {
            assertThat(m.role()).isEqualTo("secondary");
            assertThat(m.isActive()).isTrue();
            assertThat(m.serviceLevel()).isEqualTo(120);
            assertThat(m.grade()).isEqualTo(Verdict.Grade.DEGRADED);
            assertThat(m.isSynchronized()).isTrue();
            assertThat(m.nextAttemptMs()).isEqualTo(-1);
        });
    }
}
