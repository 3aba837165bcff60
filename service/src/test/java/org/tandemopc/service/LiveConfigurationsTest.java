package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.Configurations.Outcome;
import org.tandemopc.service.Configurations.PlanStep;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

/** A configuration that changes under a running service, without wires. */
class LiveConfigurationsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String HEAD = """
            version: 1
            opcua:
              listen: 127.0.0.1:4840
            pairs:
            """;
    private static final String ONE = pair("one");
    private static final String TWO = pair("two");
    private static final String SECOND = TWO.replace("name: two", "name: second");
    private static final String TEXT = HEAD + ONE + TWO;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeProtocol protocol = new FakeProtocol();
    private final FaultyFiles files = new FaultyFiles();

    @SuppressWarnings("NullAway.Init")
    private DataFolder data;

    @SuppressWarnings("NullAway.Init")
    private TandemRuntime runtime;

    @SuppressWarnings("NullAway.Init")
    private LiveConfigurations live;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void start() throws IOException {
        Files.writeString(file(), TEXT);
        data = DataFolder.hold(folder.resolve("data"));
        data.stateFile().saveEnabled("one", true);
        data.stateFile().saveEnabled("two", false);
        startFrom(TEXT);
    }

    @AfterEach
    void stop() throws IOException {
        runtime.close();
        data.close();
    }

    private void startFrom(String text) throws IOException {
        startFrom(text, false);
    }

    private void startFrom(String text, boolean enableAll) throws IOException {
        Files.writeString(file(), text);
        ConfigStore store = new ConfigStore(file(), data.path(), Map.of(), files, () -> now);
        runtime = new TandemRuntime(store.load().config().orElseThrow(), door -> protocol, data, enableAll);
        runtime.start();
        live = new LiveConfigurations(store, runtime);
        Await.until(
                "the enabled pair connects",
                SOON,
                () -> protocol.calls.containsAll(List.of("link0 open", "link1 open")));
        protocol.made.clear();
        protocol.calls.clear();
    }

    @Test
    @Requirement({"S22", "APP-1", "GEN-10"})
    void planSaysWhatWouldBeDoneAndDoesNothing() {
        Configurations.Plan plan = live.plan(HEAD.replace("4840", "4842") + pair("one", "mode: hot") + pair("three"));

        assertThat(plan.isApplicable()).isTrue();
        assertThat(plan.steps())
                .extracting(PlanStep::kind, PlanStep::pair, PlanStep::dropsClients)
                .containsExactly(
                        tuple(PlanStep.Kind.RESTART_FRONT_DOOR, "", true),
                        tuple(PlanStep.Kind.REMOVE_PAIR, "two", true),
                        tuple(PlanStep.Kind.CHANGE_SETTINGS, "one", false),
                        tuple(PlanStep.Kind.ADD_PAIR, "three", false));
        assertThat(plan.steps().get(2).what()).isEqualTo("Pair 'one': mode: warm -> hot.");
        assertThat(live.text()).isEqualTo(TEXT);
        assertThat(file()).hasContent(TEXT);
        assertThat(protocol.made).isEmpty();
        assertThat(protocol.calls).isEmpty();
    }

    /** Nothing is done about it, so somebody has to be told, and as long as it is so. */
    @Test
    @Requirement({"S22", "APP-1"})
    void planSaysThatTheInterfaceForCommandsMovesAtTheNextStart() throws IOException {
        String moved = TEXT + "rest:\n  listen: 127.0.0.1:8471\n";

        assertThat(live.plan(moved).steps()).isEmpty();
        for (Configurations.Plan plan : List.of(live.plan(moved), applied(moved), live.plan(moved))) {
            assertThat(plan.isApplicable()).isTrue();
            assertThat(plan.problems()).singleElement().satisfies(p -> {
                assertThat(p.isError()).isFalse();
                assertThat(p.path()).isEqualTo("rest.listen");
                assertThat(p.message()).contains("until Tandem is started anew");
            });
        }
        assertThat(live.plan(TEXT).problems()).isEmpty();
        runtime.close();
        startFrom(moved);
        assertThat(live.plan(moved + "# \n").problems()).isEmpty();
        assertThat(live.plan(TEXT).problems()).hasSize(1);
    }

    private Configurations.Plan applied(String text) {
        return ((Outcome.Applied) live.apply(text, null, "ann")).plan();
    }

    @Test
    @Requirement({"S22", "ADD-10", "SYS-10"})
    void addedPairIsThereAndEnabledAndTheOthersAreNotTouched() throws IOException {
        PairHandle one = handle("one");

        Outcome outcome = live.apply(TEXT + pair("three"), live.version(), "ann");

        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        assertThat(file()).hasContent(TEXT + pair("three"));
        assertThat(protocol.made).containsExactly("three");
        assertThat(runtime.pairs()).hasSize(3).contains(one);
        assertThat(handle("three").isEnabled()).isTrue();
        assertThat(StateFile.read(data.path().resolve("state.json")).isEnabled("three"))
                .isTrue();
        assertThat(notes("three"))
                .containsExactly(
                        "Configuration of server 'three' was changed by 'ann': added, reachable under /three.");
        assertThat(notes("one")).isEmpty();
    }

    @Test
    @Requirement({"S22", "APP-3"})
    void removedPairIsClosedAndForgotten() throws IOException {
        Outcome outcome = live.apply(HEAD + ONE, null, "ann");

        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        assertThat(runtime.pair("two")).isEmpty();
        assertThat(protocol.calls).containsExactly("remove");
        assertThat(StateFile.read(data.path().resolve("state.json")).knows("two"))
                .isFalse();
    }

    @Test
    @Requirement({"S22", "APP-1"})
    void settingsReachTheRelayOfTheirPairWithoutANewOne() {
        PairHandle one = handle("one");

        live.apply(HEAD + pair("one", "mode: hot") + TWO, live.version(), "ann");

        Await.until("the relay has them", SOON, () -> protocol.calls.contains("settings HOT"));
        assertThat(handle("one")).isSameAs(one);
        assertThat(one.config().settings().mode().name()).isEqualTo("HOT");
        assertThat(protocol.made).isEmpty();
        assertThat(protocol.calls).noneMatch(c -> c.startsWith("closeSessions") || c.equals("remove"));
        assertThat(notes("one"))
                .containsExactly("Configuration of server 'one' was changed by 'ann': mode: warm -> hot.");
    }

    @Test
    @Requirement("S22")
    void textThatMeansTheSameIsSavedAndNothingIsDone() {
        String commented = "# by ann\n" + TEXT;

        Outcome outcome = live.apply(commented, live.version(), "ann");

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Applied.class, a -> assertThat(a.plan().steps()).isEmpty());
        assertThat(file()).hasContent(commented);
        assertThat(live.text()).isEqualTo(commented);
        assertThat(protocol.calls).isEmpty();
    }

    @Test
    @Requirement("S22")
    void secondEditorIsToldThatTheFirstWasFaster() {
        String read = live.version();
        live.apply(TEXT + pair("three"), read, "ann");

        Outcome outcome = live.apply(HEAD + ONE, read, "bob");

        assertThat(outcome).isEqualTo(new Outcome.Conflict(live.version()));
        assertThat(file()).hasContent(TEXT + pair("three"));
    }

    @Test
    @Requirement("S22")
    void ofTwoChangesAtOnceOneWins() throws InterruptedException, ExecutionException {
        String read = live.version();
        CountDownLatch both = new CountDownLatch(2);
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> running = new ArrayList<>();
            for (String name : List.of("three", "four")) {
                running.add(threads.submit(() -> {
                    both.countDown();
                    both.await();
                    return live.apply(TEXT + pair(name), read, name);
                }));
            }
            for (Future<Outcome> each : running) {
                outcomes.add(each.get());
            }
        }

        assertThat(outcomes).hasAtLeastOneElementOfType(Outcome.Applied.class);
        assertThat(outcomes).hasAtLeastOneElementOfType(Outcome.Conflict.class);
        assertThat(runtime.pairs()).hasSize(3);
    }

    @Test
    @Requirement("S22")
    void textWithAMistakeChangesNothingAtAll() {
        Outcome outcome = live.apply(HEAD + pair("one", "mode: hot") + pair("two", "mode: tepid"), null, "ann");

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, r -> {
            assertThat(r.plan().problems()).hasSize(1);
            assertThat(r.plan().problems().getFirst().line()).isEqualTo(11);
            assertThat(r.plan().steps()).isEmpty();
        });
        assertThat(file()).hasContent(TEXT);
        assertThat(live.saved()).isEmpty();
        assertThat(handle("one").config().settings().mode().name()).isEqualTo("WARM");
    }

    /** One step of several fails: what was taken is taken back, also what this machine knew of the pair that had gone. */
    @Test
    @Requirement("S22")
    void failingStepLeavesWhatRanBefore() throws IOException {
        StateFile state = runtime.state();
        state.savePin("two", OptionalInt.of(1));
        PairHandle one = handle("one");

        Outcome outcome = live.apply(
                HEAD + pair("one", "mode: hot") + pair("three") + pair(FakeProtocol.BROKEN), live.version(), "ann");

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, f -> {
            assertThat(f.why())
                    .contains(
                            "Pair 'broken': added",
                            "planted defect",
                            "3 steps before it were taken back; what ran before runs",
                            "file is the one");
            assertThat(f.remedy()).isEqualTo("Remove the cause and apply again.");
        });
        assertThat(file()).hasContent(TEXT);
        assertThat(live.text()).isEqualTo(TEXT);
        assertThat(live.saved()).isEmpty();
        assertThat(runtime.pairs()).extracting(PairHandle::name).containsExactlyInAnyOrder("one", "two");
        assertThat(handle("one")).isSameAs(one);
        assertThat(one.config().settings().mode().name()).isEqualTo("WARM");
        assertThat(handle("two").isEnabled()).isFalse();
        assertThat(state.pinned("two")).hasValue(1);
        assertThat(state.knows("three")).isFalse();
        assertThat(state.knows(FakeProtocol.BROKEN)).isFalse();
        assertThat(live.plan(TEXT).steps()).isEmpty();
    }

    @Test
    @Requirement({"S22", "S26"})
    void portThatIsTakenLeavesTheDoorAndTheFile() {
        Outcome outcome =
                live.apply(HEAD.replace("4840", String.valueOf(FakeProtocol.TAKEN_PORT)) + ONE, live.version(), "ann");

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        f -> assertThat(f.why()).startsWith("Front door: ").contains("Cannot listen on port 4999."));
        assertThat(file()).hasContent(TEXT);
        assertThat(runtime.pair("two")).isPresent();
        assertThat(protocol.calls).isEmpty();
    }

    @Test
    void frontDoorIsOpenedAnewAndEveryPairHearsOfItOnce() {
        live.apply(HEAD.replace("4840", "4842") + pair("one", "mode: hot") + TWO, live.version(), "ann");

        assertThat(protocol.calls).contains("reopen 4842");
        assertThat(notes("two"))
                .containsExactly(
                        "Configuration of server 'two' was changed by 'ann': front door opened anew, all clients"
                                + " are closed: listen: 127.0.0.1:4840 -> 127.0.0.1:4842.");
        assertThat(notes("one")).hasSize(1);
    }

    @Test
    @Requirement({"S22", "ENA-6"})
    void renamedPairKeepsWhatThisMachineKnowsOfIt() throws IOException {
        runtime.state().savePin("two", OptionalInt.of(1));

        Outcome outcome = live.apply(HEAD + ONE + TWO.replace("name: two", "name: second"), live.version(), "ann");

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Applied.class,
                        a -> assertThat(a.plan().steps())
                                .extracting(PlanStep::kind)
                                .containsExactly(PlanStep.Kind.RESTART_PAIR));
        assertThat(runtime.pair("two")).isEmpty();
        assertThat(handle("second").isEnabled()).isFalse();
        assertThat(handle("second").snapshot().pinned()).hasValue(1);
        assertThat(runtime.state().knows("two")).isFalse();
        assertThat(protocol.made).containsExactly("second");
    }

    /** Each step that makes a pair anew would serve it again, which somebody has just disabled. */
    @Test
    @Requirement({"S22", "GEN-10"})
    void pairThatWasDisabledStaysSoThoughEveryPairWasEnabledAtTheStart() throws IOException {
        runtime.close();
        startFrom(TEXT, true);
        assertThat(handle("two").isEnabled()).as("whatever the file says").isTrue();
        assertThat(handle("two").disable("ann")).isInstanceOf(OrderAnswer.Accepted.class);

        String other = HEAD + ONE.replace("opc.tcp://", "opc.tcp://other-") + TWO.replace("opc.tcp://", "opc.tcp://x-");
        assertThat(live.apply(other, null, "ann")).isInstanceOf(Outcome.Applied.class);
        assertThat(handle("two").isEnabled()).as("with other members").isFalse();
        assertThat(handle("one").isEnabled()).as("nobody disabled it").isTrue();

        live.apply(other.replace("name: two", "name: second"), null, "ann");
        assertThat(handle("second").isEnabled()).as("under another name").isFalse();

        live.apply(other.replace("name: two", "name: " + FakeProtocol.BROKEN), null, "ann");
        assertThat(handle("second").isEnabled()).as("taken back").isFalse();

        assertThat(handle("second").enable("ann")).isInstanceOf(OrderAnswer.Accepted.class);
        live.apply(TEXT.replace("name: two", "name: second"), null, "ann");
        assertThat(handle("second").isEnabled()).as("enabled again").isTrue();
    }

    /** The flag, not the state of this machine, serves it: making it anew changes nothing in that. */
    @Test
    @Requirement({"S22", "GEN-10"})
    void pairThatIsServedByTheFlagOnlyIsServedUnderAnotherNameToo() throws IOException {
        runtime.close();
        startFrom(TEXT, true);

        live.apply(HEAD + ONE + SECOND, null, "ann");

        assertThat(handle("second").isEnabled()).isTrue();
        assertThat(StateFile.read(data.path().resolve("state.json")).isEnabled("second"))
                .isFalse();
    }

    /** What happened to the pair is asked for by the name that it has now. */
    @Test
    @Requirement({"S22", "DIA-6"})
    void renamedPairTakesItsRecordsAlongAndBack() {
        handle("two").note(Fixtures.note("earlier"));
        LoggedRecord earlier = handle("two").records().getLast();

        live.apply(HEAD + ONE + SECOND, live.version(), "ann");

        assertThat(handle("second").records()).contains(earlier);
        assertThat(handle("second").records().getLast().number()).isGreaterThan(earlier.number());
        assertThat(data.path().resolve("log/two")).doesNotExist();
        live.apply(TEXT, live.version(), "ann");
        assertThat(handle("two").records()).contains(earlier);
    }

    @Test
    @Requirement({"S22", "DIA-6"})
    void renamingThatFailsLeavesTheRecordsWhereTheyWere() {
        handle("two").note(Fixtures.note("earlier"));
        LoggedRecord earlier = handle("two").records().getLast();

        live.apply(HEAD + ONE + TWO.replace("name: two", "name: " + FakeProtocol.BROKEN), live.version(), "ann");

        assertThat(handle("two").records()).contains(earlier);
        assertThat(data.path().resolve("log").resolve(FakeProtocol.BROKEN)).doesNotExist();
    }

    /** Two logs with numbers of their own cannot be one. */
    @Test
    @Requirement({"S22", "DIA-6"})
    void pairThatIsNamedAsAnEarlierOneSaysWhereItsRecordsAre() {
        live.apply(TEXT + pair("second"), live.version(), "ann");
        live.apply(TEXT, live.version(), "ann");
        handle("two").note(Fixtures.note("earlier"));

        live.apply(HEAD + ONE + SECOND, live.version(), "ann");

        assertThat(data.path().resolve("log/two")).isDirectory();
        assertThat(handle("second").records())
                .extracting(r -> r.record().text())
                .anySatisfy(text -> assertThat(text)
                        .contains(
                                "was called 'two'",
                                data.path().resolve("log/two").toAbsolutePath().toString()));
    }

    /** Left out at the start for a mistake; corrected, it is served, and told enabled before it stays disabled. */
    @Test
    @Requirement({"S21", "ENA-6"})
    void correctedPairIsAdded() throws IOException {
        runtime.close();
        startFrom(HEAD + ONE + pair("two", "mode: tepid"));
        assertThat(runtime.pair("two")).isEmpty();

        live.apply(TEXT, live.version(), "ann");

        assertThat(handle("two").isEnabled()).isFalse();
    }

    @Test
    @Requirement({"S21", "S22"})
    void rollbackGoesToTheTextBeforeOrToAnyThatIsKept() {
        String first = live.version();
        live.apply(TEXT + pair("three"), null, "ann");
        String second = live.version();
        live.apply(HEAD + ONE, null, "bob");

        assertThat(live.rollback(null, live.version(), "eve")).isInstanceOf(Outcome.Applied.class);
        assertThat(live.version()).isEqualTo(second);
        assertThat(runtime.pairs()).hasSize(3);

        assertThat(live.rollback(first, null, "eve")).isInstanceOf(Outcome.Applied.class);
        assertThat(file()).hasContent(TEXT);
        assertThat(runtime.pairs()).extracting(PairHandle::name).containsExactlyInAnyOrder("one", "two");
        assertThat(live.planRollback("0000000000000000")).isEmpty();
        assertThat(live.rollback("0000000000000000", null, "eve"))
                .isEqualTo(new Outcome.Failed(
                        "There is no saved configuration '0000000000000000'.",
                        "'tandem rollback --list' lists those that are."));
    }

    /** What somebody edited and never applied is kept, and no step on the way back. */
    @Test
    void secondRollbackUndoesTheFirstWhateverWasEditedMeanwhile() throws IOException {
        String first = live.version();
        live.apply(TEXT + pair("three"), null, "ann");
        String second = live.version();
        String edited = TEXT.replace("pairs:", "pears:");
        Files.writeString(file(), edited);

        assertThat(live.rollback(null, null, "eve")).isInstanceOf(Outcome.Applied.class);
        assertThat(live.version()).isEqualTo(first);
        assertThat(live.rollback(null, null, "eve")).isInstanceOf(Outcome.Applied.class);

        assertThat(live.version()).isEqualTo(second);
        assertThat(live.saved()).extracting(Configurations.Saved::version).contains(SavedTexts.version(edited));
    }

    @Test
    void rollbackWithoutAnythingToGoBackToIsRefused() {
        assertThat(live.planRollback(null)).isEmpty();
        assertThat(live.rollback(null, null, "eve"))
                .isEqualTo(new Outcome.Failed(
                        "There is no earlier configuration to go back to.",
                        "'tandem rollback --list' lists those that are."));
    }

    @Test
    @Requirement("S21")
    void theLastFiveTextsAreKeptWithTimeAndAuthorAndADamagedOneIsLeftOut() throws IOException {
        List<String> versions = new ArrayList<>(List.of(live.version()));
        for (int i = 1; i <= 8; i++) {
            now = now.plusSeconds(60);
            live.apply("# " + i + "\n" + TEXT, live.version(), "ann" + i);
            versions.add(live.version());
        }

        assertThat(live.saved())
                .extracting(Configurations.Saved::version)
                .containsExactlyElementsOf(versions.subList(3, 8).reversed());
        assertThat(live.saved().getFirst())
                .isEqualTo(
                        new Configurations.Saved(versions.get(7), Instant.parse("2026-01-01T00:07:00Z"), "ann7", true));
        try (var kept = Files.list(data.path().resolve("saved"))) {
            Path newestEarlier = kept.sorted().toList().reversed().get(1);
            Files.writeString(newestEarlier, Files.readString(newestEarlier).replace("# 7", "# 9"));
        }
        assertThat(live.saved())
                .extracting(Configurations.Saved::version)
                .doesNotContain(versions.get(7))
                .contains(versions.get(6));
    }

    /** Nobody applied it, but somebody wrote it: it can be had back. */
    @Test
    @Requirement("S22")
    void fileThatWasEditedByHandMeanwhileIsKeptBeforeItIsReplaced() throws IOException {
        String edited = "# by hand\n" + TEXT;
        Files.writeString(file(), edited);

        live.apply(TEXT + pair("three"), live.version(), "ann");

        assertThat(live.saved()).extracting(Configurations.Saved::version).contains(SavedTexts.version(edited));
        assertThat(live.rollback(SavedTexts.version(edited), null, "ann")).isInstanceOf(Outcome.Applied.class);
        assertThat(file()).hasContent(edited);
    }

    /** Nobody has seen the edit run: "the one before" is the one that ran. */
    @Test
    @Requirement({"S21", "S22"})
    void rollbackPassesOverAnEditThatNobodyApplied() throws IOException {
        String before = live.version();
        String edited = HEAD + ONE;
        Files.writeString(file(), edited);
        live.apply(TEXT + pair("three"), live.version(), "ann");
        assertThat(live.saved())
                .extracting(Configurations.Saved::version, Configurations.Saved::hasRun)
                .containsExactly(tuple(SavedTexts.version(edited), false), tuple(before, true));

        assertThat(live.rollback(null, null, "eve")).isInstanceOf(Outcome.Applied.class);

        assertThat(live.version()).isEqualTo(before);
        assertThat(runtime.pairs()).extracting(PairHandle::name).containsExactlyInAnyOrder("one", "two");
    }

    /** Edited in place and applied in vain: it is kept for its author, and no rollback leads to it. */
    @Test
    @Requirement({"S21", "S22"})
    void rollbackPassesOverTheTextThatFailed() throws IOException {
        String first = live.version();
        live.apply(TEXT + pair("three"), live.version(), "ann");
        String failing = TEXT + pair("three") + pair(FakeProtocol.BROKEN);
        Files.writeString(file(), failing);
        assertThat(live.apply(failing, live.version(), "ann")).isInstanceOf(Outcome.Failed.class);
        assertThat(live.saved())
                .extracting(Configurations.Saved::version, Configurations.Saved::hasRun)
                .containsExactly(tuple(SavedTexts.version(failing), false), tuple(first, true));

        live.rollback(null, null, "eve");

        assertThat(live.version()).isEqualTo(first);
        assertThat(file()).hasContent(TEXT);
    }

    /** A start makes an edit run that was kept as one that never did. */
    @Test
    @Requirement({"S21", "S22"})
    void editThatAStartMadeRunIsOneToGoBackTo() throws IOException {
        String edited = "# by hand\n" + TEXT;
        Files.writeString(file(), edited);
        live.apply(TEXT + pair("three"), live.version(), "ann");
        runtime.close();
        startFrom(edited);
        live.apply(HEAD + ONE, live.version(), "bob");

        live.rollback(null, null, "eve");

        assertThat(file()).hasContent(edited);
    }

    @Test
    @Requirement("S21")
    void editsThatNobodyAppliedTakeThePlaceOfNoneThatRan() throws IOException {
        List<String> ran = new ArrayList<>();
        for (int i = 1; i <= 7; i++) {
            ran.add(live.version());
            Files.writeString(file(), "# by hand " + i + "\n" + TEXT);
            live.apply("# " + i + "\n" + TEXT, live.version(), "ann");
        }

        assertThat(live.saved().stream().filter(Configurations.Saved::hasRun))
                .extracting(Configurations.Saved::version)
                .containsExactlyElementsOf(ran.subList(2, 7).reversed());
        assertThat(live.saved()).hasSize(2 * Configurations.KEPT);
    }

    /** Whoever replaces somebody's edit is told before and after; whoever applies the edit itself is not. */
    @Test
    @Requirement("S22")
    void planOfAnotherTextSaysThatItTakesThePlaceOfAnEdit() throws IOException {
        String edited = "# by hand\n" + TEXT;
        assertThat(live.isFileEdited()).isFalse();
        Files.writeString(file(), edited);

        assertThat(live.isFileEdited()).isTrue();
        assertThat(live.plan(edited).problems()).isEmpty();
        assertThat(live.plan(HEAD + ONE).problems()).singleElement().satisfies(p -> {
            assertThat(p.isError()).isFalse();
            assertThat(p.message()).contains("edited and not applied");
            assertThat(p.remedy()).contains("tandem rollback " + SavedTexts.version(edited));
        });
        assertThat(live.apply(HEAD + ONE, null, "ann"))
                .isInstanceOfSatisfying(
                        Outcome.Applied.class,
                        a -> assertThat(a.plan().problems()).hasSize(1));
        assertThat(live.isFileEdited()).isFalse();
    }

    @Test
    @Requirement("S22")
    void rollbackToTheTextInUsePutsAnEditedFileBack() throws IOException {
        Files.writeString(file(), "# by hand\n" + TEXT);

        assertThat(live.rollback(live.version(), null, "ann"))
                .isInstanceOfSatisfying(
                        Outcome.Applied.class, a -> assertThat(a.plan().steps()).isEmpty());

        assertThat(file()).hasContent(TEXT);
    }

    @Test
    @Requirement("S22")
    void rollbackIsPlannedBeforeAndConflictsWithAChangeBetween() {
        String first = live.version();
        live.apply(TEXT + pair("three"), live.version(), "ann");
        String second = live.version();

        assertThat(live.planRollback(null)).hasValueSatisfying(r -> {
            assertThat(r.version()).isEqualTo(first);
            assertThat(r.plan().steps())
                    .extracting(PlanStep::kind, PlanStep::pair)
                    .containsExactly(tuple(PlanStep.Kind.REMOVE_PAIR, "three"));
        });
        assertThat(live.version()).isEqualTo(second);
        live.apply(HEAD + ONE, null, "bob");

        assertThat(live.rollback(first, second, "ann")).isEqualTo(new Outcome.Conflict(live.version()));
    }

    /** Each action on a file fails once, half-way where it writes: afterwards all is old or all is new. */
    @Test
    @Requirement({"S21", "S22", "S23"})
    void whicheverActionOnAFileFailsAllIsOldOrAllIsNew() throws IOException {
        int failed = 0;
        for (int action = 0; ; action++) {
            String before = live.text();
            String after = "# " + action + "\n" + TEXT + pair("three");
            files.failAt(action);
            Outcome outcome = live.apply(after, live.version(), "ann");
            boolean wasReached = files.hasFailed();
            files.failNever();

            boolean isNew = outcome instanceof Outcome.Applied;
            assertThat(file()).as("action " + action).hasContent(isNew ? after : before);
            assertThat(live.text()).isEqualTo(isNew ? after : before);
            assertThat(runtime.pair("three").isPresent()).isEqualTo(isNew);
            assertThat(afterARestart()).isEqualTo(isNew ? after : before);
            failed += isNew ? 0 : 1;
            live.apply(TEXT, null, "bob");
            if (!wasReached) {
                break;
            }
        }
        assertThat(failed).isGreaterThan(4);
    }

    /** As at a loss of power: from some action on, nothing happens any more. */
    @Test
    @Requirement("S21")
    void wheneverTheMachineStopsTheNextStartFindsTheOldTextOrTheNew() throws IOException {
        int seenOld = 0;
        int seenNew = 0;
        for (int action = 0; ; action++) {
            String before = live.text();
            String after = "# " + action + "\n" + TEXT;
            files.stopAt(action);
            live.apply(after, live.version(), "ann");
            boolean wasReached = files.hasFailed();
            files.failNever();

            String found = afterARestart();
            assertThat(found).isIn(before, after);
            seenOld += found.equals(before) ? 1 : 0;
            seenNew += found.equals(after) ? 1 : 0;
            runtime.close();
            startFrom(TEXT);
            if (!wasReached) {
                break;
            }
        }
        assertThat(seenOld).isGreaterThan(4);
        assertThat(seenNew).isPositive();
    }

    private String afterARestart() {
        ConfigStore store = new ConfigStore(file(), data.path(), Map.of());
        assertThat(store.load().config()).isPresent();
        return store.text();
    }

    private Path file() {
        return folder.resolve("tandem.yaml");
    }

    private PairHandle handle(String pair) {
        return runtime.pair(pair).orElseThrow();
    }

    private List<String> notes(String pair) {
        return handle(pair).records().stream()
                .filter(r -> r.record().kind() == RecordKind.NOTE)
                .map(r -> r.record().text())
                .filter(t -> t.startsWith("Configuration"))
                .toList();
    }

    private static String pair(String name) {
        return pair(name, null);
    }

    private static String pair(String name, @Nullable String setting) {
        return """
                  - name: %s
                %s    members:
                      - url: opc.tcp://%s-a:4840
                      - url: opc.tcp://%s-b:4840
                """.formatted(name, setting == null ? "" : "    " + setting + "\n", name, name);
    }
}
