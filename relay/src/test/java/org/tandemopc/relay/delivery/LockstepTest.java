package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.delivery.FakeBatch.v;
import static org.tandemopc.relay.delivery.ScriptedClient.P;
import static org.tandemopc.relay.delivery.ScriptedClient.SUB;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.relay.delivery.FakeBatch.Entry;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * Two model servers that see the same changes, each with its own publishing phase and delays, and switches to and fro,
 * planned and after a death. Judged by the list of changes, which the engine never sees.
 */
class LockstepTest {
    private static final int RUNS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @Requirement(
            value = {"S17", "MODE-H2", "MODE-H3", "I7"},
            protocol = Protocol.UA)
    void hotDeliversEveryValueOnceAndInOrder(long seed) {
        for (int run = 0; run < RUNS; run++) {
            new World(seed * 1_000 + run, false, 0).run().assertExact();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @Requirement(
            value = {"S17", "MODE-W3", "I7"},
            protocol = Protocol.UA)
    void warmDeliversEveryValueOnceAndInOrder(long seed) {
        for (int run = 0; run < RUNS; run++) {
            new World(seed * 1_000 + run, true, 0).run().assertExact();
        }
    }

    /** A switch that goes to and fro has the same value again and again; only the time tells which the client saw. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    @Requirement(value = "S17", protocol = Protocol.UA)
    void repeatingValuesAreDeliveredOnceAndInOrder(long seed) {
        for (int run = 0; run < RUNS; run++) {
            new World(seed * 1_000 + run, false, 0, 2).run().assertExact();
            new World(seed * 1_000 + run, true, 0, 2).run().assertExact();
        }
    }

    @Test
    void hotAndWarmDeliverEveryValueOnceWithAFreshSeed() {
        long seed = System.nanoTime();
        new World(seed, false, 0).run().assertExact();
        new World(seed, true, 0).run().assertExact();
    }

    /** With clocks that differ nothing is exact, but no value is missing without a mark. */
    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, -7_000, -800, -30, 30, 800, 7_000, 3_600_000})
    @Requirement(
            value = {"I4", "S18"},
            protocol = Protocol.UA)
    void withClocksThatDifferNothingIsLostUnmarked(long skewMs) {
        for (int run = 0; run < RUNS; run++) {
            new World(run, false, skewMs).run().assertLossesAreMarked();
            new World(run, true, skewMs).run().assertLossesAreMarked();
        }
    }

    private static final class World {
        private static final int ITEMS = 3;
        private static final int PARKED_QUEUE = 200;
        private static final long END = 100 * P;

        private record Event(long atNanos, long order, Runnable action) {}

        private record Change(long time, long value) {}

        private final class Member {
            final int id;
            final long skewTicks;
            boolean alive = true;
            boolean publishing = true;
            final List<ArrayDeque<Entry>> queues = new ArrayList<>();
            /** Messages travel in order. */
            long lastArrival;
            /** Counts its lives: what a dead one sent does not arrive. */
            int life;

            Member(int id, long skewTicks) {
                this.id = id;
                this.skewTicks = skewTicks;
                for (int i = 0; i < ITEMS; i++) {
                    queues.add(new ArrayDeque<>());
                }
            }

            void changed(int item, Change change) {
                if (!alive) {
                    return;
                }
                ArrayDeque<Entry> queue = queues.get(item);
                queue.add(v(item + 1, change.time + skewTicks, change.value));
                if (queue.size() > PARKED_QUEUE) {
                    queue.removeFirst();
                    queue.addFirst(queue.removeFirst().overflowed());
                }
            }

            void publishingTimer() {
                if (alive && publishing) {
                    publish();
                }
                at(now + P, this::publishingTimer);
            }

