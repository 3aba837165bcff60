package org.tandemopc.app.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Wiring;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.Protocol;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tandem discover}: the servers of a host, by the running service, or by this process where none serves the protocol. */
final class DiscoverCommand implements Command {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String DA = "--da";
    private static final String PORT = "--port";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "discover",
                "HOST",
                List.of(Option.Values.ANY),
                List.of(
                        Option.flag(DA, "servers of OPC DA, by the host's OpcEnum; of OPC UA unless given"),
                        Option.text(PORT, "NUMBER", "where to ask; 4840 (OPC UA) or 135 (OPC DA) unless given"),
                        PasswordSource.USER,
                        PasswordSource.PASSWORD,
                        DaAddition.LEVEL,
                        Option.DATA,
                        Option.JSON),
                "list the OPC servers of a host",
                "Of OPC UA by FindServers and GetEndpoints, with the ways in that each server offers; of OPC DA by OpcEnum, with"
                        + " ProgID, CLSID and the versions that are registered. What is listed can be added: 'tandem add'."
                        + " Asks the running service; where none runs, or it has no front door of the protocol, this"
                        + " command looks itself.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        String host = arguments.onlyWord("the host, as 10.0.0.1");
        Map<String, Object> body = body(host, arguments);
        JsonNode found;
        try (Waiting _ = Waiting.on(console)) {
            found = found(body, arguments);
        }
        if (arguments.has("--json")) {
            console.json(found);
        } else {
            print(found, console);
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> body(String host, Arguments arguments) throws UsageException {
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("protocol", arguments.has(DA) ? "opcda" : "opcua");
        body.put("host", host);
        Optional<String> port = arguments.value(PORT);
        if (port.isPresent()) {
            if (!port.get().matches("[1-9][0-9]{0,4}") || Integer.parseInt(port.get()) > 65_535) {
                throw new UsageException("--port is a number from 1 to 65535.");
            }
            body.put("port", Integer.parseInt(port.get()));
        }
        if (!arguments.has(DA)) {
            DaAddition.refuse(arguments);
            return body;
        }
        arguments.value(PasswordSource.USER.name()).ifPresent(user -> body.put("user", user));
        PasswordSource.ofProcess().forUse(arguments).ifPresent(password -> body.put("password", password));
        arguments.value(DaAddition.LEVEL.name()).ifPresent(level -> body.put("level", level));
        return body;
    }

    private static JsonNode found(Map<String, Object> body, Arguments arguments)
            throws CommandFailure, InterruptedException {
        try (RestClient service = Places.service(arguments)) {
            return service.post("/api/v1/discovery/servers", body);
        } catch (CommandFailure e) {
            boolean hasNoDoor = e.exitCode() == ExitCode.REFUSED;
            if (e.exitCode() != ExitCode.NO_SERVICE && !hasNoDoor) {
                throw e;
            }
            return alone(body, Path.of(Places.data(arguments)));
        }
    }

    // ---- without a service

    private static JsonNode alone(Map<String, Object> body, Path data) throws CommandFailure, InterruptedException {
        ProtocolKind kind = "opcda".equals(body.get("protocol")) ? ProtocolKind.OPC_DA : ProtocolKind.OPC_UA;
        try (Protocol protocol = Wiring.searching(kind, data)) {
            return json(protocol.discovery().servers(place(body)));
        } catch (Discovery.Failed e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    Printable.of(e.getMessage() + " " + e.remedy()).strip());
        } catch (UnknownHostException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "The name '" + Printable.of(String.valueOf(body.get("host"))) + "' has no address.");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage() + " Or name another data folder with --data.");
        }
    }

    private static Discovery.Place place(Map<String, Object> body) throws UnknownHostException {
        String host = String.valueOf(body.get("host"));
        Object user = body.get("user");
        MemberConfig.Account account = user == null
                ? null
                : new MemberConfig.Account(
                        String.valueOf(user), new Secret(String.valueOf(body.getOrDefault("password", ""))));
        String level = String.valueOf(body.getOrDefault("level", account == null ? "none" : "integrity"));
        DaLevel least = java.util.Arrays.stream(DaLevel.values())
                .filter(one -> one.label().equals(level))
                .findFirst()
                .orElse(DaLevel.INTEGRITY);
        return new Discovery.Place(
                host,
                InetAddress.getByName(host),
                body.get("port") instanceof Integer port ? OptionalInt.of(port) : OptionalInt.empty(),
                account,
                least);
    }

    private static JsonNode json(Discovery.Servers found) {
        ObjectNode json = MAPPER.createObjectNode();
        ArrayNode servers = json.putArray("servers");
        for (Discovery.Server server : found.servers()) {
            ObjectNode one = servers.addObject();
            switch (server) {
                case Discovery.Server.Da da -> {
                    one.put("progId", da.progId()).put("clsid", da.clsid()).put("description", da.description());
                    ArrayNode versions = one.putArray("versions");
                    da.versions().forEach(versions::add);
                }
                case Discovery.Server.Ua ua -> {
                    one.put("applicationName", ua.applicationName()).put("applicationUri", ua.applicationUri());
                    ArrayNode endpoints = one.putArray("endpoints");
                    ua.endpoints()
                            .forEach(way -> endpoints
                                    .addObject()
                                    .put("url", way.url())
                                    .put("security", way.security())
                                    .put("mode", way.mode())
                                    .put("anonymous", way.anonymous())
                                    .put("user", way.user()));
                    ArrayNode urls = one.putArray("discoveryUrls");
                    ua.discoveryUrls().forEach(urls::add);
                }
            }
        }
        return json.put("isAll", found.isAll());
    }

    // ---- for people

    private static void print(JsonNode found, Console console) {
        if (found.path("servers").isEmpty()) {
            console.line("There are no servers of this protocol.");
        }
        for (JsonNode server : found.path("servers")) {
            if (server.has("clsid")) {
                console.line(Printable.of("%s  %s".formatted(text(server, "progId"), text(server, "clsid"))));
                console.line(Printable.of("  %s (%s)"
                        .formatted(
                                text(server, "description"),
                                String.join(
                                        ", ",
                                        server.path("versions").values().stream()
                                                .map(JsonNode::asString)
                                                .toList()))));
            } else {
                console.line(Printable.of(
                        "%s  %s".formatted(text(server, "applicationName"), text(server, "applicationUri"))));
                ways(server, console);
            }
        }
        if (!found.path("isAll").asBoolean(true)) {
            console.line("There are more.");
        }
    }

    private static void ways(JsonNode server, Console console) {
        for (JsonNode way : server.path("endpoints")) {
            String logins = (way.path("anonymous").asBoolean() ? " anonymous" : "")
                    + (way.path("user").asBoolean() ? " user" : "");
            console.line(Printable.of("  %s  %s %s %s"
                    .formatted(text(way, "url"), text(way, "security"), text(way, "mode"), logins.strip())
                    .stripTrailing()));
        }
        if (server.path("endpoints").isEmpty()) {
            for (JsonNode url : server.path("discoveryUrls")) {
                console.line(Printable.of("  %s  (not asked)".formatted(url.asString())));
            }
        }
    }

    private static String text(JsonNode json, String key) {
        String text = json.path(key).asString("");
        return text.isEmpty() ? "-" : text;
    }
}
