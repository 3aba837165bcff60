package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultLogTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private long now = 1_000;
    private final List<String> lines = new ArrayList<>();
    private final FaultLog log = new FaultLog(() -> now, (line, error) -> lines.add(error == null ? line : line + "!"));

    @Test
    void tellsAFewLinesAMinuteAndThenHowManyItLeftOut() {
        for (int i = 0; i < FaultLog.LINES_PER_MINUTE + 7; i++) {
            log.tell("A", "fault " + i);
        }
        assertThat(lines).hasSize(FaultLog.LINES_PER_MINUTE).doesNotHaveDuplicates();
        now += MINUTE - 1;
        log.tell("A", "still the same minute");
        assertThat(lines).hasSize(FaultLog.LINES_PER_MINUTE);

        now += 1;
        log.tell("B", "another minute");
        log.tell("B", "and on");
        assertThat(lines.subList(FaultLog.LINES_PER_MINUTE, lines.size()))
                .containsExactly("Client B: another minute (8 lines before it were left out)", "Client B: and on");
    }

    /** What a peer sent must neither end a line nor turn the rest around, nor be endless. */
    @Test
    void keepsALineALine() {
        log.tell("A", "user x\r\nINFO all is well\u001b[2J\u202e");
        log.tell("A", "y".repeat(10_000));

        assertThat(lines.getFirst()).isEqualTo("Client A: user x??INFO all is well?[2J?");
        assertThat(lines.get(1)).hasSizeLessThan(400);
    }

    @Test
    void tellsErrorsOfOursByTheSameMeasure() {
        for (int i = 0; i < 2 * FaultLog.LINES_PER_MINUTE; i++) {
            log.tell("A", "broke", new IllegalStateException());
        }
        assertThat(lines).hasSize(FaultLog.LINES_PER_MINUTE).containsOnly("Client A: broke!");
    }
}
