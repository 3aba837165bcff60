package org.tandemopc.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.testkit.Requirement;

class NotificationEventTest {
    @Test
    @Requirement({"NOT-11", "CON-10"})
    void listBeginsAsTheManualsDoes() {
        assertThat(Arrays.stream(NotificationEvent.values()).map(NotificationEvent::template))
                .startsWith(
                        "Connected to '%s' on primary machine '%s'.",
                        "Connected to '%s' on secondary machine '%s'.",
                        "Failed to connect to '%s' on primary machine '%s' (Error = 0x%08X).",
                        "Failed to connect to '%s' on secondary machine '%s' (Error = 0x%08X).");
    }

    @Test
    @Requirement({"NOT-11", "NOT-4", "EVT-MAIL"})
    void everyKindOfRecordCanBeChosenButThatANotificationFailed() {
        Set<RecordKind> chosen = Arrays.stream(NotificationEvent.values())
                .map(NotificationEvent::kind)
                .collect(Collectors.toSet());

        assertThat(RecordKind.values())
                .filteredOn(kind -> !chosen.contains(kind))
                .containsExactly(RecordKind.NOTIFICATION_FAILED);
        assertThat(NotificationEvent.of(new PairRecord(RecordKind.NOTIFICATION_FAILED, "x", Map.of("member", 0))))
                .isEmpty();
    }

    /** The record has its role as a number, or, of a switch, in its text alone. */
    @ParameterizedTest
    @EnumSource
    @Requirement("NOT-11")
    void recordIsTheEventOfItsKindAndRole(NotificationEvent event) {
        int member = event.name().endsWith("_SECONDARY") ? 1 : 0;
        Map<String, Object> fields = event.kind() == RecordKind.PROMOTED ? Map.of() : Map.of("member", member);
        PairRecord record = new PairRecord(
                event.kind(), event.template().replace("%s machine", RecordTexts.role(member) + " machine"), fields);

        assertThat(NotificationEvent.of(record)).contains(event);
    }

    @ParameterizedTest
    @CsvSource({"0, PROMOTED_PRIMARY", "1, PROMOTED_SECONDARY", "3, PROMOTED_SECONDARY"})
    @Requirement({"NOT-11", "CON-8"})
    void switchIsTheEventOfTheMachineThatItWentTo(int member, NotificationEvent event) {
        String odd = "x' to primary machine 'y";

        assertThat(NotificationEvent.of(
                        new PairRecord(RecordKind.PROMOTED, RecordTexts.promoted("plant-1.a", member, odd), Map.of())))
                .contains(event);
    }

    /** What a template says is what the program says: with its places filled in, it is the text of a record. */
    @Test
    void templatesAreTheTextsOfTheProgram() {
        Map<NotificationEvent, String> texts = Map.ofEntries(
                Map.entry(NotificationEvent.SWITCH_FAILED, RecordTexts.switchFailed("%s", 0, "%s", "%s")),
                Map.entry(NotificationEvent.GAP, RecordTexts.gap("%s", 77, "%s")),
                Map.entry(NotificationEvent.OUTCOME_UNKNOWN, RecordTexts.outcomeUnknown("%s", "%s", 0, "%s")),
                Map.entry(NotificationEvent.OUTCOME_RESOLVED, RecordTexts.outcomeResolved("%s", "%s", 0, "%s", "%s")),
                Map.entry(NotificationEvent.DAMPED, RecordTexts.damped("%s", 0, "%s", 77)),
                Map.entry(NotificationEvent.PINNED, RecordTexts.pinned("%s", 0, "%s", "%s")),
                Map.entry(NotificationEvent.WRONG_SERVER, RecordTexts.wrongServer("%s", 0, "%s", "%s")),
                Map.entry(NotificationEvent.SAME_SERVER, RecordTexts.sameServer("%s", 0, "%s", 0, "%s")),
                Map.entry(NotificationEvent.CLOCK_SKEW, RecordTexts.clockSkew("%s", 0, "%s", 77)),
                Map.entry(NotificationEvent.CERTIFICATE, RecordTexts.certificateExpires("%s", "%s", "%s", 77)),
                Map.entry(NotificationEvent.CERTIFICATE_REFUSED, RecordTexts.certificateRefused("%s", 0, "%s", "%s")),
                Map.entry(NotificationEvent.ITEM_MISSING, RecordTexts.itemMissing("%s", "%s", 0, "%s", 0)),
                Map.entry(NotificationEvent.USER_REFUSED, RecordTexts.userRefused("%s", "%s", 0, "%s", 0)));

        texts.forEach((event, text) -> assertThat(text)
                .isEqualTo(event.template()
                        .replace("%s machine", "primary machine")
                        .replace("%d", "77")
                        .replace("0x%08X", "0x00000000")));
        List<NotificationEvent> written = Arrays.stream(NotificationEvent.values())
                .filter(event -> event.template().contains("%s machine")
                        || event.template().contains("%d"))
                .toList();
        assertThat(texts.keySet()).containsAll(written);
    }
}
