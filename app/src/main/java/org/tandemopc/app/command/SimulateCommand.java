package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.simulator.SimulatorMain;
import org.tandemopc.simulator.da.DaSimulatorMain;

/** {@code tandem simulate}: a simulated server in the foreground. */
final class SimulateCommand implements Command {
    private static final Option DA = Option.flag("--da", "a server of OPC DA instead of OPC UA");

    private static final List<Option> OF_BOTH = List.of(
            Option.text("--name", "NAME", "part of its identity; A unless given"),
            Option.text("--host", "ADDRESS", "to listen on; 127.0.0.1 unless given"),
            Option.text(
                    "--port",
                    "PORT",
                    "0, a free one, unless given; with --da 135, which clients look at, unless given"),
            Option.text("--control-port", "PORT", "of its fault console for programs; 0: a free one, -1: none"),
            Option.text("--period-ms", "MS", "how often the values change; 100 unless given"),
            Option.text("--counters", "N", "nodes counter/0 ..., with --da items counter.0 ...; 10 unless given"),
            Option.text("--watchdogs", "N", "nodes watchdog/0 ...; 2 unless given"),
            Option.text("--static", "N", "nodes static/0 ...; 10 unless given"),
            new Option("--ledger", "FILE", Option.Values.FILES, "where writes and calls are noted"));

    private static final List<Option> OF_UA = List.of(
            Option.text("--policy", "LIST", "none, basic256sha256 or both with a comma"),
            Option.text("--application-uri", "URI", "instead of one made of its name"),
            Option.text("--omit-node", "ID", "a node that this server does not have"),
            new Option("--data", "FOLDER", Option.Values.FILES, "where its key and certificate are kept"),
            Option.flag("--extra-namespace-first", "a namespace more, before the usual one: tables differ"),
            Option.flag("--extra-namespace-last", "the same, behind the usual one"),
            Option.flag("--session-diagnostics", "shows its sessions below ServerDiagnostics, at more work for each"));

    private static final List<Option> OF_DA = List.of(
            Option.text("--object-port", "PORT", "with --da: of calls on objects; 0 unless given: a free one"),
            Option.text("--prog-id", "PROGID", "with --da: Tandem.SimulatedDA.1 unless given"),
            Option.text("--clsid", "CLSID", "with --da: of its class"),
            Option.text("--user", "NAME", "with --da: the one account that may log in; opc unless given"),
            Option.text("--password", "PASSWORD", "with --da: of that account; Secret1! unless given"),
            Option.text("--versions", "LIST", "with --da: of 1.0, 2.05a and 3.0, with commas; all unless given"),
            Option.text("--publish", "ADDRESS", "with --da: what clients are told in place of its own address"),
            Option.flag("--old-clients", "with --da: clients may log in by NTLM of old and need not sign"));

    @Override
    public CommandSpec spec() {
        List<Option> options = new ArrayList<>(OF_BOTH);
        options.addAll(OF_UA);
        options.add(DA);
        options.addAll(OF_DA);
        return new CommandSpec(
                "simulate",
                "",
                List.of(),
                options,
                "a simulated OPC UA or OPC DA server, to try things with",
                "Prints READY with its address, then takes commands of its fault console on standard input ('help' lists"
                        + " them: freeze, bad, slow, vanish ...). Two of them, started at different times, show the same values"
                        + " at the same moments. Ends with 'exit' or Ctrl-C. Port 135 needs root.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, InterruptedException {
        arguments.noWords();
        boolean isDa = arguments.has(DA.name());
        for (Option option : isDa ? OF_UA : OF_DA) {
            if (isGiven(option, arguments)) {
                throw new UsageException(
                        isDa ? option.name() + " does not go with --da." : option.name() + " goes with --da alone.");
            }
        }
        List<String> line = new ArrayList<>();
        add(OF_BOTH, arguments, line);
        add(isDa ? OF_DA : OF_UA, arguments, line);
        String[] words = line.toArray(String[]::new);
        return isDa ? DaSimulatorMain.run(words) : SimulatorMain.run(words);
    }

    private static boolean isGiven(Option option, Arguments arguments) {
        return option.hasValue() ? arguments.value(option.name()).isPresent() : arguments.has(option.name());
    }

    private static void add(List<Option> options, Arguments arguments, List<String> line) {
        for (Option option : options) {
            if (isGiven(option, arguments)) {
                line.add(option.name());
                arguments.value(option.name()).ifPresent(line::add);
            }
        }
    }
}
