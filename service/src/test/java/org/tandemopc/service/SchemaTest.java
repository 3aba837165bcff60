package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SyslogConfig;
import org.tandemopc.core.config.Trust;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.core.pair.Mode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published schema says what the reader does: it is what editors show to the person who writes the file. */
class SchemaTest {
    private static final Path DOCS = Path.of("../docs");
    private static final String SCHEMA = read(DOCS.resolve("reference/tandem.schema.json"));
    private static final JsonNode TREE = JsonMapper.shared().readTree(SCHEMA);
    private static final Schema VALIDATOR = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SCHEMA, InputFormat.JSON);
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(version: .*?)```", Pattern.DOTALL);
    private static final Pattern KNOWN = Pattern.compile("Known here: (.*)\\.");

    /** Everything once; the mark of each section is where an unknown setting can be put. */
    private static final String FULL = """
            version: 1
            #top
            opcua:
              listen: 127.0.0.1:4841
              #opcua
            rest:
              listen: 127.0.0.1:0
              names: [tandem.plant.example, "console.plant.example:443"]
              #rest
              tls:
                certificate: /etc/tandem/console.crt
                key: /etc/tandem/console.key
                #tlsFiles
            opcda:
              accounts:
                - user: scada
                  password: hidden-thing
                  #daAccount
              #opcda
            pairs:
              - name: da1
                members:
                  - host: a
                    progId: Plant.Server.1
                    user: tandem
                    password: hidden-thing
                    #daMember
                  - host: b
                    clsid: "{F8582CF2-88FB-11D0-B850-00C0F0104305}"
                    level: none
              - name: plant1
                #pair
                members:
                  - url: opc.tcp://a:4840
                    #member
                  - url: opc.tcp://b:4840
                monitor:
                  failureCount: 1
                  #monitor
                  items:
                    - item: ns=2;s=x
                      #plain
                    - item: ns=2;s=y
                      trigger: specificValue
                      value: 7
                      #valued
                    - item: ns=2;s=z
                      trigger: noChange
                      #timed
                notifications:
                  events: [PROMOTED_PRIMARY]
                  from: a@b.example
                  to: [c@d.example]
                  #notifications
                  smtp:
                    #smtp
                    primary:
                      host: a
                      #mailserver
                    secondary:
                      host: b
                      port: 2525
                  webhook:
                    url: https://a/b
                    #webhook
                  syslog:
                    host: a
                    #syslog
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "#top, ''",
        "#opcua, frontDoor",
        "#rest, rest",
        "#tlsFiles, tlsFiles",
        "#opcda, daFrontDoor",
        "#daAccount, daAccount",
        "#daMember, daMember",
        "#pair, pair",
        "#member, member",
        "#monitor, monitor",
        "#notifications, notifications",
        "#mailserver, smtpServer",
        "#webhook, webhook",
        "#syslog, syslog",
    })
    void everySettingOfTheReaderIsInTheSchemaAndTheReverse(String mark, String definition) {
        assertThat(knownToTheReader(mark)).isEqualTo(properties(definition));
    }

    /** Which settings a monitor item has depends on its trigger. */
    @Test
    void everySettingOfAMonitorItemIsInTheSchemaAndTheReverse() {
        Set<String> known = new TreeSet<>();
        for (String mark : List.of("#plain", "#valued", "#timed")) {
            known.addAll(knownToTheReader(mark));
        }

        assertThat(known).isEqualTo(properties("monitorItem"));
    }

    @Test
    void everyChoiceIsSpelledAsInTheProgram() {
        assertThat(choices("policy", "")).isEqualTo(labels(SecurityChoice.values(), SecurityChoice::label));
        assertThat(choices("messageMode", "")).isEqualTo(labels(MessageMode.values(), MessageMode::label));
        assertThat(choices("level", "")).isEqualTo(labels(DaLevel.values(), DaLevel::label));
        assertThat(choices("trust", "")).isEqualTo(labels(Trust.values(), Trust::label));
        assertThat(choices("pair", "mode"))
                .isEqualTo(labels(Mode.values(), m -> m.name().toLowerCase(Locale.ROOT)));
        assertThat(choices("pair", "whenDisabled")).isEqualTo(labels(WhenDisabled.values(), WhenDisabled::label));
        assertThat(choices("monitorItem", "dataType")).isEqualTo(labels(MonitorType.values(), MonitorType::label));
        assertThat(choices("smtpServer", "security")).isEqualTo(labels(SmtpSecurity.values(), SmtpSecurity::label));
        assertThat(choices("syslog", "protocol"))
                .isEqualTo(labels(SyslogConfig.Transport.values(), SyslogConfig.Transport::label));
        assertThat(choices("syslog", "facility"))
                .isEqualTo(labels(SyslogConfig.Facility.values(), SyslogConfig.Facility::label));
        assertThat(choices("notificationEvent", "")).isEqualTo(labels(NotificationEvent.values(), Enum::name));
        assertThat(choices("monitorItem", "trigger")).containsExactly("badQuality", "specificValue", "noChange");
    }

    @Test
    void boundsAreThoseOfTheProgram() {
        JsonNode events = property("pair", "maximumEvents");

        assertThat(events.path("minimum").asInt()).isEqualTo(PairConfig.EVENTS_LEAST);
        assertThat(events.path("maximum").asInt()).isEqualTo(PairConfig.EVENTS_MOST);
        assertThat(events.path("default").asInt()).isEqualTo(PairConfig.EVENTS_DEFAULT);
        RestConfig rest = RestConfig.DEFAULT;
        assertThat(property("rest", "listen").path("default").asString()).isEqualTo(rest.host() + ":" + rest.port());
        assertThat(property("rest", "console").path("default").asBoolean()).isEqualTo(rest.console());
        assertThat(property("rest", "names").path("maxItems").asInt()).isEqualTo(RestConfig.NAMES_MAX);
        assertThat(property("monitor", "items").path("maxItems").asInt()).isEqualTo(Monitoring.ITEMS_MAX);
    }

    @Test
    void everyExampleOfTheDocumentsIsValidForBoth() throws IOException {
        List<String> examples = new ArrayList<>(List.of(FULL));
        Path readme = DOCS.resolveSibling("README.md");
        try (Stream<Path> pages = Stream.concat(Stream.of(readme), Files.walk(DOCS))) {
            pages.filter(p -> p.toString().endsWith(".md")).forEach(page -> {
                Matcher example = EXAMPLE.matcher(read(page));
                while (example.find()) {
                    examples.add(example.group(1));
                }
            });
        }

        assertThat(examples).hasSizeGreaterThan(2);
        for (String example : examples) {
            assertThat(VALIDATOR.validate(example, InputFormat.YAML))
                    .as(example)
                    .isEmpty();
            assertThat(reading(example.replaceAll("file:\\S+", "env:SECRET")).problems())
                    .as(example)
                    .noneMatch(ConfigProblem::isError);
        }
    }

    /** What the schema refuses the program refuses too; the program may be stricter. */
    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsOneForBoth(String mark, String line) {
        String broken = FULL.replace(mark, line);

        assertThat(VALIDATOR.validate(broken, InputFormat.YAML)).as(line).isNotEmpty();
        assertThat(reading(broken).hasErrors()).as(line).isTrue();
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> mistakes() {
        return Stream.of(
                        List.of("#top", "colour: red"),
                        List.of("version: 1", "version: 2"),
                        List.of("version: 1", "#"),
                        List.of("#opcua", "security: [Basic128]"),
                        List.of("#opcua", "modes: []"),
                        List.of("listen: 127.0.0.1:4841", "listen: nowhere"),
                        List.of("#opcua", "anonymous: perhaps"),
                        List.of("#rest", "port: 8471"),
                        List.of("names: [tandem.plant.example,", "names: [https://tandem,"),
                        List.of("names: [tandem.plant.example,", "names: [a b,"),
                        List.of("#tlsFiles", "password: x"),
                        List.of("key: /etc/tandem/console.key", "#"),
                        List.of("listen: 127.0.0.1:0", "listen: 8471"),
                        List.of("#pair", "mode: tepid"),
                        List.of("name: plant1", "name: plant 1"),
                        List.of("name: plant1", "name: nul"),
                        List.of("#pair", "alias: Com1.north"),
                        List.of("name: plant1", "name: discovery"),
                        List.of("#pair", "alias: Discovery"),
                        List.of("#pair", "alias: '<b>'"),
                        List.of("#pair", "statusInterval: 2500"),
                        List.of("#pair", "maximumEvents: 999"),
                        List.of("#pair", "maximumEvents: many"),
                        List.of("#pair", "whenDisabled: maybe"),
                        List.of("url: opc.tcp://a:4840", "security: None"),
                        List.of("url: opc.tcp://a:4840", "url: http://a"),
                        List.of("#member", "user: ann"),
                        List.of("#member", "trust: some"),
                        List.of("#plain", "value: 7"),
                        List.of("#plain", "time: 5s"),
                        List.of("value: 7", "#"),
                        List.of("#timed", "updateRate: 1"),
                        List.of("events: [PROMOTED_PRIMARY]", "events: [PROMOTED]"),
                        List.of("from: a@b.example", "from: a"),
                        List.of("to: [c@d.example]", "to: ['c d@e.example']"),
                        List.of("#mailserver", "security: ssl"),
                        List.of("#mailserver", "user: ann"),
                        List.of("url: https://a/b", "url: ftp://a/b"),
                        List.of("#syslog", "protocol: relp"),
                        List.of("item: ns=2;s=x", "item: x"))
                .map(m -> org.junit.jupiter.params.provider.Arguments.of(m.get(0), m.get(1)));
    }

    private Set<String> knownToTheReader(String mark) {
        ConfigReading reading = reading(FULL.replace(mark, "zzz: 1"));
        assertThat(reading.problems()).as(mark).hasSize(1);
        Matcher known = KNOWN.matcher(reading.problems().getFirst().remedy());
        assertThat(known.matches()).isTrue();
        return new TreeSet<>(List.of(known.group(1).split(", ")));
    }

    private static Set<String> properties(String definition) {
        return new TreeSet<>(definition(definition).path("properties").propertyNames());
    }

    private static JsonNode property(String definition, String name) {
        return definition(definition).path("properties").path(name);
    }

    private static JsonNode definition(String name) {
        return name.isEmpty() ? TREE : TREE.path("$defs").path(name);
    }

    private static List<String> choices(String definition, String property) {
        JsonNode node = property.isEmpty() ? definition(definition) : property(definition, property);
        List<String> choices = new ArrayList<>();
        node.path("enum").forEach(choice -> choices.add(choice.asString()));
        return choices;
    }

    private static <E> List<String> labels(E[] values, Function<E, String> label) {
        return Arrays.stream(values).map(label).toList();
    }

    private ConfigReading reading(String text) {
        return new ConfigStore(folder.resolve("tandem.yaml"), folder, Map.of("SECRET", "s")).check(text);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
