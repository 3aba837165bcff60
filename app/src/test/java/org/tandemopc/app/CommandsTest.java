package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.app.command.CommandSpec;
import org.tandemopc.app.command.CommandTable;
import org.tandemopc.app.command.Console;
import org.tandemopc.app.command.TestService;
import org.tandemopc.relay.LegResult;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each command against a running service in this process: what it prints, in which form, with which exit code. */
@Timeout(120)
class CommandsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestService service;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws IOException {
        service = TestService.start(folder.resolve("data"));
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    /** FILE stands for a configuration that can be applied. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "status                                   | 0 | serving",
                "status plant1                            | 0 | active: primary",
                "status plant9                            | 1 | no pair of that name",
                "pairs                                    | 0 | opc.tcp://localhost:4840/plant1",
                "pairs --names                            | 0 | plant2",
                "switch plant1                            | 0 | 'plant1': it is on the secondary.",
                "switch plant1 secondary                  | 0 | on the secondary",
                "switch plant1 primary                    | 5 | it is the active machine already",
                "switch plant9                            | 1 | no pair of that name",
                "switch plant1 tertiary                   | 2 | primary or secondary",
                "test-mail plant1                         | 5 | have no complete mail",
                "test-mail plant2                         | 1 | it refused the connection",
                "test-mail plant2 --channel syslog        | 5 | have no complete syslog",
                "test-mail plant2 --channel pigeon        | 2 | mail, webhook or syslog",
                "test-mail                                | 2 | Name the pair",
                "pin plant1                               | 0 | pinned to the primary",
                "pin plant1 secondary                     | 0 | pinned to the secondary",
                "unpin plant1                             | 0 | is not pinned",
                "disable plant1                           | 0 | 'plant1' is disabled.",
                "enable plant1                            | 0 | 'plant1' is enabled.",
                "enable plant9                            | 1 | no pair of that name",
                "check plant1                             | 0 | ok    port",
                "check plant2                             | 1 | -> Start the server.",
                "check                                    | 1 | FAIL  port",
                "plan FILE                                | 0 | Its clients must connect anew.",
                "plan ERRORS                              | 3 | pairs[0].mode: 'tepid' is not known here.",
                "plan NOTHING                             | 3 | There is no file",
                "apply FILE                               | 0 | Applied as version 0000000000000001.",
                "apply ERRORS                             | 3 | nothing was changed",
                "apply FAILS                              | 1 | The disk is full. Make room.",
                "rollback                                 | 1 | There is no earlier configuration to go back to.",
                "rollback --plan                          | 1 | There is no earlier configuration to go back to.",
                "rollback 00000000000000ff                | 1 | No configuration of that version",
                "rollback 0000000000000000 --plan         | 0 | Nothing that runs changes.",
                "rollback 0000000000000000                | 0 | Applied as version 0000000000000001.",
                "rollback --list                          | 0 | RAN",
                "add plant3 opc.tcp://a:1 opc.tcp://b:2   | 0 | 'plant3' was added.",
                "add plant3 opc.tcp://a:1 opc.tcp://b:2 --plan | 0 | Not applied.",
                "add plant3 opc.tcp://a:1                 | 2 | URL of the secondary",
                "add plant2 opc.tcp://a:1 opc.tcp://b:2   | 0 | Clients find it at opc.tcp://localhost:4840/plant2.",
                "add error opc.tcp://a:1 opc.tcp://b:2    | 3 | plant.yaml:3: pairs[0].mode: 'tepid' is not known here.",
                "add error opc.tcp://a:1 opc.tcp://b:2 --plan | 3 | plant.yaml:3: pairs[0].mode",
                "add plant3 opc.tcp://a opc.tcp://b --security Basic128 | 2 | 'security' is one of None, Basic256Sha256",
                "add plant3 opc.tcp://a opc.tcp://b --mode tepid | 2 | cold, warm or hot",
                "add opcda://a/P.1 opcda://b/P.1 --user u --password env:P | 0 | 'P.1' was added.",
                "add Line opcda://a/P.1 opcda://b/P.1 --alias L.1          | 0 | 'Line' was added.",
                "add Line opcda://a/P.1 opcda://b                          | 2 | names no OPC DA server",
                "add Line opcda://a/P.1 opcda://b/P.1 --security None      | 2 | those of OPC DA have --level",
                "add Line opc.tcp://a opc.tcp://b --level none             | 2 | --level is for servers of OPC DA",
                "discover 127.0.0.2                       | 0 | opc.tcp://a:1  Basic256Sha256 Sign anonymous",
                "discover 127.0.0.9                       | 1 | Port 135 does not answer. Let it in.",
                "discover 127.0.0.2 --port 0              | 2 | 1 to 65535",
                "discover 127.0.0.2 --user u --password x | 2 | --user is for servers of OPC DA",
                "discover 127.0.0.2 --da --user u --password x | 2 | does not belong on a command line",
                "browse plant1                            | 0 | Boiler.Level",
                "browse plant1 Boiler --filter L*         | 0 | There are more: --after 2",
                "browse plant1 nowhere                    | 1 | Browse from the top.",
                "browse plant9                            | 1 | no pair of that name",
                "remove plant1                            | 0 | 'plant1' was removed.",
                "remove plant9                            | 1 | There is no pair 'plant9'. There are: plant1.",
                "alias plant9                             | 1 | There is no pair 'plant9'.",
                "unalias plant9                           | 1 | There is no pair 'plant9'.",
                "disable plant9                           | 1 | no pair of that name",
                "check plant9                             | 1 | no pair of that name",
                "events plant9                            | 1 | no pair of that name",
                "alias plant1                             | 0 | plant1.Alias1",
                "alias plant1 other                       | 0 | as 'other'",
                "unalias plant1                           | 5 | Another pair is published",
                "events                                   | 0 | was enabled by",
                "events plant1 --kind ENABLED             | 0 | was enabled by",
                "events plant1 --kind NONE                | 2 | 'kind' is one of CONNECTED, DISCONNECTED",
                "events --severity bad                    | 2 | 'severity' is one of informational, warning, error.",
                "events plant1 --since yesterday          | 2 | is no time",
                "events --csv                             | 0 | Date,Time,Pair,Number,Severity,Kind,Client,Event,Details",
                "events --all                             | 0 | was enabled by",
                "events --all --follow                    | 2 | --all goes with neither",
                "trust                                    | 0 | CN=Tandem",
                "trust add members abab                   | 2 | 40 hexadecimal digits",
                "trust add clients THUMBPRINT             | 1 | no such certificate",
                "trust add members THUMBPRINT             | 0 | is trusted.",
                "trust remove members THUMBPRINT          | 0 | no longer trusted",
                "trust forget                             | 2 | list, add or remove",
                "reg plant1 --host tandem1                | 1 | they connect to opc.tcp://localhost:4840/plant1.",
                "reg plant9 --host tandem1                | 1 | no pair of that name",
                "reg --host tandem1                       | 2 | Name the pair",
                "completion bash                          | 0 | complete -F _tandem tandem",
                "completion csh                           | 2 | bash, zsh or fish",
                "statsu                                   | 2 | Did you mean 'status'?",
                "status --jsno                            | 2 | Did you mean --json?",
                "help switch                              | 0 | usage: tandem switch PAIR [MEMBER]",
            })
    void commandSaysWhatItDidAndEndsWithItsCode(String line, int exit, String text) throws IOException {
        assertThat(run(line)).as(text()).isEqualTo(exit);

        assertThat(text()).contains(text);
    }

    @Test
    @Requirement("ADD-8")
    void policyOfAnAddedPairIsHandedOn() throws IOException {
        assertThat(run("add plant3 opc.tcp://a opc.tcp://b --mode hot --security Aes128_Sha256_RsaOaep"))
                .isZero();

        assertThat(service.configurations().text()).contains("# plant3 HOT AES128_SHA256_RSAOAEP");
    }

    /** "No server is active: name the one that you mean" would send somebody the wrong way. */
    @Test
    void switchOfADisabledPairSaysThatItIs() throws IOException {
        assertThat(run("disable plant1")).isZero();

        assertThat(run("switch plant1")).isEqualTo(ExitCode.REFUSED);

        assertThat(text()).contains("'plant1' is disabled.").doesNotContain("Name the one");
    }

