package org.tandemopc.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Requirement;

class ConfigReaderTest {
    private static final SecretSource NO_SECRETS = reference -> {
        throw new SecretSource.SecretMissing("none here");
    };

    /** A tree is written here as nested pairs; every node is on a line of its own, counted in the order of making. */
    private int line;

    @Nested
    class Defaults {
        @Test
        @Requirement({"GEN-5", "GEN-6", "GEN-7", "GEN-8"})
        void pairWithMembersOnlyGetsTheDefaultsOfTheManual() {
            PairConfig pair = onlyPair(read(root(pair("plant1"))));

            assertThat(pair.settings().mode()).isEqualTo(Mode.WARM);
            assertThat(pair.settings().failback()).isTrue();
            assertThat(pair.settings().pingInterval()).isEqualTo(Duration.ofMillis(2500));
            assertThat(pair.settings().pingTimeout()).isEqualTo(Duration.ofMillis(1000));
            assertThat(pair.settings().holdTimeout()).isEqualTo(Duration.ofSeconds(5));
        }

        @Test
        void whatIsNotSaidIsSecure() {
            TandemConfig config = read(root(pair("plant1"))).config().orElseThrow();

            assertThat(config.opcua().orElseThrow().host()).isEqualTo("127.0.0.1");
            assertThat(config.opcua().orElseThrow().security())
                    .containsExactly(
                            SecurityChoice.BASIC256SHA256,
                            SecurityChoice.AES128_SHA256_RSAOAEP,
                            SecurityChoice.AES256_SHA256_RSAPSS);
            assertThat(config.opcua().orElseThrow().modes())
                    .containsExactly(MessageMode.SIGN, MessageMode.SIGN_AND_ENCRYPT);
            assertThat(config.opcua().orElseThrow().trust()).isEqualTo(Trust.LISTED);
            assertThat(config.pairs().getFirst().members()).allSatisfy(member -> {
                UaMemberConfig m = (UaMemberConfig) member;
                assertThat(m.security()).isEqualTo(SecurityChoice.BASIC256SHA256);
                assertThat(m.trust()).isEqualTo(Trust.LISTED);
            });
        }
    }

    @Nested
    class Commands {
        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1:0", "127.0.0.1:8471", "localhost:0", "[::1]:9", "127.1.2.3:4"})
        void interfaceForCommandsListensOnLoopback(String listen) {
            ConfigReading reading = read(withRest(entry("listen", scalar(listen))));

            assertThat(reading.problems()).isEmpty();
            assertThat(reading.config().orElseThrow().rest().port())
                    .isEqualTo(Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"0.0.0.0:0", "[::]:0", "10.0.0.1:80", "plc1:80", "127.0.0.1", "nowhere"})
        void andOnNothingElse(String listen) {
            assertThat(read(withRest(entry("listen", scalar(listen)))).problems())
                    .singleElement()
                    .satisfies(p -> {
                        assertThat(p.isError()).isTrue();
                        assertThat(p.path()).isEqualTo("rest.listen");
                        assertThat(p.remedy()).contains("127.0.0.1");
                    });
        }

        @Test
        void withTlsOtherMachinesAreServed() {
            RestConfig own = rest(
                    entry("listen", scalar("0.0.0.0:8443")),
                    entry("tls", scalar("own")),
                    entry("names", new ConfigNode.Sequence(++line, List.of(scalar("a.example"), scalar("b:443")))));
            RestConfig files = rest(
                    entry("listen", scalar("plc1:8443")),
                    entry(
                            "tls",
                            new ConfigNode.Mapping(
                                    ++line,
                                    List.of(entry("certificate", scalar("/c.pem")), entry("key", scalar("/k.pem"))))));

            assertThat(own)
                    .isEqualTo(new RestConfig(
                            "0.0.0.0", 8443, List.of("a.example", "b:443"), Optional.of(new RestTls.Own())));
            assertThat(files.tls()).contains(new RestTls.Files("/c.pem", "/k.pem"));
        }

