package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.delivery.FakeBatch.v;
import static org.tandemopc.relay.delivery.ScriptedClient.A;
import static org.tandemopc.relay.delivery.ScriptedClient.B;
import static org.tandemopc.relay.delivery.ScriptedClient.P;
import static org.tandemopc.relay.delivery.ScriptedClient.SUB;
import static org.tandemopc.relay.delivery.ScriptedClient.longLived;
import static org.tandemopc.relay.delivery.ScriptedClient.values;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The active A falls silent and nobody has decided anything yet; B, which has said the same all the time, goes on. */
class LeadTest {
    /** How far B is ahead of A while both are well. */
    private static final long AHEAD = 5_000_000L;

    private final ScriptedClient client = ScriptedClient.subscribed(longLived());
    private int tick;

    LeadTest() {
        client.delivery.addItem(SUB, 1, values(10));
        client.delivery.addItem(SUB, 2, values(10));
        client.starts(A, 1, 2);
        client.starts(B, 1, 2);
    }

    /** Both say the same tick, B first. */
    private void bothSay(int times) {
        for (int i = 0; i < times; i++) {
            tick++;
            client.says(B, v(1, tick), v(2, tick));
            client.pass(AHEAD);
            client.says(A, v(1, tick), v(2, tick));
            client.pass(P - AHEAD);
        }
    }

    private void onlyBSays() {
        tick++;
        client.says(B, v(1, tick), v(2, tick));
    }

    @Test
    @Requirement(
            value = {"MODE-H3", "S17"},
            protocol = Protocol.UA)
    void valuesOfTheStandbyComeBeforeTheDecisionWhenTheActivesAreOverdue() {
        bothSay(20);
        client.read();

        onlyBSays();
        assertThat(client.read()).as("not overdue yet").isEmpty();
        client.pass(P / 2);
        assertThat(client.read()).containsExactly("1=21@21", "2=21@21");

        onlyBSays();
        assertThat(client.read()).as("it leads").containsExactly("1=22@22", "2=22@22");

        client.switchTo(B);
        onlyBSays();
        assertThat(client.read()).containsExactly("1=23@23", "2=23@23");
        assertThat(client.gaps).isEmpty();
    }

    @Test
    @Requirement({"S17", "I7"})
    void aWrongSuspicionShowsTheClientNothing() {
        bothSay(20);
        client.read();
        onlyBSays();
        client.pass(P);
        onlyBSays();
        client.pass(P);
        assertThat(client.read()).containsExactly("1=21@21", "2=21@21", "1=22@22", "2=22@22");

        client.says(A, v(1, 21), v(2, 21));
        client.says(A, v(1, 22), v(2, 22), v(1, 23), v(2, 23));
        assertThat(client.read()).as("caught up").containsExactly("1=23@23", "2=23@23");
        client.says(B, v(1, 23), v(2, 23), v(1, 24), v(2, 24));
        assertThat(client.read()).as("the active's stream again").isEmpty();
        client.says(A, v(1, 24), v(2, 24));
        assertThat(client.read()).containsExactly("1=24@24", "2=24@24");
        assertThat(client.gaps).isEmpty();
    }

    @Test
    void eachWrongSuspicionMakesTheNextComeLater() {
        bothSay(20);
        long first = waitedUntilLed();
        client.says(A, v(1, tick), v(2, tick));
        bothSay(1);
        long second = waitedUntilLed();

        assertThat(second).isGreaterThan(first);
    }

    private long waitedUntilLed() {
        client.read();
        onlyBSays();
        long since = client.now;
        while (client.read().isEmpty()) {
            client.pass(1_000_000L);
        }
        return client.now - since;
    }

    @Test
    @Requirement("I7")
    void afterTheHoldNothingIsDeliveredUntilTheDecision() {
        bothSay(20);
        onlyBSays();
        client.pass(P);
        client.read();

        client.delivery.hold(client.now);
        onlyBSays();
        client.pass(P);
        assertThat(client.read()).isEmpty();

        client.delivery.activate(A, 2, client.now);
        client.says(A, v(1, 21), v(2, 21), v(1, 22), v(2, 22));
        assertThat(client.read()).containsExactly("1=22@22", "2=22@22");
        assertThat(client.gaps).isEmpty();
    }

    @Test
    void whenTheLeadersSubscriptionEndsTheActiveIsTheSourceAgain() {
        bothSay(20);
        onlyBSays();
        client.pass(P);
        client.read();

        client.delivery.runsEnded(B, SUB, client.now);
        client.says(A, v(1, 21), v(2, 21), v(1, 22), v(2, 22));

        assertThat(client.read()).containsExactly("1=22@22", "2=22@22");
        assertThat(client.gaps).isEmpty();
    }

    /** A standby that was believed and is wrong all the same: its device changed while the active was late. */
    @Test
    @Requirement(
            value = {"I7", "S17"},
            protocol = Protocol.UA)
    void theActiveIsTheSourceAgainThoughItNeverSaysWhatTheStandbySaid() {
        bothSay(20);
        client.read();
        client.says(B, v(1, 21, 99), v(2, 21));
        client.pass(P);
        assertThat(client.read()).as("B leads").containsExactly("1=99@21", "2=21@21");

        for (tick = 22; tick < 21 + 80; tick++) {
            client.says(A, v(1, 21), v(2, tick));
            client.says(B, v(2, tick));
            client.pass(P);
        }
        client.read();
        client.says(B, v(2, 200));
        client.says(A, v(1, 201), v(2, 201));

        assertThat(client.read()).containsExactly("1=201@201", "2=201@201");
    }

