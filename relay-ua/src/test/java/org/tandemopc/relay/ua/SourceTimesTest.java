package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A time of a server is its own affair: nothing is corrected, rounded, or held back for it. */
@NullUnmarked
class SourceTimesTest {
    private static final List<DateTime> TIMES = Stream.concat(
                    Stream.of(
                                    // The first 100 ns that OPC UA knows, and the last second.
                                    "1601-01-01T00:00:00.000000100Z",
                                    "9999-12-31T23:59:59Z",
                                    // Around a leap second, as clocks show it that repeat a second or stand still.
                                    "2016-12-31T23:59:59.999999900Z",
                                    "2016-12-31T23:59:59Z",
                                    "2017-01-01T00:00:00Z",
                                    // A clock that takes local time for UTC, when summer time begins and ends.
                                    "2026-03-29T01:59:59.999Z",
                                    "2026-03-29T03:00:00Z",
                                    "2026-10-25T02:59:59.999Z",
                                    "2026-10-25T02:00:00Z",
                                    "1970-01-01T00:00:00Z")
                            .map(text -> new DateTime(Instant.parse(text))),
                    Stream.of(new DateTime(Long.MAX_VALUE)))
            .toList();

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S18", "I8"},
            protocol = Protocol.UA)
    void timesOfAllCenturiesAndAroundLeapSecondsAndSummerTimePassAsTheyAre(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(500);
        client.forget();
        for (int i = 0; i < TIMES.size(); i++) {
            world.a.set("x", new DataValue(Variant.ofInt64(i), StatusCode.GOOD, TIMES.get(i), world.time.stamp()));
            world.time.run(200);
            assertThat(client.readNow(FakeMember.node("x")).getSourceTime()).isEqualTo(TIMES.get(i));
        }
        world.time.run(500);

        assertThat(client.of("x"))
                .extracting(each -> each.value().getSourceTime())
                .containsExactlyElementsOf(TIMES);
    }
}
