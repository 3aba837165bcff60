package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Tandem has no file descriptor left: who comes now does not get in, and who is there notices nothing. Linux. */
@ExtendWith(Timelines.class)
@Timeout(240)
class DescriptorsIT {
    private static final int ITEMS = 5;
    private static final int MORE = 20;
    private static final int REQUEST_MS = 4_000;

    @Test
    @Requirement(
            value = {"S29", "I9", "I11"},
            protocol = Protocol.UA)
    void withoutDescriptorsNewcomersAreKeptOutAndTheOthersServed() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            pair.awaitReady();
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            pair.awaitReady();
            String url = pair.tandem().url(PairUnderTest.NAME);
            newcomer(url).close(); // classes are loaded and files opened once
            limitDescriptors(pair, open(pair) + MORE);
            List<Socket> strangers = new ArrayList<>();
            try {
                int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
                for (int i = 0; i < 3 * MORE; i++) {
                    strangers.add(new Socket(InetAddress.getLoopbackAddress(), port));
                }
                Await.until("none is left", PairUnderTest.LONG, () -> isFull(pair));
                assertThatThrownBy(() -> newcomer(url).close()).isInstanceOf(UaException.class);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            } finally {
                for (Socket stranger : strangers) {
                    stranger.close();
                }
            }
            Await.until("a newcomer gets in again", PairUnderTest.LONG, () -> getsIn(url));
            pair.server(pair.active()).kill();
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            Unnoticed.values(client, PairUnderTest.PERIOD_MS);
            assertThat(pair.tandem().log().lines().filter(each -> each.contains("Too many open files")))
                    .as("lines about it")
                    .hasSizeLessThan(200);
        }
    }

    private static StreamClient newcomer(String url) throws UaException {
        return StreamClient.connect(url, config -> config.setRequestTimeout(uint(REQUEST_MS)));
    }

    private static boolean getsIn(String url) {
        try {
            newcomer(url).close();
            return true;
        } catch (UaException notYet) {
            return false;
        }
    }

    private static boolean isFull(PairUnderTest pair) {
        return open(pair) >= limit(pair) - 2;
    }

    private static int open(PairUnderTest pair) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pair.tandem().pid() + "/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int limit(PairUnderTest pair) {
        try (Stream<String> limits =
                Files.lines(Path.of("/proc/" + pair.tandem().pid() + "/limits"))) {
            return limits.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.replaceAll("Max open files +(\\d+) .*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void limitDescriptors(PairUnderTest pair, int most) throws Exception {
        Process prlimit = new ProcessBuilder(
                        "prlimit", "--pid", String.valueOf(pair.tandem().pid()), "--nofile=" + most + ":" + most)
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(prlimit.exitValue()).isZero();
        assertThat(limit(pair)).isEqualTo(most);
    }
}
