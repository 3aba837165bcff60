package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.ConfigEdits.Edit;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.json.JsonMapper;

/** Pairs of OPC DA in the text of a configuration, and members in JSON. */
class DaEditsTest {
    private static final String TEXT = """
            version: 1
            # who may log in
            opcda:
              accounts:
                - user: scada
                  password: Secret1!   # of the line
            pairs: []
            """;

    private final TextEdits edits = new TextEdits();

    private static NewDaMember member(String host) {
        return new NewDaMember(
                host,
                Optional.of("1135"),
                Optional.of("Plant.Server.1"),
                Optional.of("{F8582CF2-88FB-11D0-B850-00C0F0104305}"),
                Optional.of("privacy"),
                Optional.of("PLANT\\tandem"),
                Optional.of("a: b # c"));
    }

    @Test
    @Requirement(
            value = {"ADD-3", "ADD-8"},
            protocol = Protocol.DA)
    void everySettingOfAnAddedPairIsReadAsItWasGivenAndTheRestStays() {
        Edit.AddDaPair add =
                new Edit.AddDaPair("Plant.Server.1", "Line7", List.of(member("a"), member("10.0.0.2")), Mode.HOT);

        ConfigEdits.Edited edited = edits.edit(TEXT, add);

        assertThat(edited.what()).isEqualTo("Pair 'Line7' added.");
        assertThat(edited.text())
                .startsWith(TEXT.replace("pairs: []\n", "pairs:\n"))
                .contains("      port: 1135\n");
        ConfigReading reading = new ConfigStore(Path.of("x"), Path.of("x"), Map.of()).check(edited.text());
        assertThat(reading.hasErrors()).as(reading.problems().toString()).isFalse();
        PairConfig pair = reading.config().orElseThrow().pairs().getFirst();
        assertThat(pair.name()).isEqualTo("Line7");
        assertThat(pair.originalName()).isEqualTo("Plant.Server.1");
        assertThat(pair.settings().mode()).isEqualTo(Mode.HOT);
        DaMemberConfig second = (DaMemberConfig) pair.members().get(1);
        assertThat(second.host()).isEqualTo("10.0.0.2");
        assertThat(second.port()).isEqualTo(1135);
        assertThat(second.level().label()).isEqualTo("privacy");
        MemberConfig.Account account = Objects.requireNonNull(second.account());
        assertThat(account.user()).isEqualTo("PLANT\\tandem");
        assertThat(account.password().reveal()).isEqualTo("a: b # c");
        assertThat(add.toString()).doesNotContain("a: b");
    }

    @Test
    void aMemberInJsonIsReadByTheRulesOfTheFile() {
        JsonMapper json = JsonMapper.shared();
        assertThat(MemberForm.read(
                                json.readTree(
                                        "{\"host\":\"a\",\"port\":1135,\"progId\":\"P.1\",\"user\":\"u\",\"password\":\"env:PW\"}"),
                                Map.of("PW", "x"))
                        .member())
                .get()
                .satisfies(
                        member -> assertThat(((DaMemberConfig) member).port()).isEqualTo(1135));
        assertThat(MemberForm.read(json.readTree("{\"url\":\"opc.tcp://a:1\",\"security\":\"None\"}"), Map.of())
                        .member())
                .isPresent();
        assertThat(MemberForm.read(json.readTree("{\"host\":\"a\",\"bogus\":[1,{}]}"), Map.of())
                        .problems())
                .anySatisfy(problem -> assertThat(problem.path()).isEqualTo("bogus"));
    }

    @Test
    @Requirement(value = "MON-5", protocol = Protocol.DA)
    void anAccessPathIsASettingOfOpcDaAlone() {
        String da = edits.edit(TEXT, new Edit.AddDaPair("Plant", null, List.of(member("a"), member("b")), Mode.WARM))
                .text();
        String monitor = "    monitor:\n      items:\n        - item: %s\n          accessPath: COM1.Modem2\n";
        ConfigReading reading =
                new ConfigStore(Path.of("x"), Path.of("x"), Map.of()).check(da + monitor.formatted("Boiler.Level"));
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.config()
                        .orElseThrow()
                        .pairs()
                        .getFirst()
                        .monitoring()
                        .items())
                .singleElement()
                .satisfies(item -> assertThat(item.accessPath()).isEqualTo("COM1.Modem2"));

        String ua =
                "version: 1\npairs:\n  - name: p\n    members:\n      - url: opc.tcp://a\n      - url: opc.tcp://b\n";
        assertThat(new ConfigStore(Path.of("x"), Path.of("x"), Map.of())
                        .check(ua + monitor.formatted("i=1"))
                        .problems())
                .anySatisfy(problem -> {
                    assertThat(problem.path()).isEqualTo("pairs[0].monitor.items[0].accessPath");
                    assertThat(problem.message()).contains("OPC DA");
                });
    }

    /** The samples of the manual, one of which is a tag of the server itself, and a time that is too short for its rate. */
    @Test
    @Requirement(
            value = {"MON-1", "MON-14", "MON-19"},
            protocol = Protocol.DA)
    void theManualsOwnItemsAreReadAndATooShortTimeIsLengthened() {
        String da = edits.edit(TEXT, new Edit.AddDaPair("Plant", null, List.of(member("a"), member("b")), Mode.WARM))
                .text();
        ConfigReading reading = new ConfigStore(Path.of("x"), Path.of("x"), Map.of()).check(da + """
                    monitor:
                      items:
                        - item: _SystemDate_Day
                          dataType: Date
                          trigger: noChange
                          time: 60000ms
                          updateRate: 1000ms
                        - item: Channel 1.Device 1._System._Error
                          trigger: specificValue
                          value: 1
                          updateRate: 2500ms
                        - item: Watchdog
                          trigger: noChange
                          time: 500ms
                          updateRate: 1000ms
                """);

        assertThat(reading.hasErrors()).as(reading.problems().toString()).isFalse();
        assertThat(reading.config()
                        .orElseThrow()
                        .pairs()
                        .getFirst()
                        .monitoring()
                        .items())
                .containsExactly(
                        new MonitorItem(
                                "_SystemDate_Day",
                                MonitorType.DATE,
                                Duration.ofSeconds(1),
                                new MonitorTrigger.NoChange(Duration.ofMinutes(1)),
                                false),
                        new MonitorItem(
                                "Channel 1.Device 1._System._Error",
                                MonitorType.DEFAULT,
                                Duration.ofMillis(2_500),
                                new MonitorTrigger.SpecificValue("1"),
                                false),
                        new MonitorItem(
                                "Watchdog",
                                MonitorType.DEFAULT,
                                Duration.ofSeconds(1),
                                new MonitorTrigger.NoChange(Duration.ofSeconds(2)),
                                false));
        assertThat(reading.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("2000 ms is used"));
    }
}
