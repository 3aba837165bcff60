package org.tandemopc.it.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Faults by modes by targets by loads, a tenth of them or all ({@link Selection}): each mode on a pair of its own, at the
 * same time, and each cell judged by itself.
 */
@Timeout(3 * 3600)
class FaultMatrix {
    private static final int TIMELINE_MAX = 20_000;

    private final List<String> findings = Collections.synchronizedList(new ArrayList<>());

    @Test
    @Requirement(
            value = {
                "CON-2", "CON-3", "S1", "S3", "S5", "S7", "S8", "S9", "S11", "S12", "S13", "S34", "I1", "I2", "I3",
                "I4", "I6", "I7", "I11", "I12"
            },
            protocol = Protocol.UA)
    void whateverFailsTheClientIsToldTheTruthAndIsServedAgain() throws Exception {
        Selection selection = Selection.ofProperties();
        System.out.println("MATRIX " + selection);
        try (ServerProcess stranger = ServerProcess.start("stranger", "--no-rate-limit")) {
            List<Thread> lanes = Arrays.stream(Mode.values())
                    .map(mode -> Thread.ofPlatform()
                            .name("lane " + mode)
                            .start(() -> run(mode, selection.of(Cell.all(mode)), stranger)))
                    .toList();
            for (Thread lane : lanes) {
                lane.join();
            }
        }
        assertThat(findings).as(selection.toString()).isEmpty();
    }

    private void run(Mode mode, List<Cell> cells, ServerProcess stranger) {
        List<Cell> left = new ArrayList<>(cells);
        while (!left.isEmpty()) {
            try (Lane lane = start(mode, stranger)) {
                runUntilStuck(lane, left);
            } catch (UaException | RuntimeException | AssertionError e) {
                findings.add(mode + " cannot go on: " + e);
                return;
            }
        }
    }

    /** One after the other: nine processes that start at once take longer than each may. */
    private synchronized Lane start(Mode mode, ServerProcess stranger) {
        return new Lane(mode, stranger);
    }

    /** A pair that is stuck is replaced for the cells that are left. */
    private void runUntilStuck(Lane lane, List<Cell> left) {
        while (!left.isEmpty()) {
            Cell cell = left.removeFirst();
            long start = System.nanoTime();
            boolean isStuck = false;
            List<String> found;
            try {
                found = lane.run(cell);
            } catch (UaException | RuntimeException | AssertionError e) {
                found = List.of("stuck: " + e + at(e));
                isStuck = true;
            }
            report(cell, found, (System.nanoTime() - start) / 1e9);
            if (!found.isEmpty()) {
                String timeline = lane.timeline();
                System.out.println(timeline.substring(Math.max(0, timeline.length() - TIMELINE_MAX)));
            }
            if (isStuck) {
                return;
            }
        }
        lane.wire().forEach(fault -> findings.add("on the wire: " + fault));
    }

    private static String at(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().endsWith("Lane"))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
    }

    private void report(Cell cell, List<String> found, double seconds) {
        System.out.printf(Locale.ROOT, "CELL %s %.1f s %s%n", cell, seconds, found.isEmpty() ? "ok" : found);
        found.forEach(each -> findings.add(cell + ": " + each));
    }
}
