package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;

/** Faults with one feed: Tandem loses and doubles nothing, and there is a result of everybody. */
@Timeout(1_200)
class FaultsBenchIT {
    private static final Feed FEED = Feed.WIDE;
    private static final List<String> IDS =
            Arrays.stream(Fault.values()).map(Fault::id).toList();
    private static final String[] ONE_FEED = {"--feeds", FEED.word()};

    @Test
    void everyFaultHasAResultAndTandemLosesAndDoublesNothing() throws Exception {
        String lines = ShortRun.of(IDS, ONE_FEED);

        for (Fault fault : Fault.values()) {
            for (Subject subject : Options.parse(ShortRun.line(IDS, ONE_FEED))
                    .failover()
                    .asked(fault, FEED)
                    .keySet()) {
                assertThat(lines)
                        .contains("{\"bench\":\"" + fault.id() + "\",\"subject\":\"" + subject.word() + "\",\"feed\":\""
                                + FEED.word() + "\"");
            }
        }
    }
}
