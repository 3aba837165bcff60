package org.tandemopc.service;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.ConfigChange;
import org.tandemopc.core.config.ConfigPlanner;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.relay.FrontDoorLostException;

/**
 * The configuration of a running service (S22): a text is validated whole, saved, and the steps from what runs to what it
 * says are taken. A step that fails is answered by the steps taken so far in reverse and by the old file. One change at a
 * time.
 */
public final class LiveConfigurations implements Configurations {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfigurations.class);

    private final ConfigStore store;
    private final TandemRuntime runtime;
    /** Where the interface for commands is until the end of the process. */
    private final RestConfig rest;

    /** @param store that the configuration of the runtime was loaded from */
    public LiveConfigurations(ConfigStore store, TandemRuntime runtime) {
        this.store = store;
        this.runtime = runtime;
        this.rest = runtime.config().rest();
    }

    @Override
    public String text() {
        return store.text();
    }

    @Override
    public String version() {
        return SavedTexts.version(store.text());
    }

    @Override
    public List<Saved> saved() {
        return store.earlier().stream()
                .map(e -> new Saved(e.version(), e.at(), e.by(), e.hasRun()))
                .toList();
    }

    @Override
    public boolean isFileEdited() {
        return store.unapplied().isPresent();
    }

    @Override
    public Plan plan(String text) {
        ConfigReading reading = store.check(text);
        return planOf(text, reading, changes(reading));
    }

    @Override
    public synchronized Outcome apply(String text, @Nullable String expectedVersion, String by) {
        String earlier = store.text();
        String current = SavedTexts.version(earlier);
        if (expectedVersion != null && !expectedVersion.equals(current)) {
            return new Outcome.Conflict(current);
        }
        ConfigReading reading = store.check(text);
        List<ConfigChange> changes = changes(reading);
        Plan plan = planOf(text, reading, changes);
        if (!plan.isApplicable() || reading.config().isEmpty()) {
            return new Outcome.Refused(plan);
        }
        try {
            store.save(text, by);
        } catch (IOException e) {
            return failed(
                    new Outcome.Failed(
                            "The configuration could not be saved (%s). Nothing was changed.".formatted(reason(e)),
                            "Make room and allow writing, then apply it again."),
                    by);
        }
        Optional<Outcome.Failed> trouble = take(changes, reading.config().get(), by);
        if (trouble.isPresent()) {
            return failed(withOldFile(trouble.get(), earlier), by);
        }
        store.settle();
        LOG.atInfo()
                .addKeyValue("by", by)
                .addKeyValue("version", version())
                .log("A configuration was applied: {} steps.", changes.size());
        return new Outcome.Applied(plan, version());
    }

    @Override
    public Optional<Rollback> planRollback(@Nullable String version) {
        return earlier(version).map(text -> new Rollback(SavedTexts.version(text), plan(text)));
    }

    @Override
    public synchronized Outcome rollback(@Nullable String version, @Nullable String expectedVersion, String by) {
        Optional<String> text = earlier(version);
        return text.isPresent()
                ? apply(text.get(), expectedVersion, by)
                : new Outcome.Failed(
                        version == null
                                ? "There is no earlier configuration to go back to."
                                : "There is no saved configuration '%s'.".formatted(version),
                        "'tandem rollback --list' lists those that are.");
    }

    private Optional<String> earlier(@Nullable String version) {
        if (version != null && version.equals(version())) {
            return Optional.of(store.text());
        }
        return store.earlier().stream()
                .filter(e -> version == null ? e.hasRun() : e.version().equals(version))
                .findFirst()
                .map(SavedTexts.Entry::text);
    }

    private List<ConfigChange> changes(ConfigReading reading) {
        TandemConfig running = runtime.config();
        return reading.config().map(c -> ConfigPlanner.plan(running, c)).orElse(List.of());
    }

    /** @return why it could not be done, and what became of it; empty when it is done */
    private Optional<Outcome.Failed> take(List<ConfigChange> changes, TandemConfig config, String by) {
        Set<String> names = new TreeSet<>();
        changes.forEach(c -> names.addAll(c.pairs()));
        Map<String, StateFile.PairMemory> memory = runtime.state().remember(names);
        Deque<ConfigChange> taken = new ArrayDeque<>();
        for (ConfigChange change : changes) {
            try {
                noteRemoval(change, by);
                runtime.take(change);
                taken.push(change);
            } catch (IOException | RuntimeException e) {
                LOG.atError().addKeyValue("step", change.what()).setCause(e).log("A step of a configuration failed.");
                Outcome.Failed back = takeBack(taken, names, memory, by);
                return Optional.of(new Outcome.Failed(
                        "%s: this could not be done (%s). %s".formatted(name(change), reason(e), back.why()),
                        back.remedy()));
            }
        }
        runtime.settle(config, changes);
        announce(changes, by);
        return Optional.empty();
    }

    /** What became of the steps that were taken, and what is to be done. */
    private Outcome.Failed takeBack(
            Deque<ConfigChange> taken, Set<String> names, Map<String, StateFile.PairMemory> memory, String by) {
        List<String> stuck = new ArrayList<>();
        try {
            runtime.state().restore(names, memory);
        } catch (IOException e) {
            stuck.add("the state of this machine (%s)".formatted(reason(e)));
        }
        int count = taken.size();
        while (!taken.isEmpty()) {
            ConfigChange back = taken.pop().reversed();
            try {
                noteRemoval(back, by);
                runtime.take(back);
            } catch (FrontDoorLostException e) {
                LOG.atError().addKeyValue("step", back.what()).setCause(e).log("The front door was lost.");
            } catch (IOException | RuntimeException e) {
                LOG.atError().addKeyValue("step", back.what()).setCause(e).log("A step could not be taken back.");
                stuck.add("%s (%s)".formatted(name(back), reason(e)));
            }
        }
        runtime.config().pairs().stream()
                .filter(p -> runtime.pair(p.name()).isEmpty())
                .forEach(p -> stuck.add("pair '%s' does not run".formatted(p.name())));
        return aftermath(count, stuck, runtime.isFrontDoorOpen());
    }

    private static Outcome.Failed aftermath(int count, List<String> stuck, boolean isFrontDoorOpen) {
        String door = isFrontDoorOpen
                ? ""
                : " The front door is closed and no client can connect; opening it again is tried at least every %d s."
                        .formatted(DoorKeeper.MAX_MS / 1_000);
        if (!stuck.isEmpty()) {
            return new Outcome.Failed(
                    "Not everything could be taken back: %s.%s".formatted(String.join("; ", stuck), door),
                    "Remove the cause and restart Tandem.");
        }
        String steps =
                count == 0 ? "No step was taken before it" : "The %d steps before it were taken back".formatted(count);
        return isFrontDoorOpen
                ? new Outcome.Failed(steps + "; what ran before runs.", "Remove the cause and apply again.")
                : new Outcome.Failed(
                        steps + "." + door,
                        "Make the address of the front door available, or apply a configuration with another"
                                + " opcua.listen.");
    }

    private Outcome.Failed withOldFile(Outcome.Failed failed, String earlier) {
        try {
            store.takeBack(earlier);
            return new Outcome.Failed(failed.why() + " The file is the one from before.", failed.remedy());
        } catch (IOException e) {
            return new Outcome.Failed(
                    "%s The file holds the text that could not be run, for the earlier one could not be written back (%s)."
                            .formatted(failed.why(), reason(e)),
                    failed.remedy() + " Before the next start, make the file writable and use 'tandem rollback'.");
        }
    }

    /** A pair that goes hears of it while its records are still open. */
    private void noteRemoval(ConfigChange change, String by) {
        if (change instanceof ConfigChange.RemovePair(var pair)) {
            runtime.pair(pair.name()).ifPresent(handle -> handle.noteConfigured(change.what(), by, version()));
        }
    }

    /** One record for each pair that is there and was touched. */
    private void announce(List<ConfigChange> changes, String by) {
        Map<String, List<String>> byPair = new LinkedHashMap<>();
        for (ConfigChange change : changes) {
            for (String name : touched(change)) {
                byPair.computeIfAbsent(name, _ -> new ArrayList<>()).add(change.what());
            }
        }
        byPair.forEach((name, what) ->
                runtime.pair(name).ifPresent(handle -> handle.noteConfigured(String.join("; ", what), by, version())));
    }

    private List<String> touched(ConfigChange change) {
        return switch (change) {
            case ConfigChange.AddPair c -> List.of(c.pair().name());
            case ConfigChange.RemovePair _ -> List.of();
            case ConfigChange.ChangeSettings c -> List.of(c.to().name());
            case ConfigChange.RestartPair c -> List.of(c.to().name());
            case ConfigChange.RestartFrontDoor c ->
                runtime.pairs().stream()
                        .filter(pair -> pair.config().kind() == c.to().kind())
                        .map(PairHandle::name)
                        .toList();
            case ConfigChange.OpenFrontDoor _, ConfigChange.CloseFrontDoor _ -> List.of();
        };
    }

    private Plan planOf(String text, ConfigReading reading, List<ConfigChange> changes) {
        List<ConfigProblem> problems = new ArrayList<>(reading.problems());
        store.unapplied().filter(edited -> !edited.equals(text)).ifPresent(edited -> problems.add(replaces(edited)));
        reading.config()
                .filter(wanted -> !wanted.rest().listensAs(rest))
                .ifPresent(_ -> problems.add(new ConfigProblem(
                        ConfigProblem.Severity.WARNING,
                        "rest.listen",
                        0,
                        "The interface for commands stays where it is until Tandem is started anew.",
                        "Restart Tandem when it suits the plant.")));
        reading.config()
                .filter(wanted ->
                        !wanted.rest().console() && runtime.config().rest().console())
                .ifPresent(_ -> problems.add(new ConfigProblem(
                        ConfigProblem.Severity.WARNING,
                        "rest.console",
                        0,
                        "The console is turned off: browsers get none of its pages any more. Pairs and commands go on.",
                        "'console: true' and 'tandem apply' turn it on again.")));
        boolean isApplicable = problems.stream().noneMatch(ConfigProblem::isError);
        return new Plan(
                problems, isApplicable ? changes.stream().map(this::step).toList() : List.of());
    }

    private static ConfigProblem replaces(String edited) {
        return new ConfigProblem(
                ConfigProblem.Severity.WARNING,
                "",
                0,
                "The service's file was edited and not applied; this text takes the place of that edit.",
                edited.isBlank()
                        ? "Look first at what the file holds."
                        : "It is kept; 'tandem rollback %s' applies it later.".formatted(SavedTexts.version(edited)));
    }

    private PlanStep step(ConfigChange change) {
        return switch (change) {
            case ConfigChange.AddPair c -> step(PlanStep.Kind.ADD_PAIR, c.pair().name(), c, false);
            case ConfigChange.RemovePair c ->
                step(PlanStep.Kind.REMOVE_PAIR, c.pair().name(), c, true);
            case ConfigChange.ChangeSettings c -> step(PlanStep.Kind.CHANGE_SETTINGS, c.to().name(), c, closes(c));
            case ConfigChange.RestartPair c -> step(PlanStep.Kind.RESTART_PAIR, c.to().name(), c, true);
            case ConfigChange.RestartFrontDoor c -> step(PlanStep.Kind.RESTART_FRONT_DOOR, "", c, true);
            case ConfigChange.OpenFrontDoor c -> step(PlanStep.Kind.OPEN_FRONT_DOOR, "", c, false);
            // its pairs, and with them their clients, have steps of their own
            case ConfigChange.CloseFrontDoor c -> step(PlanStep.Kind.CLOSE_FRONT_DOOR, "", c, false);
        };
    }

    /** The one setting whose change closes clients: a disabled pair that passed through until now. */
    private boolean closes(ConfigChange.ChangeSettings change) {
        boolean isEnabled =
                runtime.pair(change.to().name()).map(PairHandle::isEnabled).orElse(false);
        return !isEnabled
                && change.from().whenDisabled() == WhenDisabled.PRIMARY
                && change.to().whenDisabled() == WhenDisabled.CLOSED;
    }

    private static PlanStep step(PlanStep.Kind kind, String pair, ConfigChange change, boolean dropsClients) {
        return new PlanStep(kind, pair, name(change) + ".", dropsClients);
    }

    /** With the pair's name in front. */
    private static String name(ConfigChange change) {
        String who = switch (change) {
            case ConfigChange.AddPair c -> "Pair '%s': ".formatted(c.pair().name());
            case ConfigChange.RemovePair c -> "Pair '%s': ".formatted(c.pair().name());
            case ConfigChange.ChangeSettings c -> "Pair '%s': ".formatted(c.to().name());
            case ConfigChange.RestartPair c -> "Pair '%s': ".formatted(c.from().name());
            case ConfigChange.RestartFrontDoor _, ConfigChange.OpenFrontDoor _, ConfigChange.CloseFrontDoor _ ->
                "Front door: ";
        };
        return who + change.what();
    }

    private static Outcome.Failed failed(Outcome.Failed failed, String by) {
        LOG.atError().addKeyValue("by", by).log("A configuration was not applied: {}", failed.why());
        return failed;
    }

    private static String reason(Exception e) {
        if (e instanceof IOException io) {
            return FileTrouble.of(io);
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