            private void publish() {
                List<Entry> entries = new ArrayList<>();
                queues.forEach(queue -> {
                    entries.addAll(queue);
                    queue.clear();
                });
                arrive(() -> {
                    if (entries.isEmpty()) {
                        delivery.keepAlive(id, SUB, now);
                    } else {
                        delivery.values(id, SUB, new FakeBatch(entries, states), now);
                    }
                });
            }

            /** After a network's delay, behind what was sent before, unless the connection breaks first. */
            private void arrive(Runnable action) {
                int sentIn = life;
                lastArrival = Math.max(lastArrival, now + nanos(0, 2 * P));
                at(lastArrival, () -> {
                    if (life == sentIn) {
                        action.run();
                    }
                });
            }

            void createItems(boolean parked) {
                publishing = !parked;
                for (int i = 0; i < ITEMS; i++) {
                    queues.get(i).clear();
                    Change current = changes.get(i).getLast();
                    queues.get(i).add(v(i + 1, current.time + skewTicks, current.value));
                    delivery.runStarted(id, SUB, i + 1, parked, now);
                }
            }

            void park() {
                publishing = false;
                delivery.runsParked(id, SUB);
            }

            void die() {
                alive = false;
                life++;
                delivery.runsEnded(id, SUB, now);
            }
        }

        private final String name;
        private final Random random;
        private final boolean warm;
        private final SessionDelivery delivery;
        private final ScriptedClient client = new ScriptedClient();
        private final PriorityQueue<Event> events = new PriorityQueue<>(
                (a, b) -> a.atNanos != b.atNanos ? Long.compare(a.atNanos, b.atNanos) : Long.compare(a.order, b.order));
        private final List<List<Change>> changes = new ArrayList<>();
        private final List<List<Entry>> delivered = new ArrayList<>();
        private final Member[] members;
        private long order;
        private long now;
        private final int states;
        private int active;
        private boolean switching;
        private int switches;

        World(long seed, boolean warm, long skewMs) {
            this(seed, warm, skewMs, 0);
        }

        World(long seed, boolean warm, long skewMs, int states) {
            this.name = (warm ? "warm" : "hot") + " seed " + seed + " skew " + skewMs + " ms, states " + states;
            this.states = states;
            this.random = new Random(seed);
            this.warm = warm;
            this.delivery = client.delivery;
            this.members = new Member[] {new Member(0, 0), new Member(1, skewMs * 10_000)};
            delivery.activate(0, 1, 0);
            delivery.createSubscription(SUB, ScriptedClient.longLived(), 0);
            for (int i = 0; i < ITEMS; i++) {
                changes.add(new ArrayList<>(List.of(new Change(ticks(), 0))));
                delivered.add(new ArrayList<>());
                delivery.addItem(SUB, i + 1, ScriptedClient.values(1_000));
            }
        }

        World run() {
            members[0].createItems(false);
            members[1].createItems(warm);
            members[0].publishingTimer();
            at(nanos(0, P), members[1]::publishingTimer);
            for (int i = 0; i < ITEMS; i++) {
                int item = i;
                at(nanos(0, P), () -> change(item));
            }
            at(12 * P, this::beginSwitch);
            client.publish();
            client.publish();
            while (!events.isEmpty() && events.peek().atNanos <= END + 30 * P) {
                Event next = events.remove();
                tickUntil(next.atNanos);
                now = next.atNanos;
                next.action.run();
                read();
            }
            tickUntil(END + 100 * P);
            read();
            assertThat(switches).as(name).isPositive();
            return this;
        }

        private void tickUntil(long nanos) {
            while (delivery.nextTickNanos() <= nanos) {
                now = Math.max(now, delivery.nextTickNanos());
                delivery.tick(now);
                read();
            }
        }

        /** Item 1 changes often, item 3 seldom; now and then two changes with one time. */
        private void change(int item) {
            if (now > END) {
                return;
            }
            int times = random.nextInt(10) == 0 ? 2 : 1;
            for (int n = 0; n < times; n++) {
                Change change = new Change(ticks(), changes.get(item).size());
                changes.get(item).add(change);
                for (Member member : members) {
                    member.changed(item, change);
                }
            }
            at(now + nanos(P / 20, (long) Math.pow(8, item) * P / 4), () -> change(item));
        }

