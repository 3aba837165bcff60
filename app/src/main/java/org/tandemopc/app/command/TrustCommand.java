package org.tandemopc.app.command;

import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem trust}. */
final class TrustCommand implements Command {
    private static final String CERTIFICATES = "/api/v1/certificates";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "trust",
                "[list | add SIDE THUMBPRINT | remove SIDE THUMBPRINT]",
                List.of(
                        Option.Values.of("list", "add", "remove"),
                        Option.Values.of("clients", "members"),
                        Option.Values.ANY),
                List.of(Option.DATA, Option.JSON),
                "whose certificates are trusted, and trust one that was refused",
                "SIDE is clients (at the front door) or members (the servers). 'add' moves a certificate that was refused to"
                        + " the trusted ones: compare its thumbprint with what its owner says first. 'remove' lets it open no"
                        + " new connection; living ones stay. Certificates that never came are trusted by putting their files"
                        + " into the trusted folder of their side (docs/guide/run.md).");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        String action = arguments.word(0).orElse("list");
        try (RestClient service = find(action, arguments)) {
            if (action.equals("list")) {
                return list(service.get(CERTIFICATES).path("certificates"), arguments, console);
            }
            String side = Places.required(arguments, 1, "the side: clients or members");
            String thumbprint = Places.required(arguments, 2, "the thumbprint; 'tandem trust list' shows it");
            JsonNode answer = service.post(
                    CERTIFICATES + (action.equals("add") ? "/trust" : "/remove"),
                    Map.of("side", side, "thumbprint", thumbprint));
            if (arguments.has("--json")) {
                console.json(answer);
            } else {
                console.line(answer.path("thumbprint").asString()
                        + (action.equals("add") ? " is trusted." : " is no longer trusted."));
            }
            return ExitCode.OK;
        }
    }

    /** The command line first: a slip there is not to be reported as a missing service. */
    private static RestClient find(String action, Arguments arguments) throws UsageException, CommandFailure {
        switch (action) {
            case "list" -> arguments.atMost(1);
            case "add", "remove" -> {
                arguments.atMost(3);
                String side = Places.required(arguments, 1, "the side: clients or members");
                if (!side.equals("clients") && !side.equals("members")) {
                    throw new UsageException("'" + side + "' is no side: clients or members.");
                }
                Places.required(arguments, 2, "the thumbprint; 'tandem trust list' shows it");
            }
            default -> throw new UsageException("'" + action + "' is not understood here: list, add or remove.");
        }
        return Places.service(arguments);
    }

    private static int list(JsonNode certificates, Arguments arguments, Console console) {
        if (arguments.has("--json")) {
            console.json(certificates);
            return ExitCode.OK;
        }
        TextTable table = new TextTable("SIDE", "STATE", "THUMBPRINT", "VALID UNTIL", "SUBJECT", "APPLICATION");
        for (JsonNode each : certificates.values()) {
            String state = each.path("state").asString();
            table.row(
                    each.path("side").asString(),
                    state.equals("refused") ? console.toned(Tone.DOUBTFUL, state) : state,
                    each.path("thumbprint").asString(),
                    each.path("notAfter").asString(),
                    Printable.of(each.path("subject").asString()),
                    Printable.of(each.path("applicationUri").asString()));
        }
        table.lines("").forEach(console::line);
        return ExitCode.OK;
    }
}
