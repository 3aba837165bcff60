package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.service.RecordExport;
import org.tandemopc.testkit.Requirement;

/** The page of the records and the program say the same. */
class RecordsPageTest {
    private static final String SERVER = "`<server>`";
    private static final String MACHINE = "`<machine>`";
    private static final String ITEM = "`<item>`";
    private static final String WHO = "`<who>`";
    private static final String WHY = "`<why>`";

    @SuppressWarnings("NullAway.Init")
    private String page;

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(Modules.root().resolve("docs/reference/records.md"));
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("DIA-9")
    void everyKindIsThereOnceWithItsSeverity(RecordKind kind) {
        assertThat(page).containsOnlyOnce("\n| `%s` | %s |".formatted(kind, RecordExport.nameOf(kind.severity())));
    }

    @ParameterizedTest
    @EnumSource
    void everyCauseIsThere(LossCause cause) {
        String causes = page.substring(page.indexOf("| cause | what it means |"));

        assertThat(causes).containsOnlyOnce("\n| `%s` | ".formatted(cause));
    }

    @Test
    void everyTextIsThatOfTheProgram() {
        Map<RecordKind, String> texts = new LinkedHashMap<>();
        texts.put(RecordKind.CONNECTED, RecordTexts.connected(SERVER, 0, MACHINE));
        texts.put(RecordKind.DISCONNECTED, RecordTexts.disconnected(SERVER, 0, MACHINE));
        texts.put(RecordKind.CONNECT_FAILED, RecordTexts.connectFailed(SERVER, 0, MACHINE, 0));
        texts.put(RecordKind.STATUS_LOST, RecordTexts.statusLost(SERVER, 0, MACHINE));
        texts.put(RecordKind.SHUTDOWN_RECEIVED, RecordTexts.shutdownReceived(SERVER, 0, MACHINE));
        texts.put(RecordKind.PROMOTED, RecordTexts.promoted(SERVER, 0, MACHINE));
        texts.put(RecordKind.SWITCH_FAILED, RecordTexts.switchFailed(SERVER, 0, MACHINE, WHY));
        texts.put(RecordKind.STRANDED, RecordTexts.stranded(SERVER));
        texts.put(RecordKind.MONITOR_ERROR, RecordTexts.monitorTestInError(SERVER, 0, MACHINE));
        texts.put(RecordKind.MONITOR_PASSED, RecordTexts.monitorTestPassed(SERVER, 0, MACHINE));
        texts.put(RecordKind.MONITOR_NOT_ADDED, RecordTexts.monitorItemNotAdded(ITEM, SERVER, 0, MACHINE));
        texts.put(RecordKind.MONITOR_ARRAY, RecordTexts.monitorItemIsArray(ITEM, SERVER, 0, MACHINE));
        texts.put(RecordKind.GAP, RecordTexts.gap(SERVER, 77, WHY).replace("77", "`<count>`"));
        texts.put(RecordKind.OUTCOME_UNKNOWN, RecordTexts.outcomeUnknown("`<service>`", SERVER, 0, MACHINE));
        texts.put(
                RecordKind.OUTCOME_RESOLVED,
                RecordTexts.outcomeResolved("`<service>`", SERVER, 0, MACHINE, "`<results>`"));
        texts.put(RecordKind.DAMPED, RecordTexts.damped(SERVER, 0, MACHINE, 77).replace("77", "`<seconds>`"));
        texts.put(RecordKind.PINNED, RecordTexts.pinned(SERVER, 0, MACHINE, WHO));
        texts.put(RecordKind.WRONG_SERVER, RecordTexts.wrongServer(SERVER, 0, MACHINE, WHY));
        texts.put(
                RecordKind.CLOCK_SKEW,
                RecordTexts.clockSkew(SERVER, 0, MACHINE, 77).replace("77", "`<ms>`"));
        texts.put(RecordKind.FRONT_DOOR_LOST, RecordTexts.frontDoorLost(WHY));
        texts.put(RecordKind.SAME_SERVER, RecordTexts.sameServer(SERVER, 0, MACHINE, 1, MACHINE));
        texts.put(
                RecordKind.CERTIFICATE,
                RecordTexts.certificateExpires("`<whose>`", "`<subject>`", "`<time>`", 77)
                        .replace("77", "`<days>`"));
        texts.put(RecordKind.CERTIFICATE_REFUSED, RecordTexts.certificateRefused(SERVER, 0, MACHINE, WHY));
        texts.put(RecordKind.ITEM_MISSING, RecordTexts.itemMissing(ITEM, SERVER, 0, MACHINE, 0));
        texts.put(RecordKind.SESSION_TIMEOUT_SHORT, RecordTexts.sessionTimeoutShort("`<session>`"));
        texts.put(RecordKind.USER_REFUSED, RecordTexts.userRefused("`<user>`", SERVER, 0, MACHINE, 0));
        texts.put(RecordKind.ENABLED, RecordTexts.enabled(SERVER, WHO));
        texts.put(RecordKind.DISABLED, RecordTexts.disabled(SERVER, WHO));

        texts.put(RecordKind.NOTIFICATION_FAILED, RecordTexts.mailFailed("`<primary>`", "`<secondary>`"));

        assertThat(RecordKind.values())
                .as("kinds that have no text of their own")
                .filteredOn(kind -> !texts.containsKey(kind))
                .containsExactly(RecordKind.NOTE, RecordKind.PROGRAM_ERROR, RecordKind.LOG_LOSS);
        texts.forEach((kind, text) -> {
            String shown = text.replace("primary machine", "`<role>` machine").replace("0x00000000", "0x`<code>`");
            assertThat(page)
                    .contains("| `%s` | %s | %s |".formatted(kind, RecordExport.nameOf(kind.severity()), shown));
        });
    }

    /** The fields are those that a switch really has, in a table of their own. */
    @Test
    @Requirement("I12")
    void everyFieldOfASwitchIsExplained() {
        PairRecord promoted = promotion();

        assertThat(promoted.fields()).isNotEmpty();
        String explained = page.substring(page.indexOf("| field of `PROMOTED` |"));
        assertThat(promoted.fields().keySet())
                .allSatisfy(field -> assertThat(explained).contains("`" + field + "`"));
    }

    private static PairRecord promotion() {
        ServerCondition running = new ServerCondition(ServerCondition.State.RUNNING, 255, 0, 0);
        PairState state = PairMachine.initial(PairSettings.of("plant", Mode.HOT, "a", "b"));
        Step step = new Step(state, List.of());
        for (PairEvent event : List.of(
                new PairEvent.EnableRequested(1, "test"),
                new PairEvent.LinkOpened(2, 0, running),
                new PairEvent.RelayRehomed(3, 1, RehomeReport.EMPTY),
                new PairEvent.LinkOpened(4, 1, running),
                new PairEvent.LinkLost(5, 0, LossCause.CONNECTION_CLOSED, 0, "reset"),
                new PairEvent.RelayRehomed(6, 2, RehomeReport.EMPTY))) {
            step = PairMachine.next(step.state(), event);
        }
        return step.effects().stream()
                .filter(PairEffect.Record.class::isInstance)
                .map(effect -> ((PairEffect.Record) effect).record())
                .filter(record -> record.kind() == RecordKind.PROMOTED)
                .findFirst()
                .orElseThrow();
    }
}
