package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.BackgroundService;
import org.tandemopc.app.ExitCode;
import org.tandemopc.relay.FileTrouble;

/** {@code tandem start}: the service in the background, where no service manager is there for it (ADM-4). */
final class StartCommand implements Command {
    private static final String ENABLE_ALL = "--enable-all";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "start",
                "",
                List.of(),
                List.of(
                        Option.CONFIG,
                        Option.DATA,
                        Option.flag(ENABLE_ALL, "serve every pair, whatever was enabled on this machine")),
                "start the service in the background",
                "Like run, but returns when the service is ready, or says why it is not. What it prints is in start.log in the"
                        + " data folder, what happens in log/service.log. It does not survive a restart of the machine: where"
                        + " Tandem was installed as a service of systemd or launchd this says by which command that one is"
                        + " started (exit code 5), unless --data names another folder.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.noWords();
        Path data = Path.of(Places.data(arguments)).toAbsolutePath();
        OptionalLong running = running(data);
        if (running.isPresent()) {
            console.line("Tandem runs already (process " + running.getAsLong() + ").");
            return ExitCode.OK;
        }
        if (arguments.value("--data").isEmpty()) {
            refuseManaged(ServiceManager.command(Path.of("/")));
        }
        BackgroundService service = new BackgroundService(
                Path.of(Places.config(arguments)).toAbsolutePath(), data, arguments.has(ENABLE_ALL));
        try (Waiting _ = Waiting.on(console)) {
            long pid = service.start();
            console.line("Tandem runs (process " + pid + ").");
            return ExitCode.OK;
        } catch (BackgroundService.Ended e) {
            console.err().print(e.printed());
            return e.exitCode();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "The service could not be started: " + FileTrouble.of(e));
        }
    }

    static void refuseManaged(Optional<String> command) throws CommandFailure {
        if (command.isPresent()) {
            throw new CommandFailure(
                    ExitCode.REFUSED, "Tandem is a service of this system. Start it with: " + command.get());
        }
    }

    /** The process of the service that answers for this folder. */
    private static OptionalLong running(Path data) throws CommandFailure, InterruptedException {
        if (Files.notExists(data)) {
            return OptionalLong.empty();
        }
        try (RestClient service = RestClient.find(data)) {
            return OptionalLong.of(service.get("/api/v1/status").path("pid").asLong());
        } catch (CommandFailure e) {
            if (e.exitCode() == ExitCode.NO_SERVICE) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }
}
