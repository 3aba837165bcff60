package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.simulator.SimulatorMain;

/** {@code tandem simulate}: a simulated server in the foreground. */
final class SimulateCommand implements Command {
    private static final List<Option> VALUES = List.of(
            Option.text("--name", "NAME", "part of its identity; A unless given"),
            Option.text("--host", "ADDRESS", "to listen on; 127.0.0.1 unless given"),
            Option.text("--port", "PORT", "0 unless given: a free one"),
            Option.text("--control-port", "PORT", "of its fault console for programs; 0: a free one, -1: none"),
            Option.text("--period-ms", "MS", "how often the values change; 100 unless given"),
            Option.text("--counters", "N", "nodes counter/0 ...; 10 unless given"),
            Option.text("--watchdogs", "N", "nodes watchdog/0 ...; 2 unless given"),
            Option.text("--static", "N", "nodes static/0 ...; 10 unless given"),
            Option.text("--policy", "LIST", "none, basic256sha256 or both with a comma"),
            Option.text("--application-uri", "URI", "instead of one made of its name"),
            Option.text("--omit-node", "ID", "a node that this server does not have"),
            new Option("--ledger", "FILE", Option.Values.FILES, "where writes and calls are noted"),
            new Option("--data", "FOLDER", Option.Values.FILES, "where its key and certificate are kept"));
    private static final List<Option> FLAGS = List.of(
            Option.flag("--extra-namespace-first", "a namespace more, before the usual one: tables differ"),
            Option.flag("--extra-namespace-last", "the same, behind the usual one"));

    @Override
    public CommandSpec spec() {
        List<Option> options = new ArrayList<>(VALUES);
        options.addAll(FLAGS);
        return new CommandSpec(
                "simulate",
                "",
                List.of(),
                options,
                "a simulated OPC UA server, to try things with",
                "Prints READY with its address, then takes commands of its fault console on standard input ('help' lists"
                        + " them: freeze, bad, slow, vanish ...). Two of them, started at different times, show the same values"
                        + " at the same moments. Ends with 'exit' or Ctrl-C.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, InterruptedException {
        arguments.noWords();
        List<String> line = new ArrayList<>();
        for (Option option : VALUES) {
            arguments.value(option.name()).ifPresent(value -> {
                line.add(option.name());
                line.add(value);
            });
        }
        FLAGS.stream().map(Option::name).filter(arguments::has).forEach(line::add);
        return SimulatorMain.run(line.toArray(String[]::new));
    }
}
