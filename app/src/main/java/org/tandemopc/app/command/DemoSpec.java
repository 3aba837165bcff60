package org.tandemopc.app.command;

import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.demo.DemoCommand;
import org.tandemopc.core.config.ProtocolKind;

/** {@code tandem demo}, which {@link DemoCommand} runs. */
final class DemoSpec implements Command {
    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "demo",
                "",
                List.of(),
                List.of(
                        Option.flag("--da", "servers and client of OPC DA instead of OPC UA"),
                        Option.flag("--script", "no screen: kill and hang servers by itself, and print the result"),
                        Option.JSON,
                        new Option("--mode", "MODE", Option.Values.of("cold", "warm", "hot"), "this mode only")),
                "two simulated servers, a pair and a client: kill and freeze servers and watch",
                "In a terminal: k kills the active server, f freezes it, r revives it. Needs no configuration.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException {
        arguments.noWords();
        return DemoCommand.run(
                arguments.has("--da") ? ProtocolKind.OPC_DA : ProtocolKind.OPC_UA,
                arguments.has("--script"),
                arguments.has("--json"),
                arguments.value("--mode", ""),
                console.out(),
                console.err());
    }
}
