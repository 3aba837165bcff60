package org.tandemopc.app.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.service.ConfigEdits;
import org.tandemopc.service.Configurations;

/** Takes every text but those that say what is wrong with them: "error", "fails". */
public final class FakeConfigurations implements Configurations, ConfigEdits {
    private final List<String> texts = new ArrayList<>(List.of("version: 1\n# password: hunter2\n"));
    private final List<String> authors = new ArrayList<>(List.of("first"));

    @Override
    public synchronized String text() {
        return texts.getLast();
    }

    @Override
    public synchronized String version() {
        return version(texts.size() - 1);
    }

    private static String version(int index) {
        return "%016x".formatted(index);
    }

    @Override
    public synchronized List<Saved> saved() {
        List<Saved> saved = new ArrayList<>();
        for (int i = texts.size() - 2; i >= 0; i--) {
            saved.add(new Saved(version(i), Instant.parse("2026-11-29T08:00:00Z"), authors.get(i), true));
        }
        return saved;
    }

    private volatile boolean fileIsEdited;

    /** Somebody edits the file, and does not apply it. */
    public void editFile() {
        fileIsEdited = true;
    }

    @Override
    public boolean isFileEdited() {
        return fileIsEdited;
    }

    private volatile Runnable onPlan = () -> {};

    /** Happens once, at the next plan. */
    public void onPlan(Runnable happening) {
        onPlan = happening;
    }

    private volatile Runnable onApply = () -> {};

    /** Happens before each text that is applied. */
    public void onApply(Runnable happening) {
        onApply = happening;
    }

    @Override
    public Plan plan(String text) {
        Runnable happening = onPlan;
        onPlan = () -> {};
        happening.run();
        if (text.contains("error")) {
            return new Plan(
                    List.of(new ConfigProblem(
                            ConfigProblem.Severity.ERROR,
                            "pairs[0].mode",
                            3,
                            "'tepid' is not known here.",
                            "Write one of: cold, warm, hot.")),
                    List.of());
        }
        return new Plan(
                List.of(),
                text.equals(text())
                        ? List.of()
                        : List.of(new PlanStep(
                                PlanStep.Kind.RESTART_PAIR, "plant1", "'plant1' gets other members.", true)));
    }

    @Override
    public synchronized Outcome apply(String text, @Nullable String expectedVersion, String by) {
        onApply.run();
        Plan plan = plan(text);
        if (!plan.isApplicable()) {
            return new Outcome.Refused(plan);
        }
        if (expectedVersion != null && !expectedVersion.equals(version())) {
            return new Outcome.Conflict(version());
        }
        if (text.contains("fails")) {
            return new Outcome.Failed("The disk is full.", "Make room.");
        }
        texts.add(text);
        authors.add(by);
        return new Outcome.Applied(plan, version());
    }

    @Override
    public synchronized Optional<Rollback> planRollback(@Nullable String version) {
        int index = version == null ? texts.size() - 2 : Integer.parseInt(version, 16);
        return index < 0 || index >= texts.size()
                ? Optional.empty()
                : Optional.of(new Rollback(version(index), plan(texts.get(index))));
    }

    @Override
    public synchronized Outcome rollback(@Nullable String version, @Nullable String expectedVersion, String by) {
        return apply(
                texts.get(Integer.parseInt(planRollback(version).orElseThrow().version(), 16)), expectedVersion, by);
    }

    @Override
    public Edited edit(String text, Edit edit) {
        if (edit.toString().contains("pair=plant9")) {
            throw new NoSuchPair("There is no pair 'plant9'. There are: plant1.");
        }
        return switch (edit) {
            case Edit.AddPair add ->
                new Edited(
                        text + "# " + add.name() + " " + add.mode() + " " + add.security() + " " + add.urls() + "\n",
                        "'" + add.name() + "' was added.");
            case Edit.AddDaPair add ->
                new Edited(
                        text + "# " + add.name() + " " + add.alias() + " " + add.mode() + " " + add.members() + "\n",
                        "'" + add.name() + "' was added.");
            case Edit.RemovePair remove -> new Edited(text + "# no more\n", "'" + remove.pair() + "' was removed.");
            case Edit.SetAlias set -> {
                String alias = set.alias() == null ? set.pair() + ".Alias1" : set.alias();
                yield new Edited(text + "# " + alias + "\n", "'" + set.pair() + "' is published as '" + alias + "'.");
            }
            case Edit.RemoveAlias _ ->
                throw new IllegalArgumentException("Another pair is published as 'plant1' at the moment.");
        };
    }
}
