package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.it.attack.Attack;
import org.tandemopc.it.attack.Attacker;
import org.tandemopc.it.attack.Netns;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * The control of {@link FrontDoorAttackIT}: why its attacks come from another machine, and why Milo's own limiter is not
 * used. It spares loopback, and shuts out everybody behind an address from which more than four connect within a second.
 */
@Timeout(300)
class StockLimiterIT {
    private static final int STORM_SECONDS = 3;

    /** Of Milo, in a second. */
    private static final int CONNECTS_MAX = 4;

    private final TestFolder folder = new TestFolder("stock-limiter");

    @Test
    void stockMiloSparesLoopbackAndRefusesClientsBehindOneAddress() throws Exception {
        try (folder;
                Netns elsewhere = Netns.create()) {
            String onLoopback;
            try (ServerProcess near = ServerProcess.start("near")) {
                onLoopback = stormOn(List.of(), "127.0.0.1", near);
            }
            String fromElsewhere;
            try (ServerProcess far = ServerProcess.start("far", "--host", elsewhere.here())) {
                fromElsewhere = stormOn(elsewhere.within(List.of()), elsewhere.here(), far);
            }

            assertThat(count(onLoopback, "refused")).as(onLoopback).isZero();
            assertThat(count(onLoopback, "acknowledged")).as(onLoopback).isGreaterThan(CONNECTS_MAX);
            // Most, and not all but so many: it counts by the time of day, which a machine may set while the storm
            // lasts.
            assertThat(count(fromElsewhere, "acknowledged")).as(fromElsewhere).isPositive();
            assertThat(count(fromElsewhere, "refused"))
                    .as(fromElsewhere)
                    .isGreaterThan(10 * count(fromElsewhere, "acknowledged"));
        }
    }

    private String stormOn(List<String> where, String host, ServerProcess server) {
        try (TestProcess attacker = TestProcess.startJavaIn(
                "attacker",
                where,
                folder.path().resolve("errors.txt"),
                List.of("-Xmx128m"),
                Attacker.class.getName(),
                List.of(
                        Attack.CONNECT_STORM.name(),
                        host,
                        String.valueOf(server.port()),
                        server.url().replaceAll(".*:\\d+", ""),
                        String.valueOf(STORM_SECONDS)))) {
            return attacker.awaitLine("DONE", Duration.ofSeconds(STORM_SECONDS + 60));
        }
    }

    private static long count(String done, String what) {
        Matcher matcher = Pattern.compile(" " + Pattern.quote(what) + "=(\\d+)").matcher(done);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
