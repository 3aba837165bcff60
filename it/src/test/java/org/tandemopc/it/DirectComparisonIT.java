package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ServiceScript;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The same requests get the same answers through Tandem as from the server itself, on either member. */
@ExtendWith(Timelines.class)
@Timeout(180)
class DirectComparisonIT {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Requirement(
            value = {"CON-1", "ARC-1", "I6"},
            protocol = Protocol.UA)
    void answersThroughTandemAreThoseOfTheServer(int member) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.WARM);
                StreamClient direct = StreamClient.connect(pair.server(member).url())) {
            if (member == 1) {
                pair.server(0).kill();
                pair.awaitServing(1);
            }
            // The first run leaves written values behind; from then on every run finds the same.
            ServiceScript.run(direct.milo());
            Map<String, String> expected = ServiceScript.run(direct.milo());
            Map<String, String> actual = ServiceScript.run(pair.connect().milo());

            assertThat(expected).hasSizeGreaterThan(200);
            expected.forEach((request, answer) ->
                    assertThat(actual.get(request)).as(request).isEqualTo(answer));
            assertThat(actual).hasSameSizeAs(expected);
        }
    }
}
