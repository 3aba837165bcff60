package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.attack.Attack;
import org.tandemopc.it.attack.Attacker;
import org.tandemopc.it.attack.Netns;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * Attacks on the front door from another machine (a network namespace, since loopback is spared by some limits): while
 * each runs, a client with a subscription loses and doubles nothing, a new client from another address gets in within two
 * seconds, and afterwards nothing of the attack is left.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrontDoorAttackIT {
    private static final int SECONDS = 8;
    private static final int ITEMS = 10;
    private static final Duration NEW_CLIENT_MAX = Duration.ofSeconds(2);
    private static final Duration GONE_MAX = Duration.ofSeconds(40);

    /** Ten lines a second about faults of peers, one about what was left out, and some about other things. */
    private static final int LINES_MAX = 12 * (SECONDS + 5) + 20;

    /** Pooled memory that comes and goes with living clients. */
    private static final long SLACK_BYTES = 4L << 20;

    /** What the door may hold of requests that are not finished, or of answers that nobody reads. */
    private static final long HELD_BYTES_MAX = 128L << 20;

    private final TestFolder folder = new TestFolder("attack");
    private Netns elsewhere;
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>(List.of(folder));
    private TandemProcess tandem;
    private String url;
    private int port;
    private StreamClient living;

    @BeforeAll
    void start() throws Exception {
        elsewhere = closing(Netns.create());
        String[] users = {"--policy", "none,basic256sha256", "--user", "operator:secret"};
        ServerProcess a = closing(ServerProcess.start("A", users));
        ServerProcess b = closing(ServerProcess.start("B", users));
        tandem = closing(TandemProcess.startAt(
                elsewhere.here(),
                "None, Basic256Sha256",
                // As the program itself logs, not as tests do.
                List.of("-Xmx400m", "-Dlogback.configurationFile=logback.xml"),
                PairSpec.of("plant", Mode.HOT, a.url(), b.url())));
        tandem.awaitServing("plant", 0, PairUnderTest.LONG);
        url = tandem.url("plant");
        port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
        StreamClient.connect(url).close(); // classes are loaded and compiled once
        living = closing(StreamClient.connect(url));
        living.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        Await.until("first samples", PairUnderTest.LONG, () -> living.fewestSamples() >= 10);
    }

    private <T extends AutoCloseable> T closing(T opened) {
        toClose.push(opened);
        return opened;
    }

    @AfterAll
    void end() throws Exception {
        for (AutoCloseable opened : toClose) {
            opened.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Attack.class)
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void othersNoticeNothingOfAnAttackAndNothingIsLeftOfIt(Attack attack) throws Exception {
        // Given
        Await.until("quiet before", GONE_MAX, () -> connections() == 1 && sessions() == 1);
        long memory = tandem.pinnedMemory("plant");
        long lines = logLines();
        int samples = living.fewestSamples();

        // When
        try (TestProcess attacker = attacker(attack)) {
            attacker.awaitLine("BEGUN ", PairUnderTest.LONG);
            Duration first = timeOfANewClient();
            if (attack == Attack.HELLO_ONLY || attack == Attack.UNFINISHED_CHUNKS) {
                Await.until("control: connections are held", PairUnderTest.LONG, () -> connections() > 50);
            }
            Duration second = timeOfANewClient();
            long held = tandem.pinnedMemory("plant") - memory;
            String done = attacker.awaitLine("DONE", Duration.ofSeconds(SECONDS + 30));

            // Then
            assertThat(count(done, attack.evidence()))
                    .as("control: it arrived: " + done)
                    .isGreaterThan(attack.atLeast());
            assertThat(first).as("first new client; " + done).isLessThan(NEW_CLIENT_MAX);
            assertThat(second).as("second new client; " + done).isLessThan(NEW_CLIENT_MAX);
            assertThat(held).as("memory; " + done).isLessThan(HELD_BYTES_MAX);
            if (attack == Attack.CONNECT_STORM) {
                assertThat(count(done, "refused"))
                        .as("the limit holds: " + done)
                        .isPositive();
            }
            if (attack == Attack.LOGINS) {
                assertOneAnswerAfterOneDelay(done);
            }
        }
        Await.until("nothing left", GONE_MAX, () -> connections() == 1 && sessions() == 1);
        Await.until("memory is back", GONE_MAX, () -> tandem.pinnedMemory("plant") <= memory + SLACK_BYTES);
        assertThat(logLines() - lines).as("lines in the log").isLessThan(LINES_MAX);
        Await.until("more samples", PairUnderTest.LONG, () -> living.fewestSamples() >= samples + 10 * SECONDS / 2);
        Unnoticed.values(living, PairUnderTest.PERIOD_MS);
    }

    private static void assertOneAnswerAfterOneDelay(String done) {
        assertThat(done).containsPattern(" broken-80210000=\\d+").doesNotContain("let-in");
        Matcher answers = Pattern.compile(" (wrong|broken)-([0-9A-F]{8})=").matcher(done);
        while (answers.find()) {
            assertThat(answers.group(2)).as(done).isEqualTo("80210000");
        }
        assertThat(count(done, "wrong-quickest-ms")).isGreaterThanOrEqualTo(500);
        assertThat(count(done, "broken-quickest-ms")).isGreaterThanOrEqualTo(500);
    }

    private TestProcess attacker(Attack attack) {
        return TestProcess.startJavaIn(
                "attacker",
                elsewhere.within(List.of()),
                folder.path().resolve("errors.txt"),
                List.of("-Xmx256m"),
                Attacker.class.getName(),
                List.of(attack.name(), elsewhere.here(), String.valueOf(port), "/plant", String.valueOf(SECONDS)));
    }

    private Duration timeOfANewClient() throws Exception {
        long began = System.nanoTime();
        try (StreamClient client = StreamClient.connect(url)) {
            client.milo().readValues(0, TimestampsToReturn.Both, List.of(new NodeId(2, "counter/0")));
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    private long sessions() {
        return tandem.figure("plant", "sessions");
    }

    private long logLines() {
        return tandem.log().lines().count();
    }

    private static long count(String done, String what) {
        Matcher matcher = Pattern.compile(" " + Pattern.quote(what) + "=(\\d+)").matcher(done);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Connections of Tandem's front door that the kernel calls established. */
    private long connections() {
        return established("/proc/net/tcp") + established("/proc/net/tcp6");
    }

    private long established(String table) {
        String suffix = ":%04X".formatted(port);
        try {
            return Files.readAllLines(Path.of(table)).stream()
                    .skip(1)
                    .map(line -> line.trim().split(" +"))
                    .filter(columns -> columns[1].endsWith(suffix) && columns[3].equals("01"))
                    .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
