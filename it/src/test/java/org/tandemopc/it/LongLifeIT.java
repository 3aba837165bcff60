package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Members are killed and started anew, clients come and go, Tandem is restarted, and what is in use stays level. One
 * server carries many pairs, so that each kill is a death for each of them. {@code -Dlonglife=1000} asks for so many
 * deaths; it is a run by hand, of some minutes.
 */
@Timeout(3600)
class LongLifeIT {
    private static final int PAIRS = 50;
    private static final int RESIDENTS = 3;
    private static final int DEATHS = Integer.getInteger("longlife", 80);
    private static final Duration LONG = Duration.ofSeconds(120);
    /** Lines of the log that one death may cost: lost, failed to connect, promoted, connected, and what sessions say. */
    private static final int LINES_PER_DEATH_MAX = 6;

    /** What the records of a death take; 1,600 deaths are far from their maximum. */
    private static final long RECORDS_BYTES = 8_000;
    /** Each pair keeps its newest 1,000 turns, which are full after some 1,500 deaths; each takes 600 bytes or so. */
    private static final long TURNS_KEPT = 1_000;

    private static final long TURN_BYTES = 700;
    private static final long TURNS_PER_DEATH = 40;

    /** What is in use. */
    private record Use(
            long descriptors, long threads, long heapBytes, List<Long> sessions, List<Long> items, long logLines) {}

