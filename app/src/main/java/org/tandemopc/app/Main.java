package org.tandemopc.app;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.demo.DemoCommand;

/** The {@code tandem} command. */
public final class Main {
    private static final String USAGE = """
            usage: tandem run [--config FILE] [--data FOLDER] [--enable-all]
                       serve the pairs of a configuration until stopped (SIGTERM, Ctrl-C)
                   tandem enable PAIR | tandem disable PAIR  [--config FILE] [--data FOLDER]
                       whether the pair is served on this machine, from the next start on
                   tandem demo [--script] [--json] [--mode cold|warm|hot]
                       two simulated servers, a pair and a client: kill and freeze servers and watch
                   tandem --version | tandem --help

            FILE is /etc/tandem/tandem.yaml and FOLDER is /var/lib/tandem unless given.
            Exit codes: 0 done, 1 failed, 2 wrong command line, 3 unusable configuration.
            """;
    private static final String CONFIG = "--config";
    private static final String DATA = "--data";
    private static final String DEFAULT_CONFIG = "/etc/tandem/tandem.yaml";
    private static final String DEFAULT_DATA = "/var/lib/tandem";

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Does not return. */
    public static void main(String[] line) {
        System.exit(new Main(System.out, System.err).run(Arrays.asList(line)));
    }

    /** Runs one command to its end. @return the exit code */
    int run(List<String> line) {
        if (line.isEmpty()) {
            err.print(USAGE);
            return ExitCode.USAGE;
        }
        List<String> rest = line.subList(1, line.size());
        try {
            return switch (line.getFirst()) {
                case "run" -> serve(rest);
                case "enable" -> enable(rest, true);
                case "disable" -> enable(rest, false);
                case "demo" -> DemoCommand.run(rest, out, err);
                case "--version" -> {
                    out.println("tandem " + Version.text());
                    yield ExitCode.OK;
                }
                case "--help", "-h", "help" -> {
                    out.print(USAGE);
                    yield ExitCode.OK;
                }
                default -> throw new UsageException("There is no command '" + line.getFirst() + "'.");
            };
        } catch (UsageException e) {
            err.println("tandem: " + e.getMessage());
            err.print(USAGE);
            return ExitCode.USAGE;
        }
    }

    private int serve(List<String> rest) throws UsageException {
        Arguments arguments = Arguments.parse(rest, Set.of(CONFIG, DATA), Set.of("--enable-all"));
        arguments.noWords();
        return place(arguments).run(arguments.has("--enable-all"));
    }

    private int enable(List<String> rest, boolean enabled) throws UsageException {
        Arguments arguments = Arguments.parse(rest, Set.of(CONFIG, DATA), Set.of());
        return place(arguments).enable(arguments.onlyWord("the pair"), enabled);
    }

    private Service place(Arguments arguments) {
        return new Service(arguments.value(CONFIG, DEFAULT_CONFIG), arguments.value(DATA, DEFAULT_DATA), out, err);
    }
}
