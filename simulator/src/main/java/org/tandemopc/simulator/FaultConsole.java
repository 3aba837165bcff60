package org.tandemopc.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;

/** Understands the lines of the fault console. Any thread. */
final class FaultConsole implements LineConsole {
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

    @Override
    public List<String> execute(String line) {
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
            case "state" -> state(Words.only(arguments, "a ServerState"));
            case "servicelevel" -> serviceLevel(Words.number(Words.only(arguments, "a number")));
            case "bad" -> nodes(server.setBad(Glob.of(Words.only(arguments, "a glob")), true));
            case "good" -> nodes(server.setBad(Glob.of(Words.only(arguments, "a glob")), false));
            case "freeze" -> nodes(server.setFrozen(Glob.of(Words.only(arguments, "a glob")), true));
            case "thaw" -> nodes(server.setFrozen(Glob.of(arguments.isEmpty() ? "*" : arguments.get(0)), false));
            case "slow" -> slow(arguments);
            case "mute" -> mute(Words.only(arguments, "on or off"));
            case "skew" -> skew(Words.only(arguments, "milliseconds"));
            case "revoke" -> revoke(Words.only(arguments, "a user"), true);
            case "grant" -> revoke(Words.only(arguments, "a user"), false);
            case "shutdown" -> shutDown(Words.number(Words.only(arguments, "seconds")));
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
            server.delays().set(Delays.named(arguments.get(0)), Words.number(arguments.get(1)));
        } else {
            server.delays().setAll(Words.number(Words.only(arguments, "milliseconds")));
        }
        return List.of();
    }

    private List<String> mute(String word) {
        server.setMuted(Words.isOn(word));
        return List.of();
    }

    private List<String> skew(String ms) {
        server.setSkew(Words.number(ms));
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
