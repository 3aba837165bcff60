package org.tandemopc.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;

/** Understands the lines of the fault console. Any thread. */
final class FaultConsole {
    static final List<String> HELP = List.of(
            "state <ServerState>                        what Server_ServerStatus_State shows",
            "servicelevel <0-255>                       what Server_ServiceLevel shows",
            "bad <glob> | good <glob>                   quality of nodes, such as counter/*",
            "freeze <glob> | thaw [<glob>]              values stand still, and go on with the present tick",
            "slow <ms> | slow <read|write|call|browse> <ms>   answers wait after the work was done",
            "mute on|off                                items are created, and never report anything",
            "skew <ms>                                  how far the clock is ahead; negative: behind",
            "revoke <user> | grant <user>               whether the user's logins are let in",
            "shutdown <seconds>                         announced: counts down and exits",
            "vanish | revive                            no listener, connections reset; and back",
            "stats                                      figures as JSON",
            "ledger                                     applied writes and calls, a JSON line each",
            "exit                                       ends the process",
            "help");

    private final SimulatedServer server;

    FaultConsole(SimulatedServer server) {
        this.server = server;
    }

    /** @throws IllegalArgumentException with a message for people when the line is not understood */
    List<String> execute(String line) {
        List<String> words = Arrays.asList(line.strip().split("\\s+"));
        List<String> arguments = words.subList(1, words.size());
        try {
            return execute(words.get(0), arguments);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(words.get(0) + " failed: " + e.getMessage(), e);
        }
    }

    private List<String> execute(String command, List<String> arguments) throws Exception {
        return switch (command) {
            case "state" -> state(only(arguments, "a ServerState"));
            case "servicelevel" -> serviceLevel(number(only(arguments, "a number")));
            case "bad" -> nodes(server.setBad(Glob.of(only(arguments, "a glob")), true));
            case "good" -> nodes(server.setBad(Glob.of(only(arguments, "a glob")), false));
            case "freeze" -> nodes(server.setFrozen(Glob.of(only(arguments, "a glob")), true));
            case "thaw" -> nodes(server.setFrozen(Glob.of(arguments.isEmpty() ? "*" : arguments.get(0)), false));
            case "slow" -> slow(arguments);
            case "mute" -> mute(only(arguments, "on or off"));
            case "skew" -> skew(only(arguments, "milliseconds"));
            case "revoke" -> revoke(only(arguments, "a user"), true);
            case "grant" -> revoke(only(arguments, "a user"), false);
            case "shutdown" -> shutDown(number(only(arguments, "seconds")));
            case "vanish" -> {
                server.vanish();
                yield List.of();
            }
            case "revive" -> {
                server.revive();
                yield List.of();
            }
            case "stats" -> List.of(server.stats());
            case "ledger" -> server.ledger();
            case "exit" -> {
                server.requestExit();
                yield List.of();
            }
            case "help" -> HELP;
            default -> throw new IllegalArgumentException("unknown command " + command + ": help lists them");
        };
    }

    private static String only(List<String> arguments, String what) {
        if (arguments.size() != 1) {
            throw new IllegalArgumentException("one argument expected: " + what);
        }
        return arguments.get(0);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number expected, not " + text, e);
        }
    }

    private List<String> state(String name) {
        for (ServerState state : ServerState.values()) {
            if (state.name().equalsIgnoreCase(name)) {
                server.setState(state);
                return List.of();
            }
        }
        throw new IllegalArgumentException("no server state " + name + ": "
                + Arrays.stream(ServerState.values()).map(Enum::name).collect(Collectors.joining(", ")));
    }

    private List<String> serviceLevel(int level) {
        if (level < 0 || level > 255) {
            throw new IllegalArgumentException("a ServiceLevel is 0 to 255");
        }
        server.setServiceLevel(level);
        return List.of();
    }

    private static List<String> nodes(int matches) {
        if (matches == 0) {
            throw new IllegalArgumentException("no node matches");
        }
        return List.of(matches + " nodes");
    }

    private List<String> slow(List<String> arguments) {
        if (arguments.size() == 2) {
            server.delays().set(Delays.named(arguments.get(0)), number(arguments.get(1)));
        } else {
            server.delays().setAll(number(only(arguments, "milliseconds")));
        }
        return List.of();
    }

    private List<String> mute(String word) {
        switch (word) {
            case "on" -> server.setMuted(true);
            case "off" -> server.setMuted(false);
            default -> throw new IllegalArgumentException("on or off expected, not " + word);
        }
        return List.of();
    }

    private List<String> skew(String ms) {
        server.setSkew(number(ms));
        return List.of();
    }

    private List<String> revoke(String user, boolean isRevoked) {
        server.users().setRevoked(user, isRevoked);
        return List.of();
    }

    private List<String> shutDown(int seconds) {
        server.shutDownIn(seconds);
        return List.of();
    }
}