    /** Applied by one person between another's plan and apply. */
    @Test
    void changeOfSomebodyElseMeanwhileIsAConflict() throws IOException {
        String text = Files.readString(file("FILE"));
        service.configurations().onPlan(() -> service.configurations().apply(text + "# other\n", null, "bob"));

        assertThat(run("apply FILE")).isEqualTo(ExitCode.REFUSED);

        assertThat(text()).contains("Somebody else saved meanwhile");
    }

    /** What it will do is said before it is done, and just that is done. */
    @Test
    @Requirement("S22")
    void rollbackSaysWhatItWillDoAndRefusesWhatWasNotPlanned() throws IOException {
        assertThat(run("apply FILE")).isZero();
        out.reset();
        assertThat(run("rollback --plan")).isZero();
        assertThat(text()).contains("Its clients must connect anew.", "Not applied: version 0000000000000000.");
        assertThat(service.configurations().version()).isEqualTo("0000000000000001");

        service.configurations().onPlan(() -> service.configurations().apply("# other\n", null, "bob"));
        out.reset();

        assertThat(run("rollback")).isEqualTo(ExitCode.REFUSED);

        assertThat(text()).contains("Its clients must connect anew.", "Somebody else saved meanwhile");
    }

    /** A change by command is one of the text in use: it would throw away what somebody wrote, or apply it unseen. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "add plant3 opc.tcp://a:1 opc.tcp://b:2",
                "add plant3 opc.tcp://a:1 opc.tcp://b:2 --plan",
                "remove plant1",
                "alias plant1"
            })
    @Requirement("S22")
    void changeByCommandIsRefusedOverAnEditThatIsNotApplied(String line) throws IOException {
        service.configurations().editFile();

        assertThat(run(line)).isEqualTo(ExitCode.REFUSED);

        assertThat(text()).contains("was edited and not applied", "tandem apply", "tandem rollback 0000000000000000");
        assertThat(service.configurations().version()).isEqualTo("0000000000000000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status plant1",
                "pairs",
                "switch plant1",
                "pin plant1",
                "unpin plant1",
                "enable plant1",
                "disable plant1",
                "plan FILE",
                "apply FILE",
                "rollback --list",
                "rollback 0000000000000000",
                "rollback 0000000000000000 --plan",
                "add plant3 opc.tcp://a opc.tcp://b",
                "trust",
                "trust add members THUMBPRINT"
            })
    void withJsonOneValueIsPrintedAndNothingElse(String line) throws IOException {
        assertThat(run(line + " --json")).as(text()).isEqualTo(ExitCode.OK);

        JsonNode json = new JsonMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(json.isObject() || json.isArray()).isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().count()).isEqualTo(1);
    }

    /** A program that parses the output of what it asked for must not find a sentence there, least when it failed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add error opc.tcp://a opc.tcp://b     | 3 | invalid-configuration | plan",
                "add error opc.tcp://a opc.tcp://b --plan | 3 |                    | problems",
                "apply ERRORS                          | 3 | invalid-configuration | plan",
                "apply NOTHING                         | 3 | invalid-configuration | detail",
                "apply FAILS                           | 1 | apply-failed          | remedy",
                "plan ERRORS                           | 3 |                       | problems",
                "rollback 00000000000000ff             | 1 | no-such-version       | remedy",
                "status plant9                         | 1 | no-such-pair          | remedy",
                "enable plant9                         | 1 | no-such-pair          | remedy",
                "switch plant1 primary                 | 5 | refused               | detail",
                "check plant9                          | 1 | no-such-pair          | remedy",
                "check --config ERRORS                 | 3 | invalid-configuration | problems",
                "trust add clients THUMBPRINT          | 1 | no-such-certificate   | remedy",
                "events plant1 --kind NONE             | 2 | bad-request           | detail",
                "reg plant1 --host tandem1             | 1 | failed                | detail",
            })
    void withJsonAFailureIsOneValueAndNothingElse(String line, int exit, @Nullable String code, String has)
            throws IOException {
        assertThat(run(line + " --json")).as(text()).isEqualTo(exit);

        JsonNode json = onlyJson();
        assertThat(json.path("code").asString("")).isEqualTo(code == null ? "" : code);
        assertThat(json.has(has)).as(json.toString()).isTrue();
    }

    /** The same of commands that find no service. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status                       | 4 | no-service",
                "apply FILE                   | 4 | no-service",
                "enable plant1 --config VALID | 0 |",
                "disable plant1 --config VALID | 0 |",
                "enable plant9 --config VALID | 1 | failed",
                "enable plant1 --config ERRORS | 3 | invalid-configuration",
                "enable plant1 --config NOTHING | 3 | invalid-configuration",
            })
    void withJsonAndWithoutAServiceOneValueIsPrinted(String line, int exit, @Nullable String code) throws IOException {
        service.close();

        assertThat(run(line + " --json")).as(text()).isEqualTo(exit);

        JsonNode json = onlyJson();
        assertThat(json.path("code").asString("")).isEqualTo(code == null ? "" : code);
        assertThat(json.path("accepted").asBoolean(false)).isEqualTo(exit == 0);
    }

    private JsonNode onlyJson() {
        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(printed.lines().count()).as(printed).isEqualTo(1);
        JsonNode json = new JsonMapper().readTree(printed);
        assertThat(json.isObject()).as(printed).isTrue();
        return json;
    }

    /** A walk that ended, for whatever reason, proves nothing of what it did not reach. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --json"})
    @Requirement("DEP-8")
    void aCheckThatEndsEarlyFails(String json) throws IOException {
        service.afterLeg(leg -> {
            if (leg == LegResult.Leg.READ) {
                throw new IllegalStateException("planted defect");
            }
        });

        assertThat(run("check plant1" + json)).as(text()).isEqualTo(ExitCode.FAILED);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("plant1, primary, ended after read", "plant1, secondary, ended before its first leg");
    }

    /** What is the last leg is up to the protocol. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --json"})
    @Requirement(value = "DEP-8", protocol = Protocol.DA)
    void aCheckOfOpcDaIsWholeWithItsOwnLastLegOnly(String json) throws IOException {
        service.walk(LegResult.Leg.DA);
        assertThat(run("check plant1" + json)).as(text()).isZero();

        service.walk(LegResult.Leg.DA.subList(0, LegResult.Leg.DA.size() - 1));
        assertThat(run("check plant1" + json)).as(text()).isEqualTo(ExitCode.FAILED);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("plant1, primary, ended after read");
    }

    /** A check takes seconds for each leg that hangs: who waits wants to see how far it is. */
    @Test
    @Requirement("DEP-8")
    void legsArriveWhileTheWalkGoesOn() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        service.afterLeg(leg -> await(leg == LegResult.Leg.NAME ? seen : new CountDownLatch(0)));
        CompletableFuture<Integer> exit = inBackground("check plant1", false);

