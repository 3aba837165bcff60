package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Route;
import org.tandemopc.relay.da.front.WriteReport;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class WriteAuditTest {
    private static String line(String account, int member, List<String> items) {
        return WriteAudit.line(
                "Plant", "127.0.0.9", new WriteReport("SyncIO.Write", account, member, 7, items, items.size(), "done"));
    }

    @Test
    void tellsWhoWroteWhatWhereAndWhatCameOfIt() {
        assertThat(line("PLANT\\ann", 1, List.of("A.b", "C")))
                .isEqualTo("SyncIO.Write by 'PLANT\\ann' at 127.0.0.9, pair 'Plant', member 1 in epoch 7,"
                        + " 2 items [A.b, C]: done");
        assertThat(line("ann", Route.NONE, List.of())).contains("member none, 0 items []");
    }

    /** Names come from clients: a line stays one line, and short. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void isBoundedWhateverIsWritten() {
        List<String> many = IntStream.range(0, 5_000).mapToObj(i -> "item" + i).toList();

        assertThat(line("ann", 0, many))
                .contains("5000 items [item0, ")
                .contains("item19, …]")
                .doesNotContain("item20");
        assertThat(line("a\nSyncIO.Write by 'root'", 0, List.of("x".repeat(100_000))))
                .doesNotContain("\n")
                .hasSizeLessThan(500);
    }
}
