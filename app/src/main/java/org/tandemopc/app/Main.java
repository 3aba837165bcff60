package org.tandemopc.app;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.command.Command;
import org.tandemopc.app.command.CommandFailure;
import org.tandemopc.app.command.CommandTable;
import org.tandemopc.app.command.Console;
import org.tandemopc.app.command.Help;
import org.tandemopc.core.record.Printable;

/** The {@code tandem} command. */
public final class Main {
    private final CommandTable commands = CommandTable.ofTandem();
    private final Console console;

    Main(PrintStream out, PrintStream err) {
        this(new Console(out, err, false, false));
    }

    Main(Console console) {
        this.console = console;
    }

    /** Does not return. Everything here is English: numbers too, which some languages write in digits of their own. */
    public static void main(String[] line) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new Main(Console.ofProcess(System.getenv())).run(Arrays.asList(line)));
    }

    /** Runs one command to its end. @return the exit code */
    int run(List<String> line) {
        if (line.isEmpty()) {
            console.err().print(Help.overview(commands.specs()));
            return ExitCode.USAGE;
        }
        List<String> rest = line.subList(1, line.size());
        return switch (line.getFirst()) {
            case "--version" -> {
                console.out().println("tandem " + Version.text());
                yield ExitCode.OK;
            }
            case "--help", "-h", "help" -> help(rest);
            default -> run(line.getFirst(), rest);
        };
    }

    private int help(List<String> rest) {
        if (rest.isEmpty()) {
            console.out().print(Help.overview(commands.specs()));
            return ExitCode.OK;
        }
        return run(rest.getFirst(), List.of("--help"));
    }

    private int run(String name, List<String> rest) {
        Optional<Command> found = commands.find(name);
        if (found.isEmpty()) {
            console.err()
                    .println("tandem: There is no command '" + name + "'."
                            + commands.nearest(name)
                                    .map(nearest -> " Did you mean '" + nearest + "'?")
                                    .orElse(""));
            console.err().print(Help.overview(commands.specs()));
            return ExitCode.USAGE;
        }
        Command command = found.get();
        if (rest.contains("--help") || rest.contains("-h")) {
            console.out().print(Help.of(command.spec()));
            return ExitCode.OK;
        }
        return run(command, rest);
    }

    private int run(Command command, List<String> rest) {
        boolean isForPrograms = false;
        try {
            Arguments arguments = command.parse(rest);
            isForPrograms = arguments.has("--json");
            return command.run(arguments, console);
        } catch (UsageException e) {
            console.err().println("tandem: " + e.getMessage());
            console.err().println("usage: " + command.usage());
            console.err().println("'tandem " + command.spec().name() + " --help' says more.");
            return ExitCode.USAGE;
        } catch (InvalidPathException e) {
            console.err().println("tandem: '" + Printable.of(e.getInput()) + "' is no path: " + e.getReason() + ".");
            return ExitCode.USAGE;
        } catch (CommandFailure e) {
            if (isForPrograms) {
                console.json(e.json());
            }
            console.err().println("tandem: " + e.getMessage());
            return e.exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } finally {
            console.out().flush();
        }
    }
}
