package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Members die and return a thousand times, clients come and go, and nothing of it is kept. */
@NullUnmarked
class LongLifeTest {
    private static final int DEATHS = 1_000;
    private static final long LIFETIME_MS = 3_000;

    /** What a pair and its members hold; two of these are alike when nothing leaks. */
    record Held(
            List<Integer> sessionsAndSubscriptions,
            int sessions,
            int subscriptions,
            int items,
            List<Integer> sessionsOfMembers,
            List<Integer> subscriptionsOfMembers,
            List<Integer> itemsOfMembers) {
        static Held by(RedundantPair world) {
            List<Integer> sessions = new ArrayList<>();
            List<Integer> subscriptions = new ArrayList<>();
            List<Integer> items = new ArrayList<>();
            for (FakeMember member : List.of(world.a, world.b)) {
                sessions.add(member.sessions.size());
                subscriptions.add(member.sessions.stream()
                        .mapToInt(s -> s.subscriptions.all.size())
                        .sum());
                items.add(member.sessions.stream()
                        .flatMap(s -> s.subscriptions.all.values().stream())
                        .mapToInt(s -> s.items.size())
                        .sum());
            }
            int[] held = world.pair.held();
            return new Held(
                    List.of(held[0], held[1]),
                    world.pair.snapshot().sessions(),
                    world.pair.snapshot().subscriptions(),
                    world.pair.snapshot().items(),
                    sessions,
                    subscriptions,
                    items);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"I9", "I1", "I7", "I11"},
            protocol = Protocol.UA)
    void aThousandDeathsAndAsManyClientsLeaveNothingBehind(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient resident = world.client();
        resident.monitor(resident.subscribe(100), "x", "y");
        live(world, 10, 0);
        quiet(world);
        Held before = Held.by(world);
        int timers = world.time.timers();

        long last = live(world, DEATHS, 1_000);
        quiet(world);

        assertThat(Held.by(world)).isEqualTo(before);
        assertThat(world.pair.held()).containsExactly(1, 1);
        assertThat(world.time.timers()).as("timers").isLessThanOrEqualTo(timers + 2);
        assertThat(resident.numbers("x")).isSorted().doesNotHaveDuplicates().endsWith(last);
        assertThat(resident.publishFaults).isEmpty();
    }

    /** An even number of deaths, so that the pair ends where it began. @return the last value of the node */
    private static long live(RedundantPair world, int deaths, long from) {
        long value = from;
        for (int i = 0; i < deaths; i++) {
            FakeClient visitor = i % 4 == 3 ? null : visitor(world);
            FakeClient.Answer write = visitor == null ? null : visitor.write("z");
            int dead = world.active;
            world.member(dead).kill();
            world.failOver(dead, 1 - dead);
            world.time.run(50);
            world.change("x", ++value);
            world.time.run(150);
            world.member(dead).restart();
            if (world.mode != Mode.COLD) {
                world.attach(dead);
            }
            world.time.run(400);
            if (visitor != null) {
                assertThat(write.get(WriteResponse.class).getResults()).hasSize(1);
                leave(visitor, i % 4);
            }
        }
        return value;
    }

    private static FakeClient visitor(RedundantPair world) {
        FakeClient visitor = world.client();
        visitor.monitor(visitor.subscribe(100, 5, LIFETIME_MS / 100), "x", "z");
        return visitor;
    }

    /** In order; by its connection, with subscriptions that wait for a transfer; by its connection, with none. */
    private static void leave(FakeClient visitor, int how) {
        visitor.pause();
        switch (how) {
            case 0 -> visitor.session.closed(true, "CloseSession");
            case 1 -> {
                visitor.session.channelLost();
                visitor.session.closed(false, "session timeout");
            }
            default -> {
                visitor.session.channelLost();
                visitor.session.closed(true, "session timeout");
            }
        }
        visitor.world.time.settle();
    }

    /** Longer than any lifetime, back-off and timeout. */
    private static void quiet(RedundantPair world) {
        world.time.run(120_000);
    }

    /** A server that lets everybody in and then answers rubbish: it is asked ever more seldom, and the log stays small. */
    @Test
    @Requirement(
            value = {"S16", "I9"},
            protocol = Protocol.UA)
    void memberThatFailsEverySessionIsAskedSeldomAndBlamedOnceAMinute() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        List<FakeClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            FakeClient client = world.client();
            client.monitor(client.subscribe(100), "x");
            clients.add(client);
        }
        world.time.run(1_000);
        world.b.instead = request -> request instanceof CreateSubscriptionRequest
                ? new WriteResponse(FakeMemberSession.good(request), null, null)
                : null;
        int loginsBefore = world.b.logins.size();
        List<ILoggingEvent> said = logOf(() -> {
            world.b.cut("restart");
            world.time.run(600_000);
        });

        assertThat(world.b.logins.size() - loginsBefore)
                .as("connections of 10 sessions in 10 minutes")
                .isBetween(100, 600);
        assertThat(said).as("lines in 10 minutes").hasSizeBetween(1, 11);
        assertThat(said.getLast().getFormattedMessage()).contains("member 1", "more like this");
        assertThat(clients).allMatch(FakeClient::isLoggedIn);

        world.b.instead = request -> null;
        world.time.run(60_000);
        assertThat(world.b.sessions).as("it is used again when it is well").hasSize(10);
    }

    private static List<ILoggingEvent> logOf(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger("org.tandemopc.relay.ua");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            work.run();
        } finally {
            logger.detachAppender(appender);
        }
        return List.copyOf(appender.list);
    }
}