    /** Nothing changes any more, and the active says so. */
    @Test
    @Requirement(
            value = {"I7", "S17"},
            protocol = Protocol.UA)
    void keepAlivesOfTheActiveEndALeadAsWell() {
        bothSay(20);
        client.says(B, v(1, 21, 99));
        client.pass(P);
        assertThat(client.read()).as("B leads").endsWith("1=99@21");
        for (int i = 0; i < 60; i++) {
            client.keepsAlive(A);
            client.pass(P);
        }
        client.read();

        client.keepsAlive(A);
        client.says(B, v(2, 300));
        client.pass(P / 2);
        assertThat(client.read()).as("the active's stream again").isEmpty();
        client.says(A, v(2, 301));
        assertThat(client.read()).containsExactly("2=301@301");
    }

    /** What would be in doubt waits for the decision. */
    @Nested
    class Waits {
        @Test
        void whereAStandbyLagsBehindTheClient() {
            bothSay(20);
            client.says(A, v(1, 21), v(2, 21));
            client.read();

            client.says(B, v(1, 22), v(2, 22));
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        @Test
        void whereMembersStampTheSameChangeDifferently() {
            for (int t = 1; t <= 20; t++) {
                client.says(B, v(1, 2 * t, t), v(2, 2 * t, t));
                client.says(A, v(1, 2 * t + 1, t), v(2, 2 * t + 1, t));
                client.pass(P);
            }
            client.read();

            client.says(B, v(1, 100, 21), v(2, 100, 21));
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        @Test
        void whereTheStandbyLacksAnItem() {
            client.delivery.addItem(SUB, 3, values(10));
            client.starts(A, 3);
            client.says(A, v(3, 1));
            bothSay(20);
            client.read();

            onlyBSays();
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        @Test
        void whereTheStandbySaysAnotherValueThanTheActive() {
            bothSay(20);
            client.says(B, v(1, 21, 99), v(2, 21));
            client.says(A, v(1, 21), v(2, 21));
            client.read();

            client.says(B, v(1, 22), v(2, 22));
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        /** What it said by the clock that was ahead looks newer than all that the client has, and is not. */
        @Test
        @Requirement(
                value = {"I7", "I8"},
                protocol = Protocol.UA)
        void whereTheStandbysClockWasAheadAndIsSetBack() {
            bothSay(20);
            for (int value = 21; value < 24; value++) {
                client.says(B, v(1, 1_000 + value, value), v(2, 1_000 + value, value));
                client.says(A, v(1, value), v(2, value));
            }
            tick = 23;
            bothSay(1);
            client.read();

            onlyBSays();
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).isEmpty();
        }

        /** Somebody has written at the standby alone: the active is well, and has nothing to tell. */
        @Test
        @Requirement(
                value = {"I7"},
                protocol = Protocol.UA)
        void whereTheActiveIsSilentForNoLongerThanItUsuallyIs() {
            for (int i = 0; i < 20; i++) {
                bothSay(1);
                client.pass(i % 2 * 18 * P);
            }
            bothSay(1);
            client.pass(2 * P);
            client.read();

            client.says(B, v(1, 22));
            client.pass(5 * P);

            assertThat(client.read()).isEmpty();
        }

        /** It has said the value that the client has, but only because that was its own: the active could not go on from what it says. */
        @Test
        @Requirement(
                value = {"I7"},
                protocol = Protocol.UA)
        void whereOnlyTheStandbysOwnValueIsKnownAndTimesWereNeverSeenToAgree() {
            client.switchTo(B);
            client.delivery.addItem(SUB, 3, values(10));
            client.starts(B, 3);
            client.says(B, v(3, 7, 1));
            client.starts(A, 3);
            client.switchTo(A);
            client.says(A, v(3, 6, 1));
            bothSay(20);
            client.read();

            tick++;
            client.says(B, v(1, tick), v(2, tick), v(3, 107, 2));
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        @Test
        void whileTheActiveIsHeard() {
            bothSay(20);
            client.read();
            onlyBSays();
            for (int i = 0; i < 20; i++) {
                client.pass(AHEAD);
                client.keepsAlive(A);
            }

            assertThat(client.read()).isEmpty();
        }

        @Test
        void untilBothHaveSaidEnough() {
            bothSay(5);
            client.read();
            onlyBSays();
            client.pass(3 * P);

            assertThat(client.read()).isEmpty();
        }

        @Test
        @Requirement("I9")
        void andAsksForNoTicksWithoutEnd() {
            bothSay(20);
            client.says(A, v(1, 21), v(2, 21));
            client.read();
            for (int i = 22; i < 60; i++) {
                client.says(B, v(1, i), v(2, i));
                client.pass(3 * P);
            }

            assertThat(client.delivery.nextTickNanos() - client.now).isPositive();
        }
    }
}
