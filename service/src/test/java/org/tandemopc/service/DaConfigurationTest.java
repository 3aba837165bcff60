package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.config.ConfigChange;
import org.tandemopc.core.config.ConfigPlanner;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.PortSpan;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Pairs of OPC DA in the configuration. */
class DaConfigurationTest {
    private static final String FULL = """
            version: 1
            opcda:
              listen: 0.0.0.0:135
              objectPorts: 5200-5299
              callbackPorts: 5300
              level: privacy
              callbackLevel: connect
              accounts:
                - user: scada
                  password: hidden-thing
                - user: PLANT\\anna
                  password: hidden-too
            pairs:
              - name: Plant.Server.1
                clsid: "{F8582CF2-88FB-11D0-B850-00C0F0104305}"
                readers: [scada, 'PLANT\\anna']
                writers: [scada]
                members:
                  - host: 10.0.0.1
                    progId: Plant.Server.1
                    user: PLANT\\tandem
                    password: hidden-thing
                  - host: server-b
                    port: 1135
                    clsid: f8582cf2-88fb-11d0-b850-00c0f0104399
                    level: none
                monitor:
                  items:
                    - item: Channel1.Device1.Watchdog
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private ConfigReading check(String text) {
        return new ConfigStore(folder.resolve("tandem.yaml"), folder, Map.of()).check(text);
    }

    private static TandemConfig good(ConfigReading reading) {
        assertThat(reading.problems()).filteredOn(ConfigProblem::isError).isEmpty();
        return reading.config().orElseThrow();
    }

    @Test
    @Requirement(
            value = {"SYS-7", "SYS-11"},
            protocol = Protocol.DA)
    void everySettingIsRead() {
        TandemConfig config = good(check(FULL));

        OpcDaConfig door = config.opcda().orElseThrow();
        assertThat(door.port()).isEqualTo(135);
        assertThat(door.objectPorts()).contains(new PortSpan(5200, 5299));
        assertThat(door.callbackPorts()).isEqualTo(new PortSpan(5300, 5300));
        assertThat(door.level()).isEqualTo(DaLevel.PRIVACY);
        assertThat(door.callbackLevel()).isEqualTo(DaLevel.CONNECT);
        PairConfig pair = config.pairs().getFirst();
        assertThat(pair.kind()).isEqualTo(ProtocolKind.OPC_DA);
        assertThat(pair.da().clsid()).contains(UUID.fromString("f8582cf2-88fb-11d0-b850-00c0f0104305"));
        assertThat(pair.da().readers()).contains(List.of("scada", "plant\\anna"));
        assertThat(pair.da().writers()).contains(List.of("scada"));
        assertThat(pair.settings().members().get(1).machine()).isEqualTo("server-b:1135");
        DaMemberConfig first = (DaMemberConfig) pair.members().getFirst();
        assertThat(first.progId()).isEqualTo("Plant.Server.1");
        assertThat(first.level()).isEqualTo(DaLevel.INTEGRITY);
        assertThat(((DaMemberConfig) pair.members().get(1)).clsid()).isPresent();
        assertThat(pair.monitoring().items()).hasSize(1);
    }

    /** A plant of OPC DA alone does not need a port of OPC UA, which its own server may have. */
    @Test
    void withoutPairsOfOpcUaItsFrontDoorStaysClosed() {
        assertThat(good(check(FULL)).frontDoor(ProtocolKind.OPC_UA)).isEmpty();
        assertThat(good(check(FULL.replace("opcda:", "opcua:\n  listen: 127.0.0.1:4840\nopcda:")))
                        .frontDoor(ProtocolKind.OPC_UA))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host: 10.0.0.1 | host: 10.0.0.1:135 | pairs[0].members[0].host",
                "progId: Plant.Server.1 | level: integrity | pairs[0].members[0]",
                "clsid: f8582cf2-88fb-11d0-b850-00c0f0104399 | clsid: F858 | pairs[0].members[1].clsid",
                "writers: [scada] | writers: [nobody] | pairs[0].writers",
                "objectPorts: 5200-5299 | objectPorts: 5299-5200 | opcda.objectPorts",
                "level: privacy | level: tight | opcda.level",
                "listen: 0.0.0.0:135 | listen: 0.0.0.0:0 | opcda.listen",
                "host: server-b | url: opc.tcp://b | pairs[0].members",
                "user: scada | user: plant\\ANNA | opcda.accounts[1].user",
            })
    void whatIsWrongIsNamedWithItsPlaceAndARemedy(String good, String bad, String path) {
        assertThat(FULL).contains(good);

        List<ConfigProblem> problems = check(FULL.replaceFirst(
                        java.util.regex.Pattern.quote(good), java.util.regex.Matcher.quoteReplacement(bad)))
                .problems();

        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.path()).startsWith(path);
            assertThat(problem.remedy()).isNotBlank();
            assertThat(problem.line()).isPositive();
        });
    }

    @Test
    void pairWithoutDoorAndAccountsIsRefused() {
        String doorless = FULL.substring(0, FULL.indexOf("opcda:")) + FULL.substring(FULL.indexOf("pairs:"));

        assertThat(check(doorless).problems())
                .anySatisfy(problem -> assertThat(problem.remedy()).contains("opcda:"));
    }

    @Test
    void settingsOfOpcDaAreRefusedInPairsOfOpcUa() {
        String text = """
                version: 1
                pairs:
                  - name: plant1
                    writers: [scada]
                    members:
                      - url: opc.tcp://a
                      - url: opc.tcp://b
                """;

        assertThat(check(text).problems())
                .anySatisfy(problem -> assertThat(problem.path()).isEqualTo("pairs[0].writers"));
    }

    /** Two servers of one machine are no redundancy of the machine, but they are two servers. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.DA)
    void oneClassAtOneHostTwiceIsNoRedundancy() {
        String same = FULL.replace("host: server-b\n        port: 1135", "host: 10.0.0.1")
                .replace("clsid: f8582cf2-88fb-11d0-b850-00c0f0104399", "progId: plant.SERVER.1");

        assertThat(check(same).problems())
                .anySatisfy(problem -> assertThat(problem.message()).contains("no redundancy"));
        assertThat(check(same.replace("plant.SERVER.1", "Plant.Server.2")).problems())
                .noneSatisfy(problem -> assertThat(problem.message()).contains("no redundancy"));
    }

    @Test
    void doorIsOpenedBeforeItsFirstPairAndClosedAfterTheLast() {
        TandemConfig ua = good(check("""
                version: 1
                pairs:
                  - name: plant1
                    members:
                      - url: opc.tcp://a
                      - url: opc.tcp://b
                """));
        TandemConfig da = good(check(FULL));

        List<ConfigChange> changes = ConfigPlanner.plan(ua, da);

        assertThat(changes).hasSize(4);
        assertThat(changes.getFirst()).isInstanceOf(ConfigChange.OpenFrontDoor.class);
        assertThat(changes.get(1)).isInstanceOf(ConfigChange.RemovePair.class);
        assertThat(changes.get(2)).isInstanceOf(ConfigChange.AddPair.class);
        assertThat(changes.getLast()).isInstanceOf(ConfigChange.CloseFrontDoor.class);
    }

    @Test
    void whatDiffersIsToldWithoutPasswords() {
        TandemConfig before = good(check(FULL));
        TandemConfig after =
                good(check(FULL.replace("hidden-too", "hidden-other").replace("level: none", "level: none # same")));

        assertThat(ConfigPlanner.plan(before, after)).singleElement().satisfies(change -> {
            assertThat(change.what()).contains("a password changed").doesNotContain("hidden");
            assertThat(change).isInstanceOf(ConfigChange.RestartFrontDoor.class);
        });
        TandemConfig moved = good(check(FULL.replace("server-b", "server-c").replace("writers: [scada]", "")));
        assertThat(ConfigPlanner.plan(before, moved))
                .singleElement()
                .satisfies(change -> assertThat(change.what())
                        .contains("members[1].host: server-b:1135 -> server-c:1135")
                        .contains("writers: scada -> all"));
    }

    @Test
    void passwordMayBeInAFile() throws IOException {
        Files.writeString(folder.resolve("pw"), "from-file\n");

        OpcDaConfig door = good(check(FULL.replace("hidden-too", "file:" + folder.resolve("pw"))))
                .opcda()
                .orElseThrow();

        assertThat(door.account("plant", "Anna").orElseThrow().password().reveal())
                .isEqualTo("from-file");
        assertThat(door.account("other", "anna")).isEqualTo(Optional.empty());
        assertThat(door.account("other", "SCADA")).isPresent();
    }
}
