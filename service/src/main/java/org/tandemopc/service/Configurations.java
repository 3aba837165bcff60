package org.tandemopc.service;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigProblem;

/**
 * The configuration of a running service: what it is, what another text would change, and what it was before. Any thread;
 * changes are made one after the other, and each is whole or not at all.
 */
public interface Configurations {
    /** How many earlier texts are kept, and as many that never ran. */
    int KEPT = 5;

    /** The text of the file in use, byte for byte as it was saved. */
    String text();

    /** Identifies the text in use: 16 hexadecimal digits of its SHA-256. */
    String version();

    /**
     * Whether the file holds another text than the one in use: somebody edited it and has not applied it. What is applied
     * in its place is kept from being lost, but not from being forgotten: say so.
     */
    boolean isFileEdited();

    /** Other texts than the one in use, newest first: at most {@link #KEPT} that ran, and as many that never did. */
    List<Saved> saved();

    /** What applying the text would do, without doing it. */
    Plan plan(String text);

    /**
     * Saves the text and makes it what runs. Clients of pairs that no step names are not touched.
     *
     * @param expectedVersion the version that the text was made from: another one now means that somebody else saved
     *     meanwhile; null to overwrite whatever there is
     * @param by who asks, for the records
     */
    Outcome apply(String text, @Nullable String expectedVersion, String by);

    /**
     * What a rollback would do, without doing it.
     *
     * @param version of {@link #saved} or the one in use, which puts a file that was edited back; null: the newest that ran
     * @return empty: there is no such text
     */
    Optional<Rollback> planRollback(@Nullable String version);

    /**
     * Applies an earlier text.
     *
     * @param version as in {@link #planRollback}
     * @param expectedVersion as in {@link #apply}
     */
    Outcome rollback(@Nullable String version, @Nullable String expectedVersion, String by);

    /** @param version where it would go to */
    record Rollback(String version, Plan plan) {}

    /**
     * @param by who saved it
     * @param hasRun false: an edit that nobody applied, which a rollback without a version passes over
     */
    record Saved(String version, Instant at, String by, boolean hasRun) {}

    /**
     * One change.
     *
     * @param pair published name; empty for the front door
     * @param what a sentence for people
     * @param dropsClients whether clients of this pair (or of all, for the front door) lose their sessions
     */
    record PlanStep(Kind kind, String pair, String what, boolean dropsClients) {
        public enum Kind {
            ADD_PAIR,
            REMOVE_PAIR,
            /** Settings that take effect while the pair serves. */
            CHANGE_SETTINGS,
            /** Something that needs new links or sessions: members, accounts, the published name. */
            RESTART_PAIR,
            /** Listen address, policies, trust. */
            RESTART_FRONT_DOOR,
            OPEN_FRONT_DOOR,
            CLOSE_FRONT_DOOR
        }
    }

    /**
     * @param problems everything that is wrong or doubtful with the text; with an error nothing can be applied
     * @param steps in the order in which they would be taken; empty when nothing changes
     */
    record Plan(List<ConfigProblem> problems, List<PlanStep> steps) {
        public Plan {
            problems = List.copyOf(problems);
            steps = List.copyOf(steps);
        }

        public boolean isApplicable() {
            return problems.stream().noneMatch(ConfigProblem::isError);
        }
    }

    /** What came of a change. */
    sealed interface Outcome {
        record Applied(Plan plan, String version) implements Outcome {}

        /** The text has errors; nothing was changed. */
        record Refused(Plan plan) implements Outcome {}

        /** Somebody else saved meanwhile; nothing was changed. */
        record Conflict(String currentVersion) implements Outcome {}

        /**
         * It could not be saved, or could not be run and was taken back.
         *
         * @param why with what became of it: whether what ran before runs
         * @param remedy what to do about it
         */
        record Failed(String why, String remedy) implements Outcome {}
    }
}