        @Test
        void consoleIsThereUnlessItIsTurnedOff() {
            assertThat(rest().console()).isTrue();
            RestConfig off = rest(entry("console", scalar("false")), entry("listen", scalar("127.0.0.1:1")));
            assertThat(off).isEqualTo(new RestConfig("127.0.0.1", 1, List.of(), Optional.empty(), false));
            assertThat(off.listensAs(new RestConfig("127.0.0.1", 1))).isTrue();
            assertThat(off.listensAs(new RestConfig("127.0.0.1", 2))).isFalse();
        }

        private RestConfig rest(ConfigNode.Entry... settings) {
            ConfigReading reading = read(withRest(settings));
            assertThat(reading.problems()).isEmpty();
            return reading.config().orElseThrow().rest();
        }

        /** One mistake, one report: that TLS is asked for wrongly does not also say that it is missing. */
        @Test
        void tlsThatIsNeitherOwnNorFilesIsNamed() {
            ConfigReading reading = read(withRest(entry("listen", scalar("0.0.0.0:8443")), entry("tls", scalar("on"))));

            assertThat(reading.problems()).singleElement().satisfies(p -> {
                assertThat(p.path()).isEqualTo("rest.tls");
                assertThat(p.remedy()).contains("tls: own");
            });
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a b", "https://a", "*.example", "a/b", "[::1]"})
        void nameThatIsNoneIsNamed(String name) {
            ConfigReading reading =
                    read(withRest(entry("names", new ConfigNode.Sequence(++line, List.of(scalar(name))))));

            assertThat(reading.problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.path()).isEqualTo("rest.names"));
        }

        @Test
        void withoutASettingTheSystemChoosesAPort() {
            assertThat(read(root(pair("plant1"))).config().orElseThrow().rest()).isEqualTo(RestConfig.DEFAULT);
        }

        private ConfigNode withRest(ConfigNode.Entry... settings) {
            ConfigNode.Mapping whole = (ConfigNode.Mapping) root(pair("plant1"));
            List<ConfigNode.Entry> entries = new ArrayList<>(whole.entries());
            entries.add(entry("rest", new ConfigNode.Mapping(++line, Arrays.asList(settings))));
            return new ConfigNode.Mapping(1, entries);
        }
    }

    @Nested
    class PairNames {
        /** The records of such a pair would have no folder there; and a configuration is copied to other machines. */
        @ParameterizedTest
        @ValueSource(strings = {"nul", "NUL.north", "con", "Aux", "prn.1", "com1", "LPT9.line"})
        void deviceOfWindowsIsNoName(String name) {
            assertThat(read(root(pair(name))).problems()).singleElement().satisfies(p -> {
                assertThat(p.isError()).isTrue();
                assertThat(p.path()).isEqualTo("pairs[0].name");
                assertThat(p.message()).contains("Windows takes it for a device");
            });
        }

        /** The path is that of discovery, where no pair can be published: the service would not start. */
        @ParameterizedTest
        @ValueSource(strings = {"discovery", "Discovery"})
        void thePathOfDiscoveryIsNoNameAndNoAlias(String name) {
            assertThat(read(root(pair(name))).problems()).singleElement().satisfies(p -> {
                assertThat(p.isError()).isTrue();
                assertThat(p.path()).isEqualTo("pairs[0].name");
                assertThat(p.line()).isPositive();
                assertThat(p.message()).contains("which pairs there are");
                assertThat(p.remedy()).contains(name + "-1");
            });
            assertThat(read(root(pair("plant1", entry("alias", scalar(name))))).problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.path()).isEqualTo("pairs[0].alias"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "null",
                    "console",
                    "con1",
                    "com10",
                    "plant.nul",
                    "north-con",
                    "discovery-1",
                    "discovery.north"
                })
        void whatOnlyLooksLikeOneIs(String name) {
            assertThat(read(root(pair(name))).problems()).isEmpty();
        }
    }

