package org.tandemopc.it.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Faults by modes by targets by loads, a part of them or all ({@link Selection}): each mode on a pair of its own, at the
 * same time, and each cell judged by itself.
 */
@Timeout(3 * 3600)
class FaultMatrixIT {
    private static final int TIMELINE_MAX = 20_000;
    /** So many second faults cannot all have missed the switch that they were aimed at. */
    private static final int AIMED_MIN = 20;

    private final List<String> findings = Collections.synchronizedList(new ArrayList<>());
    private final List<Second> seconds = Collections.synchronizedList(new ArrayList<>());

    /** A second fault. @param hit whether it fell into the switch that the first one caused */
    private record Second(Mode mode, boolean hit) {}

    @Test
    @Requirement(
            value = {
                "CON-2", "CON-3", "S1", "S3", "S5", "S7", "S8", "S9", "S11", "S12", "S13", "S34", "I1", "I2", "I3",
                "I4", "I5", "I6", "I7", "I8", "I10", "I11", "I12"
            },
            protocol = Protocol.UA)
    void whateverFailsTheClientIsToldTheTruthAndIsServedAgain() throws Exception {
        Selection selection = Selection.ofProperties();
        List<Cell> cells = selection.of(Cell.all());
        System.out.println("MATRIX " + selection + ": " + cells.size() + " cells");
        try (ServerProcess stranger = ServerProcess.start("stranger", "--no-rate-limit")) {
            List<Thread> lanes = Arrays.stream(Mode.values())
                    .map(mode -> Thread.ofPlatform()
                            .name("lane " + mode)
                            .start(() -> run(mode, of(mode, cells), selection, stranger)))
                    .toList();
            for (Thread lane : lanes) {
                lane.join();
            }
        }
        for (Mode mode : Mode.values()) {
            System.out.printf(
                    "MATRIX %s: %d of %d second faults fell into the switch%n", mode, hits(mode), aimed(mode));
        }
        assertThat(findings).as(selection.toString()).isEmpty();
        for (Mode mode : List.of(Mode.WARM, Mode.COLD)) {
            assertThat(hits(mode) > 0 || aimed(mode) < AIMED_MIN)
                    .as("second faults that fell into the switch, in mode " + mode)
                    .isTrue();
        }
    }

    private long aimed(Mode mode) {
        return seconds.stream().filter(each -> each.mode() == mode).count();
    }

    private long hits(Mode mode) {
        return seconds.stream()
                .filter(each -> each.mode() == mode && each.hit())
                .count();
    }

    private static List<Cell> of(Mode mode, List<Cell> cells) {
        return cells.stream().filter(cell -> cell.mode() == mode).collect(Collectors.toCollection(ArrayList::new));
    }

    private void run(Mode mode, List<Cell> left, Selection selection, ServerProcess stranger) {
        while (!left.isEmpty()) {
            try (Lane lane = start(mode, selection, stranger)) {
                runUntilStuck(lane, left);
            } catch (UaException | RuntimeException | AssertionError e) {
                findings.add(mode + " cannot go on: " + e);
                return;
            }
        }
    }

    /** One after the other: nine processes that start at once take longer than each may. */
    private synchronized Lane start(Mode mode, Selection selection, ServerProcess stranger) {
        return new Lane(mode, stranger, selection);
    }

    /** A pair that is stuck is replaced for the cells that are left. */
    private void runUntilStuck(Lane lane, List<Cell> left) {
        while (!left.isEmpty()) {
            Cell cell = left.removeFirst();
            long start = System.nanoTime();
            boolean isStuck = false;
            String note = "";
            List<String> found;
            List<TandemRecord> story = List.of();
            try {
                Lane.Outcome outcome = lane.run(cell);
                found = outcome.findings();
                story = outcome.story();
                outcome.inSwitch().ifPresent(hit -> seconds.add(new Second(cell.mode(), hit)));
                note = outcome.inSwitch()
                        .map(hit -> hit ? " (struck in the switch)" : " (struck after the switch)")
                        .orElse("");
            } catch (UaException | RuntimeException | AssertionError e) {
                found = List.of("stuck: " + e + at(e));
                isStuck = true;
                String timeline = lane.timeline();
                System.out.println(timeline.substring(Math.max(0, timeline.length() - TIMELINE_MAX)));
            }
            report(cell, found, note, (System.nanoTime() - start) / 1e9);
            if (!found.isEmpty()) {
                story.forEach(record -> System.out.println(record.at() + " " + record.kind() + " " + record.fields()));
            }
            if (isStuck) {
                return;
            }
        }
    }

    private static String at(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().contains(".Lane"))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
    }

    private void report(Cell cell, List<String> found, String note, double seconds) {
        System.out.printf(Locale.ROOT, "CELL %s %.1f s %s%s%n", cell, seconds, found.isEmpty() ? "ok" : found, note);
        found.forEach(each -> findings.add(cell + ": " + each));
    }
}
