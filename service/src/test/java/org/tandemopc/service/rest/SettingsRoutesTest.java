package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.TextEdits;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The configuration as a form sees it and saves it. */
@Timeout(60)
class SettingsRoutesTest {
    private static final String TEXT = """
            # Plant 7
            version: 1
            opcua:
              listen: 127.0.0.1:4840
            pairs:
              - name: plant1   # Ann's
                mode: warm
                failback: false
                members:
                  - url: opc.tcp://a:4840
                    user: tandem
                    password: hunter2 and more
                  - url: opc.tcp://b:4840
                    user: tandem
                    password: 'hunter3'
                maximumEvents: 2000
                monitor:
                  items:
                    # the dog
                    - item: ns=2;s=dog
                      trigger: specificValue
                      value: "007"
              - name: plant2
                alias: shown
                members: [{url: "opc.tcp://c:4840"}, {url: "opc.tcp://d:4840"}]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(file(), TEXT);
        service = new RunningService(folder.resolve("data"), file());
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private Path file() {
        return folder.resolve("tandem.yaml");
    }

    private String saved() throws IOException {
        return Files.readString(file());
    }

    private JsonNode settings() throws IOException {
        return service.get("/api/v1/configuration/settings").json();
    }

    private Answer change(boolean isDry, String... changes) throws IOException {
        return service.post(
                "/api/v1/configuration/changes",
                "{\"expectedVersion\":\"%s\",\"dryRun\":%s,\"by\":\"ann\",\"changes\":[%s]}"
                        .formatted(
                                settings().path("version").asString(),
                                isDry,
                                String.join(",", changes).replace('\'', '"')));
    }

    private Answer change(String... changes) throws IOException {
        return change(false, changes);
    }

    /** Somebody saves between two looks at the configuration. */
    private static final class Overtaken implements Configurations {
        private static final String LATER = TEXT.replace("maximumEvents: 2000", "maximumEvents: 3000");
        private final AtomicInteger looks = new AtomicInteger();

        @Override
        public String text() {
            return looks.getAndIncrement() == 0 ? TEXT : LATER;
        }

        @Override
        public String version() {
            return looks.getAndIncrement() == 0 ? "earlier" : "later";
        }

        @Override
        public boolean isFileEdited() {
            return false;
        }

        @Override
        public List<Saved> saved() {
            return List.of();
        }

        @Override
        public Plan plan(String text) {
            return new Plan(List.of(), List.of());
        }

        @Override
        public Outcome apply(String text, @Nullable String expectedVersion, String by) {
            return new Outcome.Conflict("later");
        }

        @Override
        public Optional<Rollback> planRollback(@Nullable String version) {
            return Optional.empty();
        }

        @Override
        public Outcome rollback(@Nullable String version, @Nullable String expectedVersion, String by) {
            return new Outcome.Conflict("later");
        }
    }

    /** Else a form with the earlier settings would be saved over the later ones, and nobody would be told. */
    @Test
    void earlierSettingsAreNeverToldWithALaterVersion() throws Exception {
        ServiceFacade facade = new ServiceFacade(
                service.runtime, new Overtaken(), new TextEdits(), null, "1", null, java.time.Instant.EPOCH);
        Route settings = new SettingsRoutes(facade).routes().getFirst();
        Call call = new Call(Map.of(), Map.of(), new byte[0], null, java.net.InetAddress.getLoopbackAddress(), "");

        Reply reply = settings.handler().handle(call);

        JsonNode json = new JsonMapper().valueToTree(((Reply.Json) reply).body());
        // Later settings with the earlier version are told as a conflict at the save.
        assertThat(json.path("version").asString()).isEqualTo("earlier");
    }

    @Test
    void settingsAreThoseOfTheFileWithItsKeysAndWithoutItsSecrets() throws IOException {
        JsonNode settings = settings();

        assertThat(settings.path("editable").asBoolean()).isTrue();
        JsonNode pair = settings.path("pairs").path(0);
        assertThat(pair.propertyNames())
                .containsExactly("name", "mode", "failback", "members", "maximumEvents", "monitor");
        assertThat(pair.path("failback").isBoolean()).isTrue();
        assertThat(pair.path("maximumEvents").asInt()).isEqualTo(2000);
        assertThat(pair.path("monitor").path("items").path(0).path("value").asString())
                .isEqualTo("007");
        assertThat(pair.path("members").path(0).path("password"))
                .isEqualTo(JsonMapper.shared().readTree("{\"hidden\":true}"));
        assertThat(settings.path("pairs").path(1).path("alias").asString()).isEqualTo("shown");
        assertThat(settings.path("doors").path("opcua").path("listen").asString())
                .isEqualTo("127.0.0.1:4840");
        JsonNode defaults = settings.path("defaults");
        assertThat(defaults.path("pair").path("statusInterval").asString()).isEqualTo("2500ms");
        assertThat(defaults.path("member").path("security").asString()).isEqualTo("Basic256Sha256");
        assertThat(defaults.path("monitorItem").path("trigger").asString()).isEqualTo("badQuality");
        assertThat(settings.toString()).doesNotContain("hunter");
    }

    /** The file is what runs, both at once, and the rest of the text is byte for byte the one from before. */
    @Test
    @Requirement({"MENU-1", "APP-1"})
    void draftIsSavedWholeAndRunsAtOnce() throws IOException {
        Answer answer = change(
                "{'change':'set','pair':'plant1','path':'mode','value':'hot'}",
                "{'change':'set','pair':'plant1','path':'monitor.items[0].value','value':8}",
                "{'change':'set','pair':'plant1','path':'failback','value':null}",
                "{'change':'set','pair':'shown','path':'statusInterval','value':'500ms'}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(saved())
                .isEqualTo(TEXT.replace("mode: warm", "mode: hot")
                        .replace("\"007\"", "8")
                        .replace("    failback: false\n", "")
                        .replace("d:4840\"}]\n", "d:4840\"}]\n    statusInterval: 500ms\n"));
        assertThat(service.pair().config().settings().mode()).isEqualTo(Mode.HOT);
        assertThat(service.pair().config().settings().failback()).isTrue();
        assertThat(answer.json().path("version").asString())
                .isEqualTo(settings().path("version").asString());
        assertThat(answer.json().path("plan").path("steps").values())
                .extracting(step -> step.path("pair").asString())
                .contains("plant1", "shown");
        assertThat(service.pair().records().getLast().record().fields()).containsEntry("by", "ann");
    }

    @Test
    @Requirement("GEN-10")
    void triedDraftChangesNothing() throws IOException {
        Answer answer = change(true, "{'change':'set','pair':'plant1','path':'mode','value':'hot'}");

        assertThat(answer.json().path("plan").path("steps").size()).isEqualTo(1);
        assertThat(saved()).isEqualTo(TEXT);
        assertThat(service.pair().config().settings().mode()).isEqualTo(Mode.WARM);
    }

    /** A form shows each problem at its field. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'change':'set','pair':'plant1','path':'mode','value':'tepid' | plant1 | mode",
                "'change':'set','pair':'shown','path':'members[1].url','value':'x' | shown | members[1].url",
                "'change':'set','pair':'plant1','path':'members','value':[] | plant1 | members",
                "'change':'set','pair':'plant1','path':'maximumEvents','value':999 | plant1 | maximumEvents",
                "'change':'set','pair':'plant1','path':'colour','value':'red' | plant1 | colour",
                "'change':'set','pair':'plant1','path':'monitor.items[0].trigger','value':'x' | plant1 | monitor.items[0].trigger",
                "'change':'set-door','door':'opcua','path':'trust','value':'none' | null | opcua.trust"
            })
    void problemNamesItsPairAndItsField(String change, String pair, String path) throws IOException {
        for (boolean isDry : List.of(true, false)) {
            Answer answer = change(isDry, "{" + change + "}");

            assertThat(answer.status()).as(answer.body()).isEqualTo(422);
            assertThat(answer.json().path("code").asString()).isEqualTo("invalid-configuration");
            assertThat(answer.json().path("plan").path("problems").values()).anySatisfy(problem -> {
                assertThat(problem.path("severity").asString()).isEqualTo("error");
                assertThat(String.valueOf(problem.path("pair").asString("null")))
                        .isEqualTo(pair);
                assertThat(problem.path("path").asString()).isEqualTo(path);
                assertThat(problem.path("remedy").asString()).isNotEmpty();
            });
        }
        assertThat(saved()).isEqualTo(TEXT);
    }

    /** All or nothing: the first change is good. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'change':'set','pair':'plant9','path':'mode','value':'hot' | 404 | no-such-pair",
                "'change':'set','pair':'plant1','path':'members[5].url','value':'x' | 409 | refused",
                "'change':'set','pair':'plant1','path':'a..b','value':'x' | 409 | refused",
                "'change':'set','pair':'plant1','path':'alias','value':'x' | 409 | refused",
                "'change':'set','pair':'plant1','path':'user','value':{'hidden':true} | 409 | refused",
                "'change':'set-door','door':'pairs','path':'x','value':1 | 409 | refused",
                "'change':'add-pair','settings':{'name':'PLANT1','members':[]} | 409 | refused",
                "'change':'add-pair','settings':{'members':[]} | 409 | refused",
                "'change':'remove-alias','pair':'plant1' | 409 | refused",
                "'change':'set','pair':'plant1','path':'mode' | 400 | bad-request",
                "'change':'shake' | 400 | bad-request"
            })
    void changeThatCannotBeMadeLeavesAllOthersUnmade(String change, int status, String code) throws IOException {
        Answer answer = change("{'change':'set','pair':'plant1','path':'mode','value':'hot'}", "{" + change + "}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("code").asString()).isEqualTo(code);
        if (status != 400) {
            assertThat(answer.json().path("change").asInt(-1)).isEqualTo(1);
        }
        assertThat(saved()).isEqualTo(TEXT);
        assertThat(service.pair().config().settings().mode()).isEqualTo(Mode.WARM);
    }

    @Test
    void draftFromAnotherVersionIsAConflict() throws IOException {
        String before = settings().path("version").asString();
        assertThat(change("{'change':'set','pair':'plant1','path':'mode','value':'hot'}")
                        .status())
                .isEqualTo(200);

        Answer answer = service.post(
                "/api/v1/configuration/changes",
                "{\"expectedVersion\":\"%s\",\"changes\":[{\"change\":\"remove-pair\",\"pair\":\"plant1\"}]}"
                        .formatted(before));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("code").asString()).isEqualTo("conflict");
        assertThat(answer.json().path("currentVersion").asString())
                .isEqualTo(settings().path("version").asString());
        assertThat(service.runtime.pairs()).hasSize(2);
    }

    @Test
    void fileThatSomebodyEditedIsNotWrittenOver() throws IOException {
        Files.writeString(file(), TEXT + "# by hand\n");

        Answer answer = change("{'change':'set','pair':'plant1','path':'mode','value':'hot'}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("edited and not applied");
        assertThat(settings().path("editable").asBoolean()).isFalse();
        assertThat(saved()).endsWith("# by hand\n");
    }

    /** Exchanged members keep their own passwords, which nobody sent. */
    @Test
    void secretsThatAreHiddenStayWithTheirMembers() throws IOException {
        Answer answer = change("{'change':'set','pair':'plant1','path':'members','value':["
                + "{'url':'opc.tcp://b:4840','user':'tandem','password':{'hidden':true}},"
                + "{'url':'opc.tcp://a:4840','user':'tandem','password':{'hidden':true}}]}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        UaMemberConfig first =
                (UaMemberConfig) service.pair().config().members().getFirst();
        assertThat(first.url()).isEqualTo("opc.tcp://b:4840");
        assertThat(saved()).containsSubsequence("opc.tcp://b:4840", "hunter3", "opc.tcp://a:4840", "hunter2 and more");
        assertThat(answer.body()).doesNotContain("hunter");
    }

    @Test
    void secretOfAMemberThatIsNotThereMustBeWritten() throws IOException {
        Answer answer = change(
                "{'change':'set','pair':'plant1','path':'members[0]','value':{'url':'opc.tcp://a:4840','user':'tandem','password':{'hidden':true}}}",
                "{'change':'set','pair':'plant1','path':'members','value':["
                        + "{'url':'opc.tcp://evil:4840','user':'tandem','password':{'hidden':true}},"
                        + "{'url':'opc.tcp://b:4840','user':'tandem','password':{'hidden':true}}]}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        assertThat(answer.json().path("change").asInt()).isEqualTo(1);
        assertThat(answer.body()).contains("write it again").doesNotContain("hunter");
    }

    @Test
    void newSecretIsWrittenAndNeverReadAgain() throws IOException {
        Answer answer = change("{'change':'set','pair':'plant1','path':'members[0].password','value':'swordfish: #1'}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(saved()).contains("    password: \"swordfish: #1\"\n");
        for (String path : List.of(
                "/api/v1/configuration/settings", "/api/v1/configuration", "/api/v1/status", "/api/v1/records")) {
            assertThat(service.get(path).body())
                    .as(path)
                    .doesNotContain("swordfish")
                    .doesNotContain("hunter");
        }
    }

    @Test
    @Requirement({"REM-1", "MENU-4", "MENU-5", "MENU-6", "MENU-7"})
    void pairsAreAddedNamedAndRemovedInOneDraft() throws IOException {
        Answer answer = change(
                "{'change':'set-alias','pair':'plant1','alias':null}",
                "{'change':'add-pair','settings':{'name':'plant1','mode':'cold','members':["
                        + "{'url':'opc.tcp://e:4840','trust':'all'},{'url':'opc.tcp://f:4840'}]}}",
                "{'change':'set','pair':'plant1','path':'holdTimeout','value':'7s'}",
                "{'change':'remove-pair','pair':'shown'}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(service.runtime.pairs().stream().map(p -> p.name()))
                .containsExactlyInAnyOrder("plant1.Alias1", "plant1");
        assertThat(saved())
                .startsWith(TEXT.substring(0, TEXT.indexOf("    mode: warm"))
                        .replace("# Ann's\n", "# Ann's\n    alias: plant1.Alias1\n"))
                .endsWith("""
                          - name: plant1
                            mode: cold
                            members:
                              - url: opc.tcp://e:4840
                                trust: all
                              - url: opc.tcp://f:4840
                            holdTimeout: 7s
                        """);
    }

    /** REM-4: what is not saved goes on. */
    @Test
    @Requirement("REM-4")
    void removalThatIsOnlyTriedLeavesThePairRunning() throws IOException {
        assertThat(change(true, "{'change':'remove-pair','pair':'plant1'}").status())
                .isEqualTo(200);

        assertThat(service.runtime.pair("plant1")).isPresent();
        assertThat(change("{'change':'remove-pair','pair':'plant1'}").status()).isEqualTo(200);
        assertThat(service.runtime.pair("plant1")).isEmpty();
    }

    @Test
    void frontDoorIsChangedToo() throws IOException {
        Answer answer = change("{'change':'set-door','door':'opcua','path':'listen','value':'127.0.0.1:4850'}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(saved()).isEqualTo(TEXT.replace("127.0.0.1:4840", "\"127.0.0.1:4850\""));
        assertThat(service.protocol.calls).contains("reopen 4850");
    }

    /** Bounded, whoever sends it. */
    @Test
    void draftOfTooManyChangesIsRefused() throws IOException {
        String change = "{'change':'set','pair':'plant1','path':'mode','value':'hot'}";

        assertThat(change(String.join(",", java.util.Collections.nCopies(1_001, change)))
                        .status())
                .isEqualTo(400);
        assertThat(service.post("/api/v1/configuration/changes", "{}").status()).isEqualTo(400);
    }
}
