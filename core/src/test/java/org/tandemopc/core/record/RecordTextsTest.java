package org.tandemopc.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.record.RecordKind.Severity;
import org.tandemopc.testkit.Requirement;

/** The manual's catalogue, letter by letter: requirement section N, in the template form. */
class RecordTextsTest {
    private static final String P = "primary";
    private static final String S = "secondary";

    @Test
    @Requirement({"EVT-CON-P", "EVT-CON-S"})
    void connected() {
        assertThat(RecordTexts.connected("Boiler", 0, "alpha")).isEqualTo(text("Connected to 'Boiler' on {} ", P, "."));
        assertThat(RecordTexts.connected("Boiler", 1, "alpha")).isEqualTo(text("Connected to 'Boiler' on {} ", S, "."));
        assertThat(RecordKind.CONNECTED.severity()).isEqualTo(Severity.INFORMATIONAL);
    }

    @Test
    void sameServerNamesBothMachines() {
        assertThat(RecordTexts.sameServer("Boiler", 0, "alpha", 1, "beta"))
                .isEqualTo(
                        "The servers found for 'Boiler' on primary machine 'alpha' and on secondary machine 'beta' look"
                                + " like one and the same. A switch between them would help nobody.");
    }

    @Test
    @Requirement({"EVT-DIS-P", "EVT-DIS-S"})
    void disconnected() {
        assertThat(RecordTexts.disconnected("Boiler", 0, "alpha"))
                .isEqualTo(text("Disconnected from 'Boiler' on {} ", P, "."));
        assertThat(RecordTexts.disconnected("Boiler", 1, "alpha"))
                .isEqualTo(text("Disconnected from 'Boiler' on {} ", S, "."));
        assertThat(RecordKind.DISCONNECTED.severity()).isEqualTo(Severity.INFORMATIONAL);
    }

