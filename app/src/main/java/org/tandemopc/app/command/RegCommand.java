package org.tandemopc.app.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.config.DaIdentity;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tandem reg}: the .reg file that leads the clients of a machine with Windows to a pair of the running service. */
final class RegCommand implements Command {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String HOST = "--host";
    private static final String OUT = "--out";
    private static final String UNDO = "--undo";
    private static final String VENDOR = "Tandem";

    /** OPC Data Access 2.0 (DA 2.05a 5.1), which every pair serves. */
    private static final List<UUID> CATEGORIES = List.of(UUID.fromString("63d5f432-cfe4-11d1-b2c8-0060083ba1fb"));

    private static final Pattern ENDPOINT =
            Pattern.compile("opcda://.*\\{([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})}");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}");

    private final Supplier<Optional<String>> ownName;

    RegCommand() {
        this(RegCommand::nameOfMachine);
    }

    /** @param ownName of this machine as others call it; empty: not known */
    RegCommand(Supplier<Optional<String>> ownName) {
        this.ownName = ownName;
    }

    private static Optional<String> nameOfMachine() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "reg",
                "PAIR",
                List.of(Option.Values.PAIRS),
                List.of(
                        Option.text(
                                HOST,
                                "NAME",
                                "Tandem's machine as the client's reaches it, a name or an IPv4 address; the name of this"
                                        + " machine unless given"),
                        new Option(
                                OUT,
                                "FILE",
                                Option.Values.FILES,
                                "a file that is not there yet; PAIR.reg or PAIR-undo.reg here unless given"),
                        Option.flag(UNDO, "the file that takes it out again"),
                        Option.DATA,
                        Option.JSON),
                "write the .reg file that leads Windows clients of OPC DA to a pair",
                "For clients that know servers only by what is registered on their own machine. The file gives that machine the"
                        + " pair's ProgID and class with Tandem's machine as the place where it runs, for 32 and 64 bits, and"
                        + " removes what would start a server there in its place; so export what is there before you import"
                        + " it (how is said in the file). The file of --undo removes all of it, and brings nothing back.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        String pair = Places.required(arguments, 0, "the pair");
        boolean isUndo = arguments.has(UNDO);
        Optional<String> host = isUndo ? Optional.empty() : Optional.of(host(arguments));
        DaIdentity identity;
        try (RestClient service = Places.service(arguments)) {
            identity = identity(service.get(Places.pairPath(pair)));
        }
        RegistryFile file = host.map(name -> redirect(identity, name))
                .orElseGet(() -> RegistryFile.undo(identity.progId(), identity.clsid()));
        Path path = Path.of(arguments.value(OUT, identity.progId() + (isUndo ? "-undo.reg" : ".reg")));
        write(path, file);
        if (arguments.has("--json")) {
            console.json(json(path, identity, host));
        } else {
            tell(path, identity, host, console);
        }
        return ExitCode.OK;
    }

    private static RegistryFile redirect(DaIdentity identity, String host) {
        return RegistryFile.of(
                identity.progId(), identity.clsid(), identity.versionIndependentProgId(), host, CATEGORIES, VENDOR);
    }

    private String host(Arguments arguments) throws UsageException {
        Optional<String> given = arguments.value(HOST);
        Optional<String> host = given.or(ownName);
        if (host.isEmpty()
                || LOOPBACK.matcher(host.get().toLowerCase(Locale.ROOT)).matches()) {
            throw new UsageException(host.map(name -> "'" + name + "' would lead a client to its own machine.")
                            .orElse("This machine does not know its name.")
                    + " Name it as clients reach it: " + HOST + " NAME.");
        }
        if (!HOST_NAME.matcher(host.get()).matches()) {
            throw new UsageException("'" + Printable.of(host.get())
                    + "' is no name of a machine and no IPv4 address. Name it as clients reach it: " + HOST + " NAME.");
        }
        return host.get();
    }

    private static DaIdentity identity(JsonNode pair) throws CommandFailure {
        String name = pair.path("name").asString();
        String endpoint = pair.path("endpoint").asString();
        Matcher ofClass = ENDPOINT.matcher(endpoint);
        if (!ofClass.matches()) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "'" + Printable.of(name) + "' is no pair of OPC DA: its clients need no .reg file, they connect to "
                            + Printable.of(endpoint) + ".");
        }
        return new DaIdentity(name, UUID.fromString(ofClass.group(1)));
    }

    private static void write(Path path, RegistryFile file) throws CommandFailure {
        try {
            Files.write(path, file.bytes(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, path + " is there already. Remove it, or name another file with " + OUT + ".");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "Cannot write " + path + " (" + e + "). Name a file that can be written with " + OUT + ".");
        }
    }

    private static ObjectNode json(Path path, DaIdentity identity, Optional<String> host) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("file", path.toString());
        json.put("progId", identity.progId());
        json.put("clsid", identity.braced());
        host.ifPresent(name -> json.put("host", name));
        return json;
    }

    private static void tell(Path path, DaIdentity identity, Optional<String> host, Console console) {
        String pair = "'" + identity.progId() + "' " + identity.braced();
        if (host.isEmpty()) {
            console.line(
                    "Wrote " + path + ": imported, " + pair + " is no longer registered on that machine. What was there"
                            + " before comes back by your backup alone.");
            return;
        }
        console.line("Wrote " + path + ": it leads Windows clients of " + pair + " to " + host.get() + ".");
        console.line("First export what is registered there; the commands are in the file. 'tandem reg "
                + identity.progId() + " --undo' writes the file that takes it out again.");
    }
}
