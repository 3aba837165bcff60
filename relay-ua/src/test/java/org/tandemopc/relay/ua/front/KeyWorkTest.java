package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Whose turn it is, without a thread: the pool does what the test lets it do. */
class KeyWorkTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final KeyWork work = new KeyWork(tasks::add);
    private final List<String> did = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    /** Each on a connection of its own. */
    private void ask(String address, int times) {
        for (int i = 0; i < times; i++) {
            ask(address, new Object());
        }
    }

    private void ask(String address, Object connection) {
        work.submit(address, connection, () -> did.add(address), () -> refused.add(address));
    }

    private void run(int count) {
        for (int i = 0; i < count; i++) {
            tasks.remove().run();
        }
    }

    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void whoComesFromElsewhereDoesNotWaitForAnAddressThatAsksForMuch() {
        ask("10.0.0.1", 100);
        ask("10.0.0.2", 1);

        run(2);

        assertThat(did).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(refused).isEmpty();
    }

    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void theAddressWithMostGivesAPlaceToOneWithFewerWhenAllAreTaken() {
        ask("10.0.0.1", KeyWork.WAITING_MAX + 7);
        assertThat(refused).hasSize(7).containsOnly("10.0.0.1");
        refused.clear();

        ask("10.0.0.2", 2);

        assertThat(refused).containsExactly("10.0.0.1", "10.0.0.1");
        assertThat(tasks).hasSize(KeyWork.WAITING_MAX);
        run(4);
        assertThat(did).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2");
        run(KeyWork.WAITING_MAX - 4);
        assertThat(did).hasSize(KeyWork.WAITING_MAX);
    }

    @Test
    void addressesWithAsManyEachPutNobodyOut() {
        ask("10.0.0.1", KeyWork.WAITING_MAX / 2);
        ask("10.0.0.2", KeyWork.WAITING_MAX / 2);

        ask("10.0.0.2", 1);
        ask("10.0.0.1", 1);

        assertThat(refused).containsExactly("10.0.0.2", "10.0.0.1");
    }

    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void aConnectionHasAFewPlacesUntilItsWorkIsDone() {
        Object connection = new Object();
        for (int i = 0; i < KeyWork.PER_CONNECTION_MAX; i++) {
            ask("10.0.0.1", connection);
        }
        ask("10.0.0.1", connection);
        assertThat(refused).hasSize(1);
        ask("10.0.0.1", 1);
        assertThat(refused).as("another connection").hasSize(1);

        run(1);
        ask("10.0.0.1", connection);

        assertThat(refused).hasSize(1);
    }

    /** A defect in one piece of work costs no place. */
    @Test
    void workThatFailsGivesItsPlaceBack() {
        Object connection = new Object();
        for (int i = 0; i < KeyWork.PER_CONNECTION_MAX; i++) {
            work.submit(
                    "10.0.0.1",
                    connection,
                    () -> {
                        throw new IllegalStateException("a defect of a test");
                    },
                    () -> refused.add("failing"));
        }
        while (!tasks.isEmpty()) {
            try {
                run(1);
            } catch (IllegalStateException e) {
                did.add("failed");
            }
        }

        ask("10.0.0.1", connection);
        run(1);

        assertThat(refused).isEmpty();
        assertThat(did).hasSize(KeyWork.PER_CONNECTION_MAX + 1).endsWith("10.0.0.1");
    }

    @Test
    void poolThatHasEndedRefuses() {
        KeyWork ended = new KeyWork(task -> {
            throw new RejectedExecutionException();
        });

        ended.submit("10.0.0.1", this, () -> did.add("did"), () -> refused.add("refused"));

        assertThat(refused).containsExactly("refused");
        assertThat(did).isEmpty();
    }
}
