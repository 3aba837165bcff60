package org.tandemopc.app.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import org.tandemopc.service.users.Role;
import tools.jackson.databind.JsonNode;

/** {@code tandem user}. */
final class UserCommand implements Command {
    private static final String USERS = "/api/v1/users";
    private static final String NAME = "the user";
    private static final String ROLE = "the role: viewer, operator or engineer";

    private final NewPassword passwords;

    /** @param passwords where a new password comes from; never from the command line, which others can see */
    UserCommand(NewPassword passwords) {
        this.passwords = passwords;
    }

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "user",
                "[list | add NAME ROLE | role NAME ROLE | password NAME | remove NAME]",
                List.of(
                        Option.Values.of("list", "add", "role", "password", "remove"),
                        Option.Values.ANY,
                        Option.Values.of("viewer", "operator", "engineer")),
                List.of(Option.DATA, Option.JSON),
                "who may use the console, and as what",
                "A viewer sees, an operator also switches, pins and enables, an engineer also changes configuration, users and"
                        + " certificates. The first user is an engineer, and the last engineer stays. The password is asked for"
                        + " on the terminal, or is the first line of standard input; never an argument, which others on the"
                        + " machine can see. Another role or password ends the user's logins. On the running service, at"
                        + " once.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        String action = arguments.word(0).orElse("list");
        Map<String, Object> body = body(action, arguments);
        try (RestClient service = Places.service(arguments)) {
            if (action.equals("list")) {
                return list(service.get(USERS).path("users"), arguments, console);
            }
            String name = Places.required(arguments, 1, NAME);
            if (action.equals("add") || action.equals("password")) {
                body.put("password", passwords.read("Password for " + Printable.of(name) + ": ", console));
            }
            String path = USERS + "/" + RestClient.segment(name);
            JsonNode answer = switch (action) {
                case "add" -> service.post(USERS, body);
                case "remove" -> service.delete(path);
                default -> service.post(path, body);
            };
            if (arguments.has("--json")) {
                console.json(answer);
            } else {
                console.line("'" + Printable.of(name) + "' " + done(action, body) + ".");
            }
            return ExitCode.OK;
        }
    }

    /** The command line first: a slip there is not to be reported as a missing service. */
    private static Map<String, Object> body(String action, Arguments arguments) throws UsageException {
        Map<String, Object> body = new LinkedHashMap<>();
        switch (action) {
            case "list" -> arguments.atMost(1);
            case "add", "role" -> {
                arguments.atMost(3);
                String name = Places.required(arguments, 1, NAME);
                String role = Places.required(arguments, 2, ROLE);
                if (Role.of(role).isEmpty()) {
                    throw new UsageException("'" + role + "' is no role: viewer, operator or engineer.");
                }
                body.put("name", name);
                body.put("role", role);
            }
            case "password", "remove" -> {
                arguments.atMost(2);
                Places.required(arguments, 1, NAME);
            }
            default ->
                throw new UsageException(
                        "'" + action + "' is not understood here: list, add, role, password or remove.");
        }
        body.put("by", Places.user());
        return body;
    }

    private static String done(String action, Map<String, Object> body) {
        return switch (action) {
            case "add" -> "is a user now: " + body.get("role");
            case "role" -> "is " + body.get("role") + " from now on";
            case "password" -> "has another password";
            default -> "is no user any more";
        };
    }

    private static int list(JsonNode users, Arguments arguments, Console console) {
        if (arguments.has("--json")) {
            console.json(users);
            return ExitCode.OK;
        }
        if (users.isEmpty()) {
            console.line("There are no users. 'tandem user add NAME engineer' makes the first one.");
            return ExitCode.OK;
        }
        TextTable table = new TextTable("NAME", "ROLE", "LAST LOGIN");
        for (JsonNode each : users.values()) {
            JsonNode seen = each.path("lastSeen");
            table.row(
                    Printable.of(each.path("name").asString()),
                    each.path("role").asString(),
                    seen.isString() ? seen.asString() : "never");
        }
        table.lines("").forEach(console::line);
        return ExitCode.OK;
    }
}
