package org.tandemopc.service;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.relay.FileTrouble;

/**
 * The configuration file, the last good one beside the state, and the texts before it. A file that cannot be parsed at a
 * start is replaced by the last good one, loudly, so that half a save or a slip of the hand does not stop a plant. A save
 * is whole or not at all. Any thread; blocks.
 */
public final class ConfigStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigStore.class);
    private static final long BYTES_MAX = 1 << 20;
    private static final String BY_HAND = "the file was edited";

    /** Its permissions are not what is wrong with it. */
    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("longer than 1 MB");
        }
    }

    private final Path file;
    private final Path lastGood;
    private final FileSecrets secrets;
    private final FileActions actions;
    private final InstantSource clock;
    private final SavedTexts texts;

    // Guarded by this.
    private String inUse = "";

    /** @param environment where passwords given as {@code env:NAME} are found */
    public ConfigStore(Path file, Path dataFolder, Map<String, String> environment) {
        this(file, dataFolder, environment, FileActions.REAL, InstantSource.system());
    }

    ConfigStore(Path file, Path dataFolder, Map<String, String> environment, FileActions actions, InstantSource clock) {
        this.file = file;
        this.lastGood = dataFolder.resolve("tandem.last-good.yaml");
        this.secrets = new FileSecrets(environment);
        this.actions = actions;
        this.clock = clock;
        this.texts = new SavedTexts(dataFolder.resolve("saved"), actions);
    }

    /** Reads what a start needs; nothing but the copy of the last good file is changed. */
    public synchronized ConfigReading load() {
        try {
            String text = text(file);
            if (isHalfOfLastGood(text)) {
                throw new YamlTree.NotReadable(0, "The file ends in the middle of a line of the last good one.");
            }
            ConfigReading reading = read(text);
            inUse = text;
            return reading.hasErrors() ? reading : remembered(reading, text);
        } catch (YamlTree.NotReadable e) {
            return lastGood(e.problem());
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private static ConfigReading unreadable(IOException e) {
        return switch (e) {
            case TooLong _ -> tooLong();
            case NoSuchFileException _ ->
                failed(problem("There is no such file.", "Name the configuration with --config."));
            default ->
                failed(problem(
                        "The file cannot be read (" + FileTrouble.why(e) + ").",
                        "See to it that it is a file that the user who runs Tandem may read."));
        };
    }

    private static ConfigReading tooLong() {
        return failed(problem("The configuration is longer than 1 MB.", "Shorten it."));
    }

    /** What a text would be as a configuration, and everything that is wrong with it. Changes nothing. */
    public ConfigReading check(String text) {
        try {
            if (text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
                return tooLong();
            }
            return read(text);
        } catch (YamlTree.NotReadable e) {
            return failed(e.problem());
        }
    }

    /** The text that is in use: what {@link #load} found, or what was saved since. */
    public synchronized String text() {
        return inUse;
    }

    /** Other texts than the present one, newest first; at most {@link Configurations#KEPT} that ran and as many others. */
    synchronized List<SavedTexts.Entry> earlier() {
        String version = SavedTexts.version(inUse);
        List<SavedTexts.Entry> others = texts.entries().stream()
                .filter(e -> !e.version().equals(version))
                .toList();
        return SavedTexts.newest(others, Configurations.KEPT);
    }

    /** What the file holds, if it is another text than the one in use: somebody edited it and has not applied it. */
    public synchronized Optional<String> unapplied() {
        try {
            return Optional.of(text(file)).filter(present -> !present.equals(inUse));
        } catch (YamlTree.NotReadable | TooLong e) {
            return Optional.of("");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes the text the content of the file, whole or not at all. The text must have been {@link #check}ed.
     *
     * @param by who saves it
     * @throws IOException the file is as it was
     */
    public synchronized void save(String text, String by) throws IOException {
        texts.prune(Configurations.KEPT + 1);
        keepWhatIsReplaced();
        long number = texts.add(text, clock.instant(), by, false);
        try {
            AtomicFile.write(actions, target(), text);
        } catch (IOException e) {
            texts.drop(number);
            throw e;
        }
        inUse = text;
    }

    /** What was saved runs: it is the last good one from now on, and one to go back to later. */
    synchronized void settle() {
        try {
            AtomicFile.write(actions, lastGood, inUse);
            keepWhatRuns();
        } catch (IOException e) {
            LOG.warn("No copy could be kept for a start with a broken file: {}", e.toString());
        }
    }

    /**
     * After a save that could not be made to run: the earlier text is the content of the file again.
     *
     * @throws IOException the file still holds the text that was saved
     */
    synchronized void takeBack(String earlier) throws IOException {
        String failed = inUse;
        AtomicFile.write(actions, target(), earlier);
        inUse = earlier;
        String version = SavedTexts.version(failed);
        texts.entries().stream()
                .findFirst()
                .filter(e -> e.version().equals(version))
                .ifPresent(e -> texts.drop(e.number()));
    }

    /** A person may have edited the file since: that stays to go back to as well, but nobody has seen it run. */
    private void keepWhatIsReplaced() throws IOException {
        keepWhatRuns();
        try {
            String present = text(file);
            if (!present.equals(inUse) && !isKept(present)) {
                texts.add(present, clock.instant(), BY_HAND, false);
            }
        } catch (YamlTree.NotReadable | NoSuchFileException e) {
            LOG.warn("What {} held is not kept: {}", file, e.toString());
        }
    }

    /** The text in use may be one that was not saved here: the first of all, or what somebody edited before a start. */
    private void keepWhatRuns() throws IOException {
        String version = SavedTexts.version(inUse);
        Optional<SavedTexts.Entry> last = texts.entries().stream()
                .filter(e -> e.hasRun() || e.version().equals(version))
                .findFirst()
                .filter(e -> e.version().equals(version));
        if (last.isEmpty() && !inUse.isEmpty()) {
            texts.add(inUse, clock.instant(), BY_HAND, true);
        } else if (last.isPresent() && !last.get().hasRun()) {
            texts.markRun(last.get());
        }
    }

    private boolean isKept(String text) {
        String version = SavedTexts.version(text);
        return texts.entries().stream().anyMatch(e -> e.version().equals(version));
    }

    /** A link stays a link: what it points to is replaced. */
    private Path target() throws IOException {
        return Files.isSymbolicLink(file) ? file.toRealPath() : file;
    }

    private ConfigReading read(String text) throws YamlTree.NotReadable {
        if (text.isBlank()) {
            throw new YamlTree.NotReadable(0, "The file is empty.");
        }
        return ConfigReader.read(YamlTree.read(text), secrets);
    }

    /** Reads the file as it is, for a check: nothing is used in its place, and nothing is written. */
    public ConfigReading look() {
        try {
            return ConfigReader.read(YamlTree.read(text(file)), secrets);
        } catch (YamlTree.NotReadable e) {
            return failed(e.problem());
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    /** A disk that takes no copy is no reason not to serve. */
    private ConfigReading remembered(ConfigReading reading, String text) {
        try {
            AtomicFile.write(actions, lastGood, text);
            return reading;
        } catch (IOException e) {
            List<ConfigProblem> problems = new ArrayList<>(reading.problems());
            problems.add(new ConfigProblem(
                    ConfigProblem.Severity.WARNING,
                    "",
                    0,
                    "No copy could be kept for a start with a broken file (" + FileTrouble.of(e) + ").",
                    "Make room in the data folder."));
            return new ConfigReading(reading.config(), problems);
        }
    }

    /** The copy, or if that is damaged too, the newest of the texts before it that ran and is not. */
    private ConfigReading lastGood(ConfigProblem why) {
        Optional<ConfigReading> copy = lastGoodCopy(why);
        if (copy.isPresent()) {
            return copy.get();
        }
        for (SavedTexts.Entry entry :
                texts.entries().stream().filter(SavedTexts.Entry::hasRun).toList()) {
            Optional<ConfigReading> saved =
                    instead(why, entry.text(), "the one that '%s' saved at %s".formatted(entry.by(), entry.at()));
            if (saved.isPresent()) {
                return saved.get();
            }
        }
        return failed(why);
    }

    /** An editor that was interrupted leaves the beginning of a file, which may well be YAML: a configuration of fewer pairs. */
    private boolean isHalfOfLastGood(String text) {
        try {
            String good = text(lastGood);
            // An editor that ends no last line leaves all that matters.
            boolean isAllThere = text.stripTrailing().equals(good.stripTrailing());
            return good.startsWith(text) && !isAllThere && !text.endsWith("\n");
        } catch (IOException | YamlTree.NotReadable e) {
            return false;
        }
    }

    private Optional<ConfigReading> lastGoodCopy(ConfigProblem why) {
        try {
            return instead(why, text(lastGood), lastGood.toString());
        } catch (IOException | YamlTree.NotReadable e) {
            return Optional.empty();
        }
    }

    private Optional<ConfigReading> instead(ConfigProblem why, String text, String where) {
        try {
            ConfigReading reading = read(text);
            if (reading.config().isEmpty()) {
                return Optional.empty();
            }
            List<ConfigProblem> problems = new ArrayList<>();
            problems.add(why);
            problems.add(problem(
                    "The last good configuration is used instead: " + where + ".", "Correct the file and apply it."));
            problems.addAll(reading.problems());
            inUse = text;
            return Optional.of(new ConfigReading(reading.config(), problems));
        } catch (YamlTree.NotReadable e) {
            return Optional.empty();
        }
    }

    private static String text(Path path) throws IOException, YamlTree.NotReadable {
        if (Files.size(path) > BYTES_MAX) {
            throw new TooLong();
        }
        try {
            String text = Files.readString(path);
            // Half of the bytes of most texts in UTF-16, which so passes for UTF-8.
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // The same to be done about it.
        }
        throw new YamlTree.NotReadable(
                0, "This is not text in UTF-8.", "Save it as UTF-8; 'Unicode' in some editors is another coding.");
    }

    private static ConfigProblem problem(String message, String remedy) {
        return new ConfigProblem(ConfigProblem.Severity.ERROR, "", 0, message, remedy);
    }

    private static ConfigReading failed(ConfigProblem problem) {
        return new ConfigReading(Optional.empty(), List.of(problem));
    }
}
