package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.config.ConfigNode;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.ConfigReading;

/**
 * The configuration file, and the last good one beside the state: a file that cannot be parsed at a start is replaced
 * by it, loudly, so that half a save or a slip of the hand does not stop a plant.
 */
public final class ConfigStore {
    private static final long BYTES_MAX = 1 << 20;

    private final Path file;
    private final Path lastGood;
    private final FileSecrets secrets;

    /** @param environment where passwords given as {@code env:NAME} are found */
    public ConfigStore(Path file, Path dataFolder, Map<String, String> environment) {
        this.file = file;
        this.lastGood = dataFolder.resolve("tandem.last-good.yaml");
        this.secrets = new FileSecrets(environment);
    }

    /** Reads what a start needs; nothing but the copy of the last good file is changed. */
    public ConfigReading load() {
        try {
            String text = text(file);
            ConfigNode tree = YamlTree.read(text);
            ConfigReading reading = ConfigReader.read(tree, secrets);
            return reading.hasErrors() ? reading : remembered(reading, text);
        } catch (YamlTree.NotReadable e) {
            return lastGood(e.problem());
        } catch (NoSuchFileException e) {
            return failed(problem("There is no such file.", "Name the configuration with --config."));
        } catch (IOException e) {
            return failed(problem("The file cannot be read (" + e.getMessage() + ").", "Check its permissions."));
        }
    }

    /** Reads the file as it is, for a check: nothing is used in its place, and nothing is written. */
    public ConfigReading look() {
        try {
            return ConfigReader.read(YamlTree.read(text(file)), secrets);
        } catch (YamlTree.NotReadable e) {
            return failed(e.problem());
        } catch (NoSuchFileException e) {
            return failed(problem("There is no such file.", "Name the configuration with --config."));
        } catch (IOException e) {
            return failed(problem("The file cannot be read (" + e.getMessage() + ").", "Check its permissions."));
        }
    }

    /** A disk that takes no copy is no reason not to serve. */
    private ConfigReading remembered(ConfigReading reading, String text) {
        try {
            AtomicFile.write(lastGood, text);
            return reading;
        } catch (IOException e) {
            List<ConfigProblem> problems = new ArrayList<>(reading.problems());
            problems.add(new ConfigProblem(
                    ConfigProblem.Severity.WARNING,
                    "",
                    0,
                    "No copy could be kept for a start with a broken file (" + e.getMessage() + ").",
                    "Make room in the data folder."));
            return new ConfigReading(reading.config(), problems);
        }
    }

    private ConfigReading lastGood(ConfigProblem why) {
        try {
            ConfigReading reading = ConfigReader.read(YamlTree.read(text(lastGood)), secrets);
            List<ConfigProblem> problems = new ArrayList<>();
            problems.add(why);
            problems.add(problem(
                    "The last good configuration is used instead: " + lastGood + ".",
                    "Correct the file and start again."));
            problems.addAll(reading.problems());
            return new ConfigReading(reading.config(), problems);
        } catch (YamlTree.NotReadable | IOException e) {
            return failed(why);
        }
    }

    private static String text(Path path) throws IOException {
        if (Files.size(path) > BYTES_MAX) {
            throw new IOException("longer than 1 MB");
        }
        return Files.readString(path);
    }

    private static ConfigProblem problem(String message, String remedy) {
        return new ConfigProblem(ConfigProblem.Severity.ERROR, "", 0, message, remedy);
    }

    private static ConfigReading failed(ConfigProblem problem) {
        return new ConfigReading(Optional.empty(), List.of(problem));
    }
}
