package org.tandemopc.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.tandemopc.app.command.CommandFailure;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.StateFile;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.backup.Restore;
import org.tandemopc.service.rest.RestServer;

/** What runs or prepares a service: a configuration file and a data folder. */
public final class Service {
    private final String configName;
    private final Path config;
    private final Path data;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param out what was asked for
     * @param err problems
     */
    public Service(String config, String data, PrintStream out, PrintStream err) {
        this.configName = config;
        this.config = Path.of(config);
        this.data = Path.of(data);
        this.out = out;
        this.err = err;
    }

    /** Serves until the process is told to end. */
    public int run(boolean enableAll) {
        try (DataFolder folder = DataFolder.hold(data)) {
            if (Restore.takeBackUnfinished(folder.path())) {
                err.println("tandem: A restore had ended on the way. The data folder " + data
                        + " is as it was before it; restore again.");
            }
            ConfigStore store = store();
            Optional<TandemConfig> read = read(store);
            if (read.isEmpty()) {
                return ExitCode.CONFIGURATION;
            }
            return serve(read.get(), store, folder, enableAll);
        } catch (IOException e) {
            err.println("tandem: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    /**
     * Remembers for the next start whether the pair is served on this machine.
     *
     * @throws CommandFailure nothing was remembered
     */
    public void enable(String pair, boolean enabled) throws CommandFailure {
        try {
            DataFolder.refuseOfAnotherUser(data);
            enableHere(pair, enabled);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, FileTrouble.of(e));
        }
    }

    private void enableHere(String pair, boolean enabled) throws IOException, CommandFailure {
        try (DataFolder folder = DataFolder.hold(data)) {
            ConfigReading reading = store().load();
            tellLeftOut(configName, reading, err);
            if (reading.config().isEmpty()) {
                throw CommandFailure.unusable(reading);
            }
            if (reading.config().get().pairs().stream().noneMatch(p -> p.name().equals(pair))) {
                throw new CommandFailure(
                        ExitCode.FAILED, "There is no pair '" + Printable.of(pair) + "' in " + configName + ".");
            }
            StateFile state = folder.stateFile();
            String trouble = state.trouble();
            if (trouble != null) {
                err.println("tandem: " + trouble);
            }
            state.saveEnabled(pair, enabled);
        }
    }

    private ConfigStore store() {
        return new ConfigStore(config, data, System.getenv());
    }

    private Optional<TandemConfig> read(ConfigStore store) {
        ConfigReading reading = store.load();
        tellLeftOut(configName, reading, err);
        if (reading.config().isEmpty()) {
            err.println("tandem: " + CommandFailure.unusable(reading).getMessage());
        }
        return reading.config();
    }

    /**
     * Reads a configuration that nothing runs with yet, and says what is wrong with it.
     *
     * @throws CommandFailure nothing can be served with it
     */
    public static ConfigReading look(String configName, Path data, PrintStream err) throws CommandFailure {
        ConfigReading reading = new ConfigStore(Path.of(configName), data, System.getenv()).look();
        tell(configName, reading, err);
        if (reading.config().isEmpty()) {
            throw CommandFailure.unusable(reading);
        }
        return reading;
    }

    /**
     * Reads the text of a configuration that is to be used here, and says what is wrong with it.
     *
     * @param name how it is called where problems are told
     * @throws CommandFailure nothing could be served with it
     */
    public static void check(String name, String text, Path data, PrintStream err) throws CommandFailure {
        ConfigReading reading = new ConfigStore(Path.of("tandem.yaml"), data, System.getenv()).check(text);
        tellLeftOut(name, reading, err);
        if (reading.config().isEmpty()) {
            throw CommandFailure.unusable(reading);
        }
    }

    private static void tellLeftOut(String configName, ConfigReading reading, PrintStream err) {
        tell(configName, reading, err);
        if (reading.config().isPresent() && reading.hasErrors()) {
            err.println("tandem: Pairs with errors are left out; the others are served.");
        }
    }

    private static void tell(String configName, ConfigReading reading, PrintStream err) {
        for (ConfigProblem problem : reading.problems()) {
            err.println(problem.describe(configName));
        }
    }

    private int serve(TandemConfig read, ConfigStore store, DataFolder folder, boolean enableAll) throws IOException {
        TandemRuntime runtime = Wiring.runtime(read, folder, enableAll);
        try {
            runtime.start();
        } catch (IOException e) {
            runtime.close();
            throw e;
        }
        Optional<RestServer> rest = commands(read, store, folder, runtime);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            rest.ifPresent(RestServer::close);
            runtime.close();
            out.flush();
            // The end was asked for and is clean: say so, where the JVM would report the signal.
            Runtime.getRuntime().halt(ExitCode.OK);
        }));
        for (PairHandle pair : runtime.pairs()) {
            out.println("%s (%s): %s"
                    .formatted(
                            pair.name(),
                            pair.config().settings().mode().name().toLowerCase(Locale.ROOT),
                            runtime.endpointUrl(pair)));
        }
        out.println("READY pid=" + ProcessHandle.current().pid());
        out.flush();
        return untilStopped(runtime);
    }

    /** Opens the interface for commands. A plant is served also without it. */
    private Optional<RestServer> commands(
            TandemConfig read, ConfigStore store, DataFolder folder, TandemRuntime runtime) {
        try {
            RestServer rest = RestServer.start(read.rest(), Wiring.facade(runtime, store, config), folder.path());
            out.println("commands: " + rest.hostAndPort());
            if (read.rest().tls().isPresent()) {
                out.println("console: " + rest.consoleUrl());
            }
            return Optional.of(rest);
        } catch (IOException e) {
            err.println("tandem: " + e.getMessage() + " The pairs are served; commands cannot reach this service.");
            return Optional.empty();
        }
    }

    /** The end comes as a signal or as an order: the hook does what is to be done, and ends the process. */
    private static int untilStopped(TandemRuntime runtime) {
        try {
            var unused = runtime.awaitStopRequest();
            System.exit(ExitCode.OK);
            return ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }
}
