package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.testkit.Requirement;

class MailboxTest {
    private static final ServerCondition FAILED = new ServerCondition(ServerCondition.State.FAILED, 0, 0, 1_000_000);

    @Test
    void newestReportOfAMemberReplacesTheOneThatWaits() {
        Mailbox box = new Mailbox();
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, Fixtures.RUNNING));
        box.report("condition", 1, now -> new PairEvent.ConditionReported(now, 1, Fixtures.RUNNING));
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, FAILED));

        assertThat(Fixtures.drain(box))
                .containsExactly(
                        new PairEvent.ConditionReported(0, 1, Fixtures.RUNNING),
                        new PairEvent.ConditionReported(0, 0, FAILED));
    }

    /** A condition from before a loss is not the same news as one from after it. */
    @Test
    void reportsAreNotMergedAcrossAFactAboutTheSameMember() {
        Mailbox box = new Mailbox();
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, Fixtures.RUNNING));
        box.fact(0, now -> new PairEvent.LinkLost(now, 0, LossCause.CONNECTION_CLOSED, 0, ""));
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, FAILED));

        assertThat(Fixtures.drain(box)).hasSize(3);
    }

    @Test
    void personIsRefusedByAFullBoxInsteadOfBeingForgotten() {
        Mailbox box = new Mailbox(2);
        box.fact(0, now -> new PairEvent.LinkOpened(now, 0, Fixtures.RUNNING));
        assertThat(box.order(now -> new PairEvent.PinReleased(now, "ann"))).isTrue();

        assertThat(box.order(now -> new PairEvent.SwitchRequested(now, "bob", 1)))
                .isFalse();

        assertThat(Fixtures.drain(box)).hasSize(2).contains(new PairEvent.PinReleased(0, "ann"));
    }

    @Test
    @Requirement("I9")
    void fullBoxGivesUpAReportBeforeAFact() {
        Mailbox box = new Mailbox(2);
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, Fixtures.RUNNING));
        box.fact(1, now -> new PairEvent.LinkOpened(now, 1, Fixtures.RUNNING));
        box.fact(1, now -> new PairEvent.LinkLost(now, 1, LossCause.NO_ANSWER, 0, ""));

        List<PairEvent> kept = Fixtures.drain(box);

        assertThat(kept)
                .containsExactly(
                        new PairEvent.LinkOpened(0, 1, Fixtures.RUNNING),
                        new PairEvent.LinkLost(0, 1, LossCause.NO_ANSWER, 0, ""));
        assertThat(box.dropped()).isEqualTo(1);
    }

    /** What people and consoles ask for is shed first: they can ask again, a loss is told once. */
    @Test
    @Requirement("S30")
    void floodOfOrdersAndReportsKeepsNoLossFromThePair() {
        Mailbox box = new Mailbox(10);
        box.report("condition", 0, now -> new PairEvent.ConditionReported(now, 0, Fixtures.RUNNING));
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            taken += box.order(now -> new PairEvent.PinReleased(now, "ann")) ? 1 : 0;
        }
        box.fact(0, now -> new PairEvent.LinkLost(now, 0, LossCause.NO_ANSWER, 0, ""));

        List<PairEvent> heard = Fixtures.drain(box);

        assertThat(taken).isEqualTo(9);
        assertThat(heard).hasSize(10).contains(new PairEvent.LinkLost(0, 0, LossCause.NO_ANSWER, 0, ""));
    }
}
