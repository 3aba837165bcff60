package org.tandemopc.app.command;

import java.util.List;
import java.util.Optional;
import org.tandemopc.app.Nearest;

/** All commands, in the order in which help shows them. Immutable. */
public final class CommandTable {
    private final List<Command> commands;

    public CommandTable(List<Command> commands) {
        this.commands = List.copyOf(commands);
    }

    /** Those of {@code tandem}; completion is of these too. */
    public static CommandTable ofTandem() {
        List<Command> all = new java.util.ArrayList<>(List.of(
                new RunCommand(),
                new StartCommand(),
                new StopCommand(),
                new OpenCommand(),
                new DemoSpec(),
                new CheckCommand(),
                new StatusCommand(),
                new PairsCommand(),
                new DiscoverCommand(),
                EditCommand.add(),
                EditCommand.remove(),
                EditCommand.alias(),
                EditCommand.unalias(),
                OrderCommand.switchOver(),
                OrderCommand.pin(),
                OrderCommand.unpin(),
                new EnableCommand(true),
                new EnableCommand(false),
                new PlanCommand(),
                new ApplyCommand(),
                new RollbackCommand(),
                new EventsCommand(),
                new BrowseCommand(),
                new TestMailCommand(),
                new TrustCommand(),
                new UserCommand(NewPassword.ofProcess()),
                new RegCommand(),
                new BackupCommand(),
                new RestoreCommand(),
                new SimulateCommand()));
        List<CommandSpec> specs =
                new java.util.ArrayList<>(all.stream().map(Command::spec).toList());
        specs.add(CompletionCommand.SPEC);
        all.add(new CompletionCommand(specs));
        return new CommandTable(all);
    }

    public List<CommandSpec> specs() {
        return commands.stream().map(Command::spec).toList();
    }

    public Optional<Command> find(String name) {
        return commands.stream().filter(c -> c.spec().name().equals(name)).findFirst();
    }

    public Optional<String> nearest(String name) {
        return Nearest.of(name, specs().stream().map(CommandSpec::name).toList());
    }
}