    /** The code is an HRESULT or a StatusCode, both of 32 bits: a negative one must not become sixteen digits. */
    @Test
    @Requirement({"EVT-FAIL-P", "EVT-FAIL-S"})
    void connectFailed() {
        assertThat(RecordTexts.connectFailed("Boiler", 0, "alpha", 0x800706BAL))
                .isEqualTo(text("Failed to connect to 'Boiler' on {} ", P, " (Error = 0x800706BA)."));
        assertThat(RecordTexts.connectFailed("Boiler", 1, "alpha", (int) 0x800706BAL))
                .isEqualTo(text("Failed to connect to 'Boiler' on {} ", S, " (Error = 0x800706BA)."));
        assertThat(RecordTexts.connectFailed("Boiler", 0, "alpha", 5)).endsWith("(Error = 0x00000005).");
        assertThat(RecordKind.CONNECT_FAILED.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    @Requirement({"EVT-STAT-P", "EVT-STAT-S"})
    void statusLost() {
        assertThat(RecordTexts.statusLost("Boiler", 0, "alpha"))
                .isEqualTo(text(
                        "Unable to retrieve status for server 'Boiler' on {} ",
                        P,
                        ". Server communications has been lost."));
        assertThat(RecordTexts.statusLost("Boiler", 1, "alpha"))
                .isEqualTo(text(
                        "Unable to retrieve status for server 'Boiler' on {} ",
                        S,
                        ". Server communications has been lost."));
        assertThat(RecordKind.STATUS_LOST.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    @Requirement({"EVT-SHUT-P", "EVT-SHUT-S"})
    void shutdownReceived() {
        assertThat(RecordTexts.shutdownReceived("Boiler", 0, "alpha"))
                .isEqualTo(text("Received shutdown notification from server 'Boiler' on {} ", P, "."));
        assertThat(RecordTexts.shutdownReceived("Boiler", 1, "alpha"))
                .isEqualTo(text("Received shutdown notification from server 'Boiler' on {} ", S, "."));
        assertThat(RecordKind.SHUTDOWN_RECEIVED.severity()).isEqualTo(Severity.INFORMATIONAL);
    }

    @Test
    @Requirement({"EVT-PROM-P", "EVT-PROM-S"})
    void promoted() {
        assertThat(RecordTexts.promoted("Boiler", 0, "alpha"))
                .isEqualTo(text("Promoted active connection for server 'Boiler' to {} ", P, "."));
        assertThat(RecordTexts.promoted("Boiler", 1, "alpha"))
                .isEqualTo(text("Promoted active connection for server 'Boiler' to {} ", S, "."));
        assertThat(RecordKind.PROMOTED.severity()).isEqualTo(Severity.INFORMATIONAL);
    }

    @Test
    @Requirement({"EVT-MERR-P", "EVT-MERR-S"})
    void monitorTestInError() {
        assertThat(RecordTexts.monitorTestInError("Boiler", 0, "alpha"))
                .isEqualTo(text("Monitor item test in error for 'Boiler' on {} ", P, "."));
        assertThat(RecordTexts.monitorTestInError("Boiler", 1, "alpha"))
                .isEqualTo(text("Monitor item test in error for 'Boiler' on {} ", S, "."));
        assertThat(RecordKind.MONITOR_ERROR.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    @Requirement({"EVT-MOK-P", "EVT-MOK-S"})
    void monitorTestPassed() {
        assertThat(RecordTexts.monitorTestPassed("Boiler", 0, "alpha"))
                .isEqualTo(text("Monitor item test passed for 'Boiler' on {} ", P, "."));
        assertThat(RecordTexts.monitorTestPassed("Boiler", 1, "alpha"))
                .isEqualTo(text("Monitor item test passed for 'Boiler' on {} ", S, "."));
        assertThat(RecordKind.MONITOR_PASSED.severity()).isEqualTo(Severity.INFORMATIONAL);
    }

    @Test
    @Requirement({"EVT-ADD-P", "EVT-ADD-S"})
    void monitorItemNotAdded() {
        assertThat(RecordTexts.monitorItemNotAdded("ns=2;s=x", "Boiler", 0, "alpha"))
                .isEqualTo(text(
                        "Attempt to add monitor item 'ns=2;s=x' for 'Boiler' on {} ",
                        P,
                        " failed. This monitor item will be considered in error."));
        assertThat(RecordTexts.monitorItemNotAdded("ns=2;s=x", "Boiler", 1, "alpha"))
                .isEqualTo(text(
                        "Attempt to add monitor item 'ns=2;s=x' for 'Boiler' on {} ",
                        S,
                        " failed. This monitor item will be considered in error."));
        assertThat(RecordKind.MONITOR_NOT_ADDED.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    @Requirement({"EVT-ARR-P", "EVT-ARR-S"})
    void monitorItemIsArray() {
        assertThat(RecordTexts.monitorItemIsArray("ns=2;s=x", "Boiler", 0, "alpha"))
                .isEqualTo(text(
                        "Monitor item 'ns=2;s=x' for 'Boiler' on {} ",
                        P,
                        " contains array data which is not supported for the 'specific value' trigger condition."));
        assertThat(RecordTexts.monitorItemIsArray("ns=2;s=x", "Boiler", 1, "alpha"))
                .isEqualTo(text(
                        "Monitor item 'ns=2;s=x' for 'Boiler' on {} ",
                        S,
                        " contains array data which is not supported for the 'specific value' trigger condition."));
        assertThat(RecordKind.MONITOR_ARRAY.severity()).isEqualTo(Severity.ERROR);
    }

    /** The manual's text, with the machine after the role. */
    private static String text(String before, String role, String after) {
        return before.replace("{}", role) + "machine 'alpha'" + after;
    }

    @Test
    @Requirement("GAP-19")
    void clientIsASessionAndWhereItComesFromAndElseTandemItself() {
        assertThat(RecordTexts.client("HMI 3", "10.0.0.7")).isEqualTo("HMI 3 (10.0.0.7)");
        assertThat(RecordTexts.client("", "10.0.0.7")).isEqualTo("10.0.0.7");
        assertThat(new PairRecord(RecordKind.NOTE, "x", Map.of()).client()).isEqualTo("tandem");
    }
}