    @Test
    @Requirement(
            value = {"I9", "I11", "S16", "SYS-10"},
            protocol = Protocol.UA)
    void deathsOfMembersAndVisitsOfClientsLeaveEverythingLevel() throws Exception {
        try (ServerProcess a = server("A");
                ServerProcess b = server("B");
                TandemProcess tandem = TandemProcess.start(pairs(a, b))) {
            List<ServerProcess> servers = List.of(a, b);
            List<StreamClient> residents = new ArrayList<>();
            awaitReady(tandem);
            for (int i = 0; i < RESIDENTS; i++) {
                residents.add(client(tandem, i));
            }
            for (int i = 0; i < 2; i++) {
                die(tandem, servers, residents);
            }
            Use before = use(tandem, servers);
            int cycles = Math.max(1, DEATHS / PAIRS / 2) * 2;
            for (int i = 0; i < cycles; i++) {
                die(tandem, servers, residents);
            }
            Await.until(
                    "sessions and items as before",
                    LONG,
                    () -> sessions(servers).equals(before.sessions())
                            && items(servers).equals(before.items()));
            Use after = use(tandem, servers);
            long deaths = (long) cycles * PAIRS;
            System.out.println("LONGLIFE deaths=" + deaths + " before=" + before + " after=" + after);

            assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors() + 5);
            assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + 5);
            assertThat(after.heapBytes())
                    .as("heap; records and the journal are kept, up to their maximum")
                    .isLessThanOrEqualTo(before.heapBytes() + (8L << 20) + deaths * RECORDS_BYTES + journal(deaths));
            assertThat(after.logLines() - before.logLines())
                    .as("lines of the log")
                    .isLessThanOrEqualTo(deaths * LINES_PER_DEATH_MAX);
            for (StreamClient resident : residents) {
                assertThat(resident.events()).isEmpty();
                resident.close();
            }
        }
    }

    private static long journal(long deaths) {
        return Math.min(deaths * TURNS_PER_DEATH, PAIRS * TURNS_KEPT) * TURN_BYTES;
    }

    /** The server of all actives is killed and comes back; three clients visit meanwhile. */
    private static void die(TandemProcess tandem, List<ServerProcess> servers, List<StreamClient> residents)
            throws UaException {
        int dead = (int) tandem.figure(name(0), "active");
        List<StreamClient> visitors = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            visitors.add(client(tandem, i * 5));
        }
        servers.get(dead).kill();
        for (int i = 0; i < PAIRS; i++) {
            tandem.awaitServing(name(i), 1 - dead, LONG);
        }
        servers.get(dead).restart();
        for (StreamClient visitor : visitors) {
            visitor.close();
        }
        awaitReady(tandem);
        for (StreamClient resident : residents) {
            resident.awaitPresent(PairUnderTest.PERIOD_MS, LONG);
        }
    }

    /** Killed or stopped, it comes back; its clients find it again, and the servers do not gather its old sessions. */
    @Test
    @Requirement(
            value = {"S21", "I9", "ADM-5", "DIA-6"},
            protocol = Protocol.UA)
    void restartsOfTandemLeaveNoSessionsBehindAndClientsComeBack() throws Exception {
        try (ServerProcess a = server("A");
                ServerProcess b = server("B");
                TandemProcess tandem = TandemProcess.start(PairSpec.of(name(0), Mode.HOT, a.url(), b.url()))) {
            List<ServerProcess> servers = List.of(a, b);
            String url = tandem.url(name(0));
            tandem.awaitServing(name(0), 0, LONG);
            try (StreamClient client = StreamClient.connect(url)) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                awaitReady(tandem, 0);
                List<Long> sessions = sessions(servers);
                assertThat(sessions).containsExactly(2L, 2L);

                for (int i = 0; i < 3; i++) {
                    assertThat(tandem.stop()).isZero();
                    // One that was not closed would be there until its timeout, a minute from now.
                    Await.until(
                            "closed by the stop",
                            Duration.ofSeconds(40),
                            () -> sessions(servers).equals(List.of(0L, 0L)));
                    back(tandem, client);
                    assertThat(sessions(servers)).isEqualTo(sessions);
                }
                long last = tandem.newestRecords(name(0), 1).getLast().number();
                tandem.kill();
                back(tandem, client);
                assertThat(tandem.newestRecords(name(0), 1).getLast().number()).isGreaterThan(last);
                // The servers keep what the killed process had until its time is over, a minute.
                Await.until(
                        "old sessions are gone", LONG, () -> sessions(servers).equals(sessions));
            }
        }
    }

    private static void back(TandemProcess tandem, StreamClient client) throws UaException {
        tandem.startAgain();
        tandem.awaitServing(name(0), 0, LONG);
        Await.until("the client has a session again", LONG, () -> canRead(client));
        client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
        awaitReady(tandem, 0);
    }

    private static boolean canRead(StreamClient client) {
        try {
            return client.milo()
                    .readValues(0, TimestampsToReturn.Neither, List.of(NodeIds.Server_ServerStatus_State))
                    .getFirst()
                    .statusCode()
                    .isGood();
        } catch (UaException notYet) {
            return false;
        }
    }

    // ---- what there is

    private static ServerProcess server(String name) {
        return ServerProcess.start(name, List.of("-Xmx256m"), "--no-rate-limit");
    }

    private static PairSpec[] pairs(ServerProcess a, ServerProcess b) {
        return IntStream.range(0, PAIRS)
                .mapToObj(i -> PairSpec.of(name(i), mode(i), a.url(), b.url()))
                .toArray(PairSpec[]::new);
    }

    /** All of them in turn; the first is hot. */
    private static Mode mode(int pair) {
        return List.of(Mode.HOT, Mode.WARM, Mode.COLD).get(pair % 3);
    }

    private static String name(int pair) {
        return "plant" + pair;
    }

    private static StreamClient client(TandemProcess tandem, int pair) throws UaException {
        StreamClient client = StreamClient.connect(tandem.url(name(pair)));
        client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
        return client;
    }

    private static void awaitReady(TandemProcess tandem) {
        for (int i = 0; i < PAIRS; i++) {
            if (mode(i) == Mode.COLD) {
                tandem.awaitPhase(name(i), "serving", LONG);
            } else {
                awaitReady(tandem, i);
            }
        }
    }

    private static void awaitReady(TandemProcess tandem, int pair) {
        Await.until(
                name(pair) + " is ready",
                LONG,
                () -> tandem.status(name(pair), "ready").equals("11"));
    }

    private static Use use(TandemProcess tandem, List<ServerProcess> servers) throws IOException {
        Path process = Path.of("/proc", String.valueOf(tandem.pid()));
        return new Use(
                count(process.resolve("fd")),
                count(process.resolve("task")),
                tandem.heapBytes(name(0)),
                sessions(servers),
                items(servers),
                tandem.log().lines().count());
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static List<Long> sessions(List<ServerProcess> servers) {
        return servers.stream().map(server -> server.stat("sessions")).toList();
    }

    private static List<Long> items(List<ServerProcess> servers) {
        return servers.stream().map(server -> server.stat("monitoredItems")).toList();
    }
}