        Await.until("the first leg is printed", SOON, () -> text().contains("name"));
        assertThat(text()).doesNotContain("port  ");
        seen.countDown();

        assertThat(exit.get(20, TimeUnit.SECONDS)).as(text()).isZero();
        assertThat(text()).contains("port  ", "subscription");
    }

    /** Silence looks like a command that hangs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "switch plant1",
                "pin plant1 secondary",
                "apply FILE",
                "rollback 0000000000000000",
                "add plant3 opc.tcp://a:1 opc.tcp://b:2",
                "remove plant1 --json"
            })
    void aPersonIsToldThatACommandWaits(String line) throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        service.beforeRehomed(() -> await(told));
        service.configurations().onApply(() -> await(told));
        CompletableFuture<Integer> exit = inBackground(line, true);

        Await.until(
                "it is told",
                SOON,
                () -> err.toString(StandardCharsets.UTF_8).contains("Waiting for the service to carry it out ..."));
        told.countDown();

        assertThat(exit.get(20, TimeUnit.SECONDS)).as(text()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("Waiting");
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).as("once").hasSize(1);
    }

    private CompletableFuture<Integer> inBackground(String line, boolean isTerminal) {
        Main main = new Main(new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                isTerminal,
                false));
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> exit.complete(main.run(words(line))));
        return exit;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void nameThatIsNoPathIsAWrongCommandLine() {
        assertThat(run(List.of("status", "--data", "a\0b"))).isEqualTo(ExitCode.USAGE);

        assertThat(text()).contains("'a\\u0000b' is no path").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "events --all", "check plant1"})
    void withJsonStreamsAreOneObjectALine(String line) throws IOException {
        assertThat(run(line + " --json")).as(text()).isEqualTo(ExitCode.OK);

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .isNotEmpty()
                .allSatisfy(
                        l -> assertThat(new JsonMapper().readTree(l).isObject()).isTrue());
    }

    /** The names of clients, servers and certificates are what others like; a terminal does not have to. */
    @ParameterizedTest
    @ValueSource(strings = {"status", "check plant2", "trust", "events", "events --csv"})
    void noControlCharacterOfOthersReachesTheTerminal(String line) throws IOException {
        var unused = run(line);

        assertThat(text().codePoints()
                        .filter(c -> c != '\n' && Character.isISOControl(c))
                        .count())
                .isZero();
        assertThat(text()).doesNotContain("\u202e");
    }

    @Test
    void statusNamesClientsAndWhySince() throws IOException {
        assertThat(run("switch plant1")).isZero();
        out.reset();

        assertThat(run("status plant1")).isZero();

        assertThat(text())
                .contains(
                        "eve\\u001B[31m\\u202Etxt", "10.0.0.9", "why:    Promoted active connection", "Cause: ORDERED")
                .containsPattern(
                        "active: secondary opc.tcp://b:4840, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\(\\d+ s\\)")
                .contains("1.5 ms", "+3 ms", "255", "RUNNING");
    }

    @Test
    void statusSaysFirstThatNobodyCanConnect() throws IOException {
        assertThat(run("status")).isZero();
        assertThat(text()).doesNotContain("front door");
        out.reset();
        service.loseFrontDoor();

        assertThat(run("status")).isZero();

        assertThat(text().lines().skip(1).findFirst().orElse("")).contains("The front door is closed", "tried again");
    }

    @Test
    @Requirement({"DIA-1", "DIA-2", "DIA-6"})
    void recordsAreShownWithMillisecondsAndClientAndTheirFolderByStatus() throws IOException {
        assertThat(run("events plant1")).isZero();
        assertThat(text())
                .containsPattern(
                        "\\d{4}-\\d\\d-\\d\\d  \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  plant1  Informational  tandem  \\S");
        out.reset();

        assertThat(run("status plant1")).isZero();

        Path records = folder.resolve("data/log/plant1").toAbsolutePath();
        assertThat(text()).contains("records: " + records);
        assertThat(records).isDirectory();
    }

    /** As after an hour that the clock was wrong: what is newer has an earlier time. */
    @Test
    @Requirement("S18")
    void exportOverAClockThatWasSetBackIsWholeAndInTheOrderOfTheNumbers() throws IOException {
        service.close();
        StringBuilder lines = new StringBuilder();
        for (int number = 1; number <= 3_000; number++) {
            lines.append("""
                    {"at":"2026-01-01T%s:00:00.000Z","number":%d,"pair":"plant1","kind":"NOTE","severity":"INFORMATIONAL","client":"tandem","text":"n","fields":{}}
                    """.formatted(number <= 1_500 ? "11" : "10", number));
        }
        Files.writeString(folder.resolve("data/log/plant1/records-000001.jsonl"), lines);
        service = TestService.start(folder.resolve("data"));

        assertThat(run("events plant1 --all --json")).isZero();

        List<Long> numbers = out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> new JsonMapper().readTree(line).path("number").asLong())
                .toList();
        assertThat(numbers).isSorted().startsWith(1L, 2L).hasSizeGreaterThan(3_000);
    }

    /** MON-15: who named a pair wants to see its items; who did not, those in error. */
    @Test
    @Requirement({"MON-1", "MON-15"})
    void statusShowsMonitorItemsWithTheirRateAndAFittingTime() throws IOException {
        assertThat(run("status")).isZero();
        assertThat(text())
                .contains("passed (1 in error)")
                .containsPattern("ns=2;s=missing +secondary +in error +- +- +- +could not be added \\(0x80340000\\)")
                .doesNotContain("ns=2;s=watchdog");
        out.reset();

        assertThat(run("status plant1")).isZero();

        assertThat(text())
                .containsPattern("MONITOR ITEM +SERVER +IS +RATE +SLOWEST +PROPOSED TIME")
                .containsPattern("ns=2;s=watchdog +primary +ok +750 ms +\\d+ ms +1500 ms");
    }

    /** As after '| head': nobody is there to be followed for. */
    @ParameterizedTest
    @ValueSource(strings = {"status --watch", "events --follow"})
    void commandThatGoesOnEndsWhenNobodyReads(String line) throws IOException {
        PrintStream gone = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        assertThat(new Main(gone, new PrintStream(err, true, StandardCharsets.UTF_8)).run(words(line)))
                .as(text())
                .isZero();
    }

    /** The token opens the service: it may be in no command line, no answer and no message. */
    @Test
    void tokenAndPasswordsAreNeverPrinted() throws IOException {
        JsonNode configuration = service.get("/api/v1/configuration");
        for (String line : List.of("status --json", "pairs --json", "status", "events --json", "apply FILE --json")) {
            var unused = run(line);
        }

        assertThat(text()).doesNotContain(service.token());
        assertThat(configuration.path("text").asString()).contains("(hidden)").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "pairs",
                "switch plant1",
                "pin plant1",
                "unpin plant1",
                "plan FILE",
                "apply FILE",
                "rollback",
                "events",
                "trust",
                "add x opc.tcp://a opc.tcp://b",
                "remove x",
                "alias x",
                "unalias x"
            })
    void withoutAServiceTheCodeSaysSoAndTheMessageHow(String line) throws IOException {
        service.close();

        assertThat(run(line)).isEqualTo(ExitCode.NO_SERVICE);

        assertThat(text()).contains("tandem run", "--data");
    }

    /** The service was killed: its files are still there. */
    @Test
    void filesOfADeadServiceAreTakenForWhatTheyAre() throws IOException {
        Path data = folder.resolve("data");
        String port = Files.readString(data.resolve("rest.port"));
        String token = Files.readString(data.resolve("rest.token"));
        service.close();
        Files.writeString(data.resolve("rest.port"), port);
        Files.writeString(data.resolve("rest.token"), token);

        assertThat(run("status")).isEqualTo(ExitCode.NO_SERVICE);
    }

    @Test
    void portFileThatLeadsElsewhereIsNotFollowed() throws IOException {
        Files.writeString(folder.resolve("data/rest.port"), "192.0.2.1:80\n");

        assertThat(run("status")).isEqualTo(ExitCode.FAILED);

        assertThat(text()).contains("not those of a Tandem");
    }

    /** A command that has shown the first record that happened after it had begun. */
    private Thread followerOfPlant1() {
        ByteArrayOutputStream followed = new ByteArrayOutputStream();
        Thread follower = Thread.ofVirtual()
                .start(() -> new Main(
                                new PrintStream(followed, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8))
                        .run(words("events plant1 --follow --limit 0")));
        Await.until("it follows", SOON, () -> {
            service.pair("plant1").resetDamping("ann");
            return followed.toString(StandardCharsets.UTF_8).contains("forgotten by 'ann'");
        });
        return follower;
    }

    @Test
    void followedEventsComeWhileTheyHappenAndEndWithTheService() throws Exception {
        Thread follower = followerOfPlant1();

        service.close();

        assertThat(follower.join(SOON)).isTrue();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("The service has ended.");
    }

    /** Followed for ever in silence, a pair that is gone would look well. */
    @Test
    void followedPairThatIsRemovedIsSaidSo() throws Exception {
        Thread follower = followerOfPlant1();

        service.removePlant1();

        assertThat(follower.join(SOON)).isTrue();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("'plant1' was removed or has another name now.", "Nothing more comes of this pair.");
    }

    @Test
    void everyCommandHasHelpWithItsUsageAndOptions() {
        for (CommandSpec spec : CommandTable.ofTandem().specs()) {
            out.reset();

            assertThat(run(List.of(spec.name(), "--help"))).isZero();

            assertThat(text()).contains("usage: tandem " + spec.name());
            spec.options().forEach(option -> assertThat(text()).contains(option.name()));
        }
    }

    private int run(String line) throws IOException {
        return run(words(line));
    }

    private List<String> words(String line) {
        List<String> words = new java.util.ArrayList<>();
        for (String word : Arrays.asList(line.strip().split("\\s+"))) {
            words.add(
                    switch (word) {
                        case "FILE", "ERRORS", "FAILS", "NOTHING", "VALID" ->
                            file(word).toString();
                        case "THUMBPRINT" -> TestService.REFUSED;
                        default -> word;
                    });
        }
        boolean talks = !List.of("completion", "help", "statsu").contains(words.getFirst());
        if (talks) {
            words.addAll(List.of("--data", folder.resolve("data").toString()));
        }
        return words;
    }

    private Path file(String name) {
        Path file = folder.resolve(name + ".yaml");
        try {
            return switch (name) {
                case "FILE" -> Files.writeString(file, "version: 1\n# another\n");
                case "ERRORS" -> Files.writeString(file, "# error\n");
                case "FAILS" -> Files.writeString(file, "# fails\n");
                case "VALID" -> Files.writeString(file, """
                        version: 1
                        pairs:
                          - name: plant1
                            members: [{url: "opc.tcp://a:1"}, {url: "opc.tcp://b:1"}]
                        """);
                default -> file;
            };
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int run(List<String> words) {
        return new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(words);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
}
