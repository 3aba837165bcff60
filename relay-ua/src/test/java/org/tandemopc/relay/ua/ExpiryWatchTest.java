package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.Certificates.Entry;
import org.tandemopc.relay.Certificates.Side;
import org.tandemopc.relay.Certificates.State;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Requirement(value = "S27", protocol = Protocol.UA)
class ExpiryWatchTest {
    private static final Instant END = Instant.parse("2030-06-01T12:00:00Z");

    private final ExpiryWatch watch = new ExpiryWatch();

    @Test
    void eachStepIsSaidOnceInAYearOfDailyChecks() {
        List<Integer> steps = days(150, -90).stream()
                .flatMap(left -> watch.check(List.of(entry(State.OWN, "aa")), before(left)).stream())
                .map(ExpiryWatch.Warning::step)
                .toList();

        assertThat(steps).containsExactly(30, 7, 1, 0);
    }

    @Test
    void firstCheckSaysTheStepThatIsReachedAndNotThoseBefore() {
        assertThat(watch.check(List.of(entry(State.TRUSTED, "aa")), before(5)))
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.step()).isEqualTo(7);
                    assertThat(warning.daysLeft()).isEqualTo(5);
                });
        assertThat(watch.check(List.of(entry(State.TRUSTED, "aa")), before(4))).isEmpty();
    }

    @Test
    void eachCertificateCountsForItselfAndRefusedOnesNotAtAll() {
        List<Entry> entries = List.of(
                entry(State.OWN, "aa"),
                entry(State.TRUSTED, "bb"),
                entry(State.ISSUER, "cc"),
                entry(State.REFUSED, "dd"));

        assertThat(watch.check(entries, before(10)))
                .extracting(warning -> warning.entry().thumbprint())
                .containsExactly("aa", "bb", "cc");
    }

    @Test
    void renewedCertificateBeginsAnew() {
        assertThat(watch.check(List.of(entry(State.OWN, "aa")), before(10))).hasSize(1);

        assertThat(watch.check(List.of(entry(State.OWN, "bb")), before(9))).hasSize(1);
    }

    @Test
    void nothingIsSaidLongBefore() {
        assertThat(watch.check(List.of(entry(State.OWN, "aa")), before(31))).isEmpty();
        assertThat(watch.check(List.of(entry(State.OWN, "aa")), before(30)))
                .as("control")
                .hasSize(1);
    }

    private static List<Integer> days(int from, int to) {
        return java.util.stream.IntStream.iterate(from, left -> left >= to, left -> left - 1)
                .boxed()
                .toList();
    }

    private static Instant before(int days) {
        return END.minus(Duration.ofDays(days));
    }

    private static Entry entry(State state, String thumbprint) {
        return new Entry(Side.CLIENTS, state, thumbprint, "CN=x", "urn:x", Instant.EPOCH, END);
    }
}