        private void beginSwitch() {
            Member from = members[active];
            Member to = members[1 - active];
            if (now > END || switching || !to.alive) {
                return;
            }
            switching = true;
            switches++;
            boolean death = random.nextInt(3) == 0;
            if (death) {
                from.die();
            }
            // Until the loss is detected nothing happens.
            at(now + (death ? nanos(0, 5 * P) : 0), () -> {
                delivery.hold(now);
                at(now + nanos(0, 3 * P), () -> activate(from, to));
            });
        }

        private void activate(Member from, Member to) {
            active = to.id;
            delivery.activate(to.id, switches + 1, now);
            if (warm) {
                at(now + nanos(0, P), () -> to.publishing = true);
            }
            if (!from.alive) {
                at(now + nanos(P, 10 * P), () -> {
                    from.alive = true;
                    from.createItems(warm);
                });
            } else if (warm) {
                at(now + nanos(P, 2 * P), from::park);
            }
            at(now + 13 * P, () -> {
                switching = false;
            });
            // Long enough for the other to have begun well before this one is heard last.
            at(now + nanos(20 * P, 30 * P), this::beginSwitch);
        }

        private void read() {
            client.now = now;
            while (client.hasNext()) {
                PublishAnswer answer = client.next();
                ScriptedClient.entriesOf(answer)
                        .forEach(e -> delivered.get(e.item() - 1).add(e));
                client.publish(answer.content().isEmpty() ? new long[0] : new long[] {answer.sequenceNumber()});
            }
        }

        void assertExact() {
            for (int i = 0; i < ITEMS; i++) {
                assertThat(firstDifference(
                                delivered.get(i).stream().map(Entry::value).toList(),
                                changes.get(i).stream().map(Change::value).toList()))
                        .as("%s item %d", name, i + 1)
                        .isEmpty();
                assertThat(delivered.get(i).stream().filter(Entry::overflow))
                        .as("%s item %d: marked", name, i + 1)
                        .isEmpty();
            }
            assertThat(client.gaps).as(name).isEmpty();
        }

        private static String firstDifference(List<Long> is, List<Long> wanted) {
            int at = 0;
            while (at < is.size() && at < wanted.size() && is.get(at).equals(wanted.get(at))) {
                at++;
            }
            if (at == is.size() && at == wanted.size()) {
                return "";
            }
            return "from " + at + " on " + is.subList(Math.max(0, at - 2), Math.min(is.size(), at + 6)) + " instead of "
                    + wanted.subList(Math.max(0, at - 2), Math.min(wanted.size(), at + 6));
        }

        /** Counts of lost values stand between two delivered ones; the later of them, or one soon after, is marked. */
        void assertLossesAreMarked() {
            for (int i = 0; i < ITEMS; i++) {
                Map<Long, Integer> place = new HashMap<>();
                changes.get(i).forEach(change -> place.put(change.value, place.size()));
                int newest = -1;
                for (Entry entry : delivered.get(i)) {
                    int at = place.getOrDefault(entry.value(), -1);
                    if (at > newest + 1) {
                        assertThat(entry.overflow())
                                .as("%s item %d: %s after %d missing", name, i + 1, entry, at - newest - 1)
                                .isTrue();
                    }
                    newest = Math.max(newest, at);
                }
                assertThat(newest).as("%s item %d: last", name, i + 1).isEqualTo(place.size() - 1);
            }
        }

        private void at(long nanos, Runnable action) {
            events.add(new Event(nanos, order++, action));
        }

        private long nanos(long from, long to) {
            return from + (long) (random.nextDouble() * (to - from));
        }

        private long ticks() {
            return 1_000_000_000_000L + now / 100;
        }
    }
}
