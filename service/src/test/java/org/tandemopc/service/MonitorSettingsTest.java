package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecretSource;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Monitor items, aliases and the bound of the records, as people write them. */
class MonitorSettingsTest {
    private static final SecretSource NO_SECRETS = reference -> {
        throw new SecretSource.SecretMissing("none here");
    };

    private static ConfigReading read(String pairSettings) {
        return readText("""
                version: 1
                pairs:
                  - name: plant1
                    members:
                      - url: opc.tcp://a:4840
                      - url: opc.tcp://b:4840
                """ + pairSettings.indent(4));
    }

    private static ConfigReading readText(String text) {
        try {
            return ConfigReader.read(YamlTree.read(text), NO_SECRETS);
        } catch (YamlTree.NotReadable e) {
            throw new AssertionError(e.problem().message(), e);
        }
    }

    private static PairConfig pair(ConfigReading reading) {
        assertThat(reading.problems()).noneMatch(ConfigProblem::isError);
        return reading.config().orElseThrow().pairs().getFirst();
    }

    @Test
    @Requirement(
            value = {"MON-1", "MON-6", "MON-7", "MON-8", "MON-11", "MON-19"},
            protocol = Protocol.UA)
    void theSamplesOfTheManualAreRead() {
        Monitoring monitoring = pair(read("""
                monitor:
                  failureCount: 2
                  items:
                    - item: nsu=urn:maker:server;s=_SystemDate_Day
                      dataType: Date
                      updateRate: 1000ms
                      trigger: noChange
                      time: 60s
                    - item: ns=2;s=Channel 1.Device 1.System
                      dataType: Int16
                      updateRate: 2500ms
                      trigger: specificValue
                      value: 1
                    - item: i=2267
                """)).monitoring();

        assertThat(monitoring)
                .isEqualTo(new Monitoring(
                        2,
                        java.util.List.of(
                                new MonitorItem(
                                        "nsu=urn:maker:server;s=_SystemDate_Day",
                                        MonitorType.DATE,
                                        Duration.ofSeconds(1),
                                        new MonitorTrigger.NoChange(Duration.ofSeconds(60)),
                                        false),
                                new MonitorItem(
                                        "ns=2;s=Channel 1.Device 1.System",
                                        MonitorType.INT16,
                                        Duration.ofMillis(2500),
                                        new MonitorTrigger.SpecificValue("1"),
                                        false),
                                new MonitorItem(
                                        "i=2267",
                                        MonitorType.DEFAULT,
                                        Duration.ofSeconds(1),
                                        new MonitorTrigger.BadQuality(),
                                        false))));
    }

