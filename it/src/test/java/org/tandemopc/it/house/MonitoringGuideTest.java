package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The manual's two notes on choosing items are in the guide, and what Tandem does about the second. */
class MonitoringGuideTest {
    @Test
    @Requirement(
            value = {"MON-11", "MON-15"},
            protocol = Protocol.UA)
    void theGuideTellsOfDeadValuesAndOfHowOftenAWatchdogReallyComes() throws IOException {
        String guide = Files.readString(Modules.root().resolve("docs/guide/monitoring.md"))
                .replaceAll("\\s+", " ");

        assertThat(guide).contains("\"dead value\"", "`specificValue`", "watchdog");
        assertThat(guide).contains("at which rate the server really delivers the value, and multiply by two");
        assertThat(guide).contains("Tandem measures it");
    }
}
