package org.tandemopc.app.command;

import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;

/** {@code tandem completion}. */
final class CompletionCommand implements Command {
    static final CommandSpec SPEC = new CommandSpec(
            "completion",
            "SHELL",
            List.of(Option.Values.of("bash", "zsh", "fish")),
            List.of(),
            "a script that completes tandem's command lines in a shell",
            "For bash: tandem completion bash > /etc/bash_completion.d/tandem. For zsh: tandem completion zsh >"
                    + " \"${fpath[1]}/_tandem\". For fish: tandem completion fish > ~/.config/fish/completions/tandem.fish.");

    private final List<CommandSpec> commands;

    CompletionCommand(List<CommandSpec> commands) {
        this.commands = List.copyOf(commands);
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException {
        String shell = arguments.onlyWord("the shell: bash, zsh or fish");
        console.out()
                .print(
                        switch (shell) {
                            case "bash" -> Completion.bash(commands);
                            case "zsh" -> Completion.zsh(commands);
                            case "fish" -> Completion.fish(commands);
                            default ->
                                throw new UsageException(
                                        "There is no completion for '" + shell + "': bash, zsh or fish.");
                        });
        return ExitCode.OK;
    }
}