    /** It is a setting, and "no such setting" would send somebody looking for a slip in its name. */
    @ParameterizedTest
    @CsvSource({
        "badQuality, value, 1, specificValue",
        "badQuality, time, 5s, noChange",
        "noChange, value, 1, specificValue",
        "specificValue, time, 5s, noChange"
    })
    @Requirement(value = "MON-1", protocol = Protocol.UA)
    void aSettingOfAnotherTriggerIsCalledThat(String trigger, String setting, String value, String ofTrigger) {
        ConfigReading reading =
                read("""
                monitor:
                  items:
                    - item: ns=2;s=watchdog
                      trigger: %s
                      %s
                      %s: %s
                """.formatted(trigger, trigger.equals("specificValue") ? "value: 1" : "", setting, value));

        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.isError()).isTrue();
            assertThat(p.path()).isEqualTo("pairs[0].monitor.items[0]." + setting);
            assertThat(p.message()).contains("'trigger: " + ofTrigger + "' only");
        });
    }

    @Test
    @Requirement(value = "MON-14", protocol = Protocol.UA)
    void aTimeBelowTwoUpdatesIsLengthenedAndSaid() {
        ConfigReading reading = read("""
                monitor:
                  items:
                    - item: ns=2;s=watchdog
                      updateRate: 1000ms
                      trigger: noChange
                      time: 500ms
                """);

        assertThat(pair(reading).monitoring().items().getFirst().trigger())
                .isEqualTo(new MonitorTrigger.NoChange(Duration.ofSeconds(2)));
        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.path()).isEqualTo("pairs[0].monitor.items[0].time");
            assertThat(p.line()).isEqualTo(12);
            assertThat(p.message()).contains("2000 ms is used");
        });
    }

    @ParameterizedTest
    @CsvSource({"0, 1, true", "1, 1, false", "2, 2, false", "3, 2, true", "400000000, 2, true"})
    @Requirement(
            value = {"MON-4", "GAP-8"},
            protocol = Protocol.UA)
    void theFailureCountStaysBetweenOneAndTheNumberOfItems(int written, int used, boolean said) {
        ConfigReading reading = read("""
                monitor:
                  failureCount: %d
                  items:
                    - item: ns=2;s=a
                    - item: ns=2;s=b
                """.formatted(written));

        assertThat(pair(reading).monitoring().failureCount()).isEqualTo(used);
        assertThat(reading.problems()).hasSize(said ? 1 : 0);
    }

    @Test
    @Requirement(
            value = {"MON-4", "GAP-8"},
            protocol = Protocol.UA)
    void withoutItemsTheCountIsZeroAndNothingIsMonitored() {
        assertThat(pair(read("monitor:\n  items: []\n")).monitoring()).isEqualTo(Monitoring.NONE);
        assertThat(pair(read("")).monitoring()).isEqualTo(Monitoring.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "Boolean, maybe, neither true nor false",
        "Int16, 32768, not from -32768 to 32767",
        "Int32, 1.5, not a whole number",
        "UInt64, -1, not from 0",
        "Double, much, not a number",
        "Date, yesterday, not a time",
    })
    @Requirement(value = "MON-10", protocol = Protocol.UA)
    void aValueThatIsNoneOfItsTypeIsRefusedWithTheReason(String type, String value, String why) {
        ConfigReading reading = read("""
                monitor:
                  items:
                    - item: ns=2;s=a
                      dataType: %s
                      trigger: specificValue
                      value: "%s"
                """.formatted(type, value));

        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.isError()).isTrue();
            assertThat(p.path()).isEqualTo("pairs[0].monitor.items[0].value");
            assertThat(p.message()).contains(why);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "item: watchdog",
        "item: ns=2",
        "item: ''",
        "item: ns=x;s=a",
        "item: ns=65536;s=a",
        "item: ns=70000;i=1",
        "item: i=4294967296",
        "item: ns=1;i=9999999999",
        "item: g=------------------------------------",
        "item: g=09087e75-8e5e-499b-954f-f2a9603db28",
        "item: g=09087e758e5e499b954ff2a9603db28a----",
        "item: b====",
        "item: b=A",
        "item: b=AAAAA",
        "item: b=AA=A",
        "item: b=AAA=="
    })
    void anItemThatIsNoNodeIdIsRefusedWithAnExample(String line) {
        ConfigReading reading = read("monitor:\n  items:\n    - " + line + "\n");

        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.path()).isEqualTo("pairs[0].monitor.items[0].item");
            assertThat(p.remedy()).contains("ns=2;s=watchdog");
        });
    }

    /** Control for those above: just within the bounds of OPC UA Part 3, 8.2. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ns=65535;s=a",
                "ns=0;i=0",
                "i=4294967295",
                "nsu=urn:a;i=1",
                "g=09087e75-8e5e-499b-954f-f2a9603db28a",
                "ns=1;b=M/RbKBsRVkePCePcx24oRA==",
                "b=M/RbKBsRVkePCePcx24oRA",
                "b=AAA=",
                "b=AAAA"
            })
    void anItemWithinTheBoundsIsAccepted(String item) {
        assertThat(read("monitor:\n  items:\n    - item: " + item + "\n").problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"999, false", "1000, true", "30000, true", "30001, false", "many, false"})
    @Requirement(value = "DIA-7", protocol = Protocol.UA)
    void theNumberOfRecordsKeptHasTheManualsBounds(String number, boolean accepted) {
        ConfigReading reading = read("maximumEvents: " + number);

        assertThat(reading.hasErrors()).isEqualTo(!accepted);
        assertThat(pair(read("")).maximumEvents()).isEqualTo(5000);
    }

    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.UA)
    void severalPairsOfOneNameNeedAliasesAndAreThenIndependent() {
        String two = """
                version: 1
                pairs:
                  - name: Kepware.KEPServerEX
                    members: [{url: "opc.tcp://a:1"}, {url: "opc.tcp://b:1"}]
                  - name: Kepware.KEPServerEX
                    %s
                    members: [{url: "opc.tcp://a:1"}, {url: "opc.tcp://b:1"}]
                """;
        ConfigReading refused = readText(two.formatted("mode: hot"));
        assertThat(refused.problems()).singleElement().satisfies(p -> {
            assertThat(p.path()).isEqualTo("pairs[1].name");
            assertThat(p.remedy()).contains("alias: Kepware.KEPServerEX.Alias1");
        });

        ConfigReading accepted = readText(two.formatted("alias: Kepware.KEPServerEX.Alias1"));
        assertThat(accepted.problems()).isEmpty();
        assertThat(accepted.config().orElseThrow().pairs())
                .extracting(PairConfig::path)
                .containsExactly("/Kepware.KEPServerEX", "/Kepware.KEPServerEX.Alias1");
        assertThat(accepted.config().orElseThrow().pairs().getLast().originalName())
                .isEqualTo("Kepware.KEPServerEX");
    }

    @ParameterizedTest
    @CsvSource({"a<b", "a>b", "a&b", "'a b'", "a/b"})
    @Requirement(
            value = {"ALI-3", "ALI-4"},
            protocol = Protocol.UA)
    void anAliasWithCharactersThatANameCannotHaveIsRefused(String alias) {
        ConfigReading reading = read("alias: \"" + alias + "\"");

        assertThat(reading.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.path()).isEqualTo("pairs[0].alias"));
    }
}
