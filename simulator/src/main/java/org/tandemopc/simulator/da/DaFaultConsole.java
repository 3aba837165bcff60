package org.tandemopc.simulator.da;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.simulator.Json;
import org.tandemopc.simulator.LineConsole;
import org.tandemopc.simulator.Words;

/** The fault console of a simulated DA server. Any thread. */
final class DaFaultConsole implements LineConsole {
    static final List<String> HELP = List.of(
            "state <OPCSERVERSTATE>                     what GetStatus says: running, failed, no_config, suspended ...",
            "bad <glob> | good <glob>                   quality of items, such as counter.*",
            "freeze <glob> | thaw [<glob>]              values stand still, and go on with the present tick",
            "refuse <glob> <hresult> | refuse nothing   items that are not added, such as 0xC0040007",
            "slow <status|read|write|browse|groups|async> <ms>   calls answer so much later",
            "hang on|off                                no call is answered, no callback sent",
            "mute on|off                                no callback is sent",
            "shutdown <reason>                          ShutdownRequest to all clients; the server stays",
            "vanish | revive                            no listener, connections reset; and back, as after a start",
            "stats                                      figures as JSON",
            "ledger                                     applied writes, a JSON line each",
            "exit                                       ends the process",
            "help");

    private static final int HEX = 16;

    private final DaSimulatorProcess process;

    DaFaultConsole(DaSimulatorProcess process) {
        this.process = process;
    }

    @Override
    public List<String> execute(String line) {
        List<String> words = Arrays.asList(line.strip().split("\\s+"));
        List<String> arguments = words.subList(1, words.size());
        return switch (words.getFirst()) {
            case "state" -> state(Words.only(arguments, "an OPCSERVERSTATE"));
            case "bad" -> items(faults().quality(glob(arguments), Optional.of(Quality.BAD)));
            case "good" -> items(faults().quality(glob(arguments), Optional.empty()));
            case "freeze" -> items(faults().freeze(glob(arguments), true));
            case "thaw" -> items(faults().freeze(arguments.isEmpty() ? "*" : glob(arguments), false));
            case "refuse" -> refuse(arguments);
            case "slow" -> slow(arguments);
            case "hang" -> done(() -> faults().hang(Words.isOn(Words.only(arguments, "on or off"))));
            case "mute" -> done(() -> faults().mute(Words.isOn(Words.only(arguments, "on or off"))));
            case "shutdown" -> shutdown(String.join(" ", arguments));
            case "vanish" -> done(process::vanish);
            case "revive" -> revive();
            case "stats" -> List.of(stats());
            case "ledger" -> process.server().ledger().lines();
            case "exit" -> done(process::requestExit);
            case "help" -> HELP;
            default -> throw new IllegalArgumentException("unknown command " + words.getFirst() + ": help lists them");
        };
    }

    private DaFaults faults() {
        return process.server().faults();
    }

    private static List<String> done(Runnable what) {
        what.run();
        return List.of();
    }

    private static String glob(List<String> arguments) {
        return Words.only(arguments, "a glob");
    }

    private static List<String> items(int matches) {
        if (matches == 0) {
            throw new IllegalArgumentException("no item matches");
        }
        return List.of(matches + " items");
    }

    private List<String> state(String name) {
        OpcServerState state = named(OpcServerState.values(), name, "server state");
        return done(() -> faults().state(state));
    }

    private static <E extends Enum<E>> E named(E[] all, String name, String what) {
        return Arrays.stream(all)
                .filter(one -> one.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no %s %s: %s"
                        .formatted(
                                what,
                                name,
                                Arrays.stream(all)
                                        .map(one -> one.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    private List<String> refuse(List<String> arguments) {
        if (arguments.equals(List.of("nothing"))) {
            return done(() -> faults().refuseNothing());
        }
        if (arguments.size() != 2) {
            throw new IllegalArgumentException("expected: refuse <glob> <hresult>, or refuse nothing");
        }
        int hresult = hresult(arguments.get(1));
        return done(() -> faults().refuse(arguments.getFirst(), hresult));
    }

    private static int hresult(String text) {
        try {
            return Integer.parseUnsignedInt(text.replaceFirst("^0[xX]", ""), HEX);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an HRESULT expected, such as 0xC0040007, not " + text, e);
        }
    }

    private List<String> slow(List<String> arguments) {
        if (arguments.size() != 2) {
            throw new IllegalArgumentException("expected: slow <kind> <ms>");
        }
        DaFaults.Kind kind = named(DaFaults.Kind.values(), arguments.getFirst(), "kind of call");
        Duration delay = Duration.ofMillis(Words.number(arguments.get(1)));
        return done(() -> faults().delay(kind, delay));
    }

    private List<String> shutdown(String reason) {
        return List.of(process.server().requestShutdown(reason) + " clients");
    }

    private List<String> revive() {
        try {
            process.revive();
            return List.of();
        } catch (IOException e) {
            throw new IllegalStateException("revive failed: " + e.getMessage(), e);
        }
    }

    private String stats() {
        DaSimulatedServer server = process.server();
        return "{\"name\":" + Json.quote(process.settings().name())
                + ",\"pid\":" + ProcessHandle.current().pid()
                + ",\"connections\":" + server.connections()
                + ",\"clients\":" + server.clients()
                + ",\"groups\":" + server.groups()
                + ",\"items\":" + server.items()
                + ",\"sinks\":" + server.sinks()
                + ",\"objects\":" + server.objects()
                + ",\"objectPort\":" + server.objectAddress().getPort() + "}";
    }
}