    @Nested
    class Ranges {
        @ParameterizedTest
        @Requirement({"GEN-7", "GEN-8", "GAP-1"})
        @CsvSource({
            "statusInterval, 49ms, false",
            "statusInterval, 50ms, true",
            "statusInterval, 3600000ms, true",
            "statusInterval, 1h, true",
            "statusInterval, 3600001ms, false",
            "statusInterval, 2500, false",
            "statusInterval, -5s, false",
            "statusTimeout, 49ms, false",
            "statusTimeout, 50ms, true",
            "statusTimeout, 60s, true",
            "statusTimeout, 60001ms, false",
            "holdTimeout, 5s, true",
            "holdTimeout, 0ms, false",
        })
        void durationOutsideItsRangeIsRefusedWithTheRange(String key, String value, boolean accepted) {
            ConfigReading reading = read(root(pair("plant1", entry(key, scalar(value)))));

            assertThat(reading.hasErrors()).isEqualTo(!accepted);
            if (!accepted) {
                assertThat(reading.problems()).singleElement().satisfies(p -> {
                    assertThat(p.path()).isEqualTo("pairs[0]." + key);
                    assertThat(p.remedy()).startsWith("Write ");
                });
            }
        }

        @Test
        @Requirement("GAP-1")
        void timeoutAboveTheIntervalIsAWarningAndThePairStays() {
            ConfigReading reading = read(root(
                    pair("plant1", entry("statusInterval", scalar("500ms")), entry("statusTimeout", scalar("600ms")))));

            assertThat(reading.problems()).singleElement().satisfies(p -> {
                assertThat(p.isError()).isFalse();
                assertThat(p.path()).isEqualTo("pairs[0].statusTimeout");
            });
            assertThat(reading.config().orElseThrow().pairs()).hasSize(1);
        }

        @Test
        @Requirement("GAP-1")
        void timeoutEqualToTheIntervalIsFine() {
            ConfigReading reading = read(root(
                    pair("plant1", entry("statusInterval", scalar("500ms")), entry("statusTimeout", scalar("500ms")))));

            assertThat(reading.problems()).isEmpty();
        }
    }

    @Nested
    class Members {
        @ParameterizedTest
        @Requirement({"GEN-1", "GEN-3"})
        @ValueSource(
                strings = {
                    "opc.tcp://localhost:4841",
                    "opc.tcp://10.0.0.1:4840",
                    "opc.tcp://[fe80::1]:4840",
                    "opc.tcp://plc-7.plant.example:49320/path/of/server",
                    "opc.tcp://host"
                })
        void nameAddressAndPathAreAccepted(String url) {
            assertThat(read(root(pairAt("p", url, "opc.tcp://other:1"))).hasErrors())
                    .isFalse();
        }

        @ParameterizedTest
        @Requirement({"GEN-1", "GEN-3"})
        @ValueSource(
                strings = {
                    "10.0.0.1",
                    "http://host:4840",
                    "opc.tcp://",
                    "opc.tcp://host:0",
                    "opc.tcp://host:65536",
                    "opc.tcp://ho st:4840",
                    "opc.tcp://host:4840/a b"
                })
        void whatIsNoAddressIsRefusedWithTheForm(String url) {
            assertThat(read(root(pairAt("p", url, "opc.tcp://other:1"))).problems())
                    .singleElement()
                    .satisfies(p -> {
                        assertThat(p.path()).isEqualTo("pairs[0].members[0].url");
                        assertThat(p.remedy()).contains("opc.tcp://host:port");
                    });
        }

        @ParameterizedTest
        @Requirement({"GEN-4", "S33"})
        @CsvSource({
            "opc.tcp://localhost:4841, opc.tcp://127.0.0.1:4841/x",
            "opc.tcp://Plc1:4840, opc.tcp://plc1:4840",
            "opc.tcp://plc1, opc.tcp://plc1:4840"
        })
        void bothMembersAtOneAddressIsAWarningAndThePairStays(String first, String second) {
            ConfigReading reading = read(root(pairAt("p", first, second)));

            assertThat(reading.problems()).singleElement().satisfies(p -> {
                assertThat(p.isError()).isFalse();
                assertThat(p.message()).contains("no redundancy");
            });
            assertThat(reading.config().orElseThrow().pairs()).hasSize(1);
        }

