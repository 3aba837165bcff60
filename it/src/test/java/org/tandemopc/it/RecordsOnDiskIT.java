package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.SmallDisk;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** The disk of the diagnostics fills up, is emptied by somebody, and the process is killed; the clients notice nothing. */
@Timeout(240)
class RecordsOnDiskIT {
    private static final String PAIR = PairUnderTest.NAME;
    /** More than the rest of a page of 4 kB holds. */
    private static final int MANY = 60;

    @Test
    @Requirement(
            value = {"S23", "S21", "DIA-6", "I9"},
            protocol = Protocol.UA)
    void fullDiskIsToldOnceAndUsedAgainAndRecordsOutliveAKill() throws Exception {
        try (SmallDisk disk = new SmallDisk(512);
                ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem =
                        TandemProcess.startWithLogIn(disk.path(), PairSpec.of(PAIR, Mode.HOT, a.url(), b.url()))) {
            tandem.awaitServing(PAIR, 0, PairUnderTest.LONG);
            Path folder = disk.path().resolve(PAIR);
            record(tandem, 3);
            awaitOnDisk(tandem, folder);
            List<TandemRecord> early = tandem.newestRecords(PAIR, 1_000);

            try (StreamClient client = StreamClient.connect(tandem.url(PAIR))) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                Await.until(
                        "ready",
                        PairUnderTest.LONG,
                        () -> tandem.status(PAIR, "ready").equals("11"));
                disk.fill();
                record(tandem, MANY);
                Await.until("the loss is told", PairUnderTest.LONG, () -> losses(tandem) == 1);
                tandem.command("switch " + PAIR + " 1");
                tandem.awaitServing(PAIR, 1, PairUnderTest.LONG);
                record(tandem, MANY);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                Unnoticed.values(client, PairUnderTest.PERIOD_MS);
            }
            assertThat(losses(tandem)).as("told once").isEqualTo(1);
            assertThat(tandem.newestRecords(PAIR, 1_000))
                    .as("memory has all")
                    .hasSizeGreaterThan(early.size() + 2 * MANY)
                    .startsWith(early.toArray(TandemRecord[]::new));
            disk.free();
            record(tandem, 3);
            awaitOnDisk(tandem, folder);
            long last = lastNumber(tandem);

            Files.move(folder, disk.path().resolve("taken-away"));
            record(tandem, 3);
            awaitOnDisk(tandem, folder);
            List<TandemRecord> three = tandem.recordsAfter(PAIR, last).stream()
                    .filter(r -> r.kind().equals("PINNED"))
                    .toList();
            last = lastNumber(tandem);
            tandem.kill();
            tandem.startAgain();

            assertThat(tandem.recordsAfter(PAIR, 0)).containsSubsequence(three);
            tandem.awaitServing(PAIR, 0, PairUnderTest.LONG);
            assertThat(lastNumber(tandem)).as("numbers go on").isGreaterThan(last);
        }
    }

    /** A pin and its release are a record each, and need no server. */
    private static void record(TandemProcess tandem, int times) {
        long before = lastNumber(tandem);
        long active = tandem.figure(PAIR, "active");
        for (int i = 0; i < times; i++) {
            tandem.command("pin " + PAIR + " " + active);
            tandem.command("unpin " + PAIR);
        }
        Await.until("recorded", PairUnderTest.LONG, () -> lastNumber(tandem) >= before + 2L * times);
    }

    private static long losses(TandemProcess tandem) {
        return tandem.newestRecords(PAIR, 1_000).stream()
                .filter(r -> r.kind().equals("LOG_LOSS"))
                .count();
    }

    private static long lastNumber(TandemProcess tandem) {
        return tandem.newestRecords(PAIR, 1).getLast().number();
    }

    private static void awaitOnDisk(TandemProcess tandem, Path folder) {
        Await.until("the newest record is on the disk", PairUnderTest.LONG, () -> {
            List<TandemRecord> newest = tandem.newestRecords(PAIR, 5).stream()
                    .filter(r -> !r.kind().equals("LOG_LOSS"))
                    .toList();
            return lines(folder).contains("\"number\":" + newest.getLast().number() + ",");
        });
    }

    private static String lines(Path folder) {
        if (!Files.isDirectory(folder)) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("records-"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        } catch (NoSuchFileException e) {
            // the oldest has gone meanwhile
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }
}
