package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.dcom.Program;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.TestProcess;

/** Utgard, the OPC DA client that Java has had so far, through the whole program: it speaks DA 2.05a and knows nothing of Tandem. */
@Timeout(300)
class UtgardThroughTandemIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern VALUE = Pattern.compile("v (\\d+) (-?\\d+)");
    private static final Pattern WRITE = Pattern.compile("w (\\d+) ([0-9a-f]{8})");
    private static final Pattern LEDGER = Pattern.compile("\"value\":\"(\\d+)\"");
    private static final int GOOD = 0xC0;
    private static final String OUTCOME_UNKNOWN = "800706be";
    private static final String NOT_SENT = "800706bf";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement(
            value = {"CON-1", "ARC-1", "SYS-4", "SYS-6", "SYS-13"},
            protocol = Protocol.DA)
    void sameScriptGivesTheSameAnswersDirectAndThroughTandem() throws IOException {
        InetAddress alone = Loopback.withFreePort135();
        try (DaSimulatedServer _ =
                        DaSimulatedServer.start(DaSimulatorSettings.at(alone).forgivingOldPeers());
                DaPair pair = new DaPair(Mode.HOT)) {
            List<String> direct = answers(alone);
            assertThat(direct).contains("end: reached").hasSizeGreaterThan(8);

            assertThat(answers(pair.front())).isEqualTo(direct);
        }
    }

    private static List<String> answers(InetAddress host) {
        return Program.run(Utgard.command("UtgardClient.java", host))
                .output()
                .lines()
                .filter(line -> line.matches("[a-z ]+: .*"))
                .toList();
    }

    /** The active is killed, hangs, and announces its end: Utgard has its values, and no write is done twice or said to be done and is not. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-2", "CON-7", "S3", "S7", "I1", "I3"},
            protocol = Protocol.DA)
    void itLivesThroughDeathsHangsAndShutdowns(Mode mode) {
        try (DaPair pair = new DaPair(mode);
                TestProcess client = TestProcess.start(
                        "utgard", folder.resolve("errors.txt"), Utgard.command("UtgardWatch.java", pair.front()))) {
            client.awaitLine("READY", PATIENCE);
            awaitProgress(client);

            List<String> ledger = new ArrayList<>();
            pair.server(0).vanish();
            pair.awaitServing(1);
            awaitProgress(client);
            ledger.addAll(pair.server(0).ledger().lines());
            pair.revive(0);
            pair.awaitStandbyReady(0);

            pair.server(1).faults().hang(true);
            pair.awaitServing(0);
            awaitProgress(client);
            pair.server(1).faults().hang(false);
            pair.awaitStandbyReady(1);

            pair.server(0).requestShutdown("maintenance");
            pair.awaitServing(1);
            awaitProgress(client);
            client.endInput();
            client.awaitLine("end", PATIENCE);

            ledger.addAll(pair.server(0).ledger().lines());
            ledger.addAll(pair.server(1).ledger().lines());
            judge(mode, client, ledger);
        }
    }

    /** Ten values, five reads and five writes more than now. */
    private static void awaitProgress(TestProcess client) {
        long values = count(client, "v ");
        long calls = count(client, "w ");
        Await.until(
                "the client goes on\n" + tail(client),
                PATIENCE,
                () -> count(client, "v ") >= values + 10 && count(client, "w ") >= calls + 5);
    }

    private static long count(TestProcess client, String prefix) {
        return client.output().stream().filter(line -> line.startsWith(prefix)).count();
    }

    private static String tail(TestProcess client) {
        List<String> all = client.output();
        return String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
    }

    private static void judge(Mode mode, TestProcess client, List<String> ledger) {
        List<String> output = client.output();
        assertThat(output.stream().filter(line -> line.startsWith("r ")))
                .as("reads")
                .allMatch(line -> line.equals("r 00000000 " + GOOD));
        List<Long> values = values(output);
        for (int i = 1; i < values.size(); i++) {
            long step = values.get(i) - values.get(i - 1);
            assertThat(step).as("after %d in %s", values.get(i - 1), mode).isPositive();
            if (mode == Mode.HOT) {
                assertThat(step).as("after %d in %s", values.get(i - 1), mode).isOne();
            }
        }
        judgeWrites(output, ledger);
    }

    private static List<Long> values(List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith("v "))
                .map(VALUE::matcher)
                .peek(m -> assertThat(m.matches()).isTrue())
                .peek(m -> assertThat(Integer.parseInt(m.group(2)) & GOOD).isEqualTo(GOOD))
                .map(m -> Long.parseLong(m.group(1)))
                .toList();
    }

    private static void judgeWrites(List<String> output, List<String> ledger) {
        Map<String, Integer> done = new HashMap<>();
        ledger.stream().flatMap(line -> found(LEDGER, line)).forEach(number -> done.merge(number, 1, Integer::sum));
        assertThat(done.values()).as("each write is done once at most").allMatch(count -> count == 1);
        List<String> writes =
                output.stream().filter(line -> line.startsWith("w ")).toList();
        assertThat(writes).hasSizeGreaterThan(20);
        for (String line : writes) {
            Matcher m = WRITE.matcher(line);
            assertThat(m.matches()).as(line).isTrue();
            boolean isDone = done.containsKey(m.group(1));
            switch (m.group(2)) {
                case "00000000" -> assertThat(isDone).as(line).isTrue();
                case NOT_SENT -> assertThat(isDone).as(line).isFalse();
                default -> assertThat(m.group(2)).as(line).isEqualTo(OUTCOME_UNKNOWN);
            }
        }
    }

    private static Stream<String> found(Pattern pattern, String line) {
        return pattern.matcher(line).results().map(result -> result.group(1));
    }
}