        /** Control for the warning above: two ports of one machine are two servers. */
        @Test
        @Requirement("GEN-4")
        void twoPortsOfOneMachineAreTwoServers() {
            assertThat(read(root(pairAt("p", "opc.tcp://localhost:4841", "opc.tcp://localhost:4842")))
                            .problems())
                    .isEmpty();
        }

        @ParameterizedTest
        @Requirement("SYS-10")
        @ValueSource(ints = {0, 1, 5})
        void pairHasTwoToFourMembers(int count) {
            List<ConfigNode> members = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                members.add(mapping(entry("url", scalar("opc.tcp://m" + i + ":4840"))));
            }
            ConfigNode pair =
                    mapping(entry("name", scalar("p")), entry("members", new ConfigNode.Sequence(++line, members)));

            assertThat(read(root(pair)).problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.message())
                            .isEqualTo("A pair has two members, or up to 4, not %d.".formatted(count)));
        }

        @ParameterizedTest
        @Requirement("LIM-1")
        @ValueSource(ints = {2, 3, 4})
        void membersAreReadInTheOrderInWhichTheyArePreferred(int count) {
            List<String> urls = IntStream.range(0, count)
                    .mapToObj(i -> "opc.tcp://m" + i + ":4840")
                    .toList();

            ConfigNode pair = mapping(entry("name", scalar("p")), members(urls.toArray(String[]::new)));

            assertThat(onlyPair(read(root(pair))).members())
                    .extracting(MemberConfig::machine)
                    .isEqualTo(urls);
        }

        @Test
        void memberThatIsTandemItselfIsRefused() {
            assertThat(read(root(pairAt("p", "opc.tcp://localhost:4840", "opc.tcp://other")))
                            .problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.message()).contains("Tandem itself"));
        }

        @Test
        void userWithoutPasswordIsRefused() {
            ConfigNode members = new ConfigNode.Sequence(
                    ++line,
                    List.of(
                            mapping(entry("url", scalar("opc.tcp://a")), entry("user", scalar("u"))),
                            mapping(entry("url", scalar("opc.tcp://b")))));

            assertThat(read(root(mapping(entry("name", scalar("p")), entry("members", members))))
                            .problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.path()).isEqualTo("pairs[0].members[0].password"));
        }
    }

    @Nested
    class Names {
        @ParameterizedTest
        @Requirement("ALI-4")
        @ValueSource(strings = {"a<b", "a>b", "a&b", "a/b", ".", "..", "-a", "a b", "ä"})
        void nameThatCannotBePartOfAUrlIsRefused(String name) {
            assertThat(read(root(pair(name))).problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.path()).isEqualTo("pairs[0].name"));
        }

        @Test
        @Requirement({"ADD-5", "SYS-10"})
        void twoPairsOfOneNameAreRefusedAndTheFirstStays() {
            ConfigReading reading = read(root(pair("Plant"), pair("plant"), pair("other")));

            assertThat(reading.problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.path()).isEqualTo("pairs[1].name"));
            assertThat(reading.config().orElseThrow().pairs())
                    .extracting(PairConfig::name)
                    .containsExactly("Plant", "other");
        }
    }

    @Test
    void allProblemsAreFoundAtOnceInTheOrderOfTheFile() {
        ConfigNode pair = mapping(
                entry("name", scalar("p")),
                entry("mode", scalar("Hot")),
                entry("intervalMS", scalar("5")),
                entry("failback", scalar("yes")),
                entry("failback", scalar("no")));

        List<ConfigProblem> problems = read(root(pair)).problems();

        assertThat(problems)
                .extracting(ConfigProblem::path)
                .containsExactlyInAnyOrder(
                        "pairs[0].mode",
                        "pairs[0].intervalMS",
                        "pairs[0].failback",
                        "pairs[0].failback",
                        "pairs[0].members");
        assertThat(problems).isSortedAccordingTo((a, b) -> Integer.compare(a.line(), b.line()));
        assertThat(problems).allSatisfy(p -> assertThat(p.line()).isPositive());
    }

    /** One line for each problem, whatever was written: a quotation mark that is missing makes a value of the rest. */
    @Test
    void problemIsOneLineThatMovesNoCursorAndEnds() {
        String rest = "hot\n  failback: true\u001b[2J\n".repeat(200);

        List<ConfigProblem> problems = read(root(pair("p", entry("mode", scalar(rest)), entry("key\n2", scalar("x")))))
                .problems();

        assertThat(problems).hasSize(2).allSatisfy(problem -> {
            String line = problem.describe("tandem.yaml");
            assertThat(line.codePoints()).noneMatch(Character::isISOControl);
            assertThat(line).hasSizeLessThan(1_500);
        });
        assertThat(problems)
                .anySatisfy(problem ->
                        assertThat(problem.message()).startsWith("'hot\\u000A").endsWith("' is not known here."));
    }

    @Test
    void pairWithAnErrorIsLeftOutAndTheOthersRun() {
        ConfigReading reading = read(root(pair("good"), pair("bad", entry("mode", scalar("x")))));

        assertThat(reading.hasErrors()).isTrue();
        assertThat(reading.config().orElseThrow().pairs())
                .extracting(PairConfig::name)
                .containsExactly("good");
    }

    @ParameterizedTest
    @Requirement("S36")
    @ValueSource(strings = {"0", "2", "one"})
    void configurationOfAnotherVersionIsRefused(String version) {
        ConfigReading reading = read(mapping(
                entry("version", scalar(version)),
                entry("pairs", new ConfigNode.Sequence(++line, List.of(pair("p"))))));

        assertThat(reading.config()).isEmpty();
        assertThat(reading.problems()).extracting(ConfigProblem::path).containsExactly("version");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:4840, true",
        "0.0.0.0:0, true",
        "'[::]:4840', true",
        "host.example:65535, true",
        "4840, false",
        "host, false",
        "host:65536, false",
        "'::1:4840', false"
    })
    void listenAddressIsHostAndPort(String listen, boolean accepted) {
        ConfigNode root = mapping(
                entry("version", scalar("1")),
                entry("opcua", mapping(entry("listen", scalar(listen)))),
                entry("pairs", new ConfigNode.Sequence(++line, List.of(pair("p")))));

        assertThat(read(root).config().isPresent()).isEqualTo(accepted);
    }

    private static ConfigReading read(ConfigNode root) {
        return ConfigReader.read(root, NO_SECRETS);
    }

    private static PairConfig onlyPair(ConfigReading reading) {
        assertThat(reading.problems()).isEmpty();
        return reading.config().orElseThrow().pairs().getFirst();
    }

    private ConfigNode root(ConfigNode... pairs) {
        return mapping(entry("version", scalar("1")), entry("pairs", new ConfigNode.Sequence(++line, List.of(pairs))));
    }

    private ConfigNode pair(String name, ConfigNode.Entry... more) {
        List<ConfigNode.Entry> entries = new ArrayList<>(List.of(entry("name", scalar(name))));
        entries.addAll(Arrays.asList(more));
        entries.add(members("opc.tcp://10.0.0.1:4840", "opc.tcp://10.0.0.2:4840"));
        return new ConfigNode.Mapping(++line, entries);
    }

    private ConfigNode pairAt(String name, String first, String second) {
        return mapping(entry("name", scalar(name)), members(first, second));
    }

    private ConfigNode.Entry members(String... urls) {
        List<ConfigNode> members = new ArrayList<>();
        for (String url : urls) {
            members.add(mapping(entry("url", scalar(url))));
        }
        return entry("members", new ConfigNode.Sequence(++line, members));
    }

    private ConfigNode mapping(ConfigNode.Entry... entries) {
        return new ConfigNode.Mapping(++line, List.of(entries));
    }

    private static ConfigNode.Entry entry(String key, ConfigNode value) {
        return new ConfigNode.Entry(key, value.line(), value);
    }

    private ConfigNode scalar(String text) {
        return new ConfigNode.Scalar(++line, text);
    }
}
