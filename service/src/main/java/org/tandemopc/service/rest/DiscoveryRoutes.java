package org.tandemopc.service.rest;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.MemberReading;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.Discovery;
import org.tandemopc.service.MemberForm;
import org.tandemopc.service.PairHandle;
import tools.jackson.databind.JsonNode;

/**
 * Hosts, servers and items for whoever configures a pair. POSTs, for they make connections. Each use is an entry of the audit
 * log, without accounts and passwords.
 */
final class DiscoveryRoutes {
    private static final String DISCOVERY = "/api/v1/discovery";
    private static final int PORT_MAX = 65_535;
    private static final int PATH_MAX = 64;
    private static final int ID_MAX = 4_000;
    private static final int UA_PORT = 4840;

    private final ServiceFacade service;
    private final Semaphore searches = new Semaphore(RestLimits.SEARCHES_MAX);

    DiscoveryRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.post(DISCOVERY + "/hosts", call -> noted(call, this::hosts)),
                Route.post(DISCOVERY + "/servers", call -> noted(call, this::servers)),
                Route.post(DISCOVERY + "/items", call -> noted(call, this::items)));
    }

    // ---- the frame

    private interface Search {
        Reply of(Call call) throws Problem, Discovery.Failed, InterruptedException;
    }

    private Reply noted(Call call, Search search) throws Problem, InterruptedException {
        call.note(where(call));
        if (!searches.tryAcquire()) {
            throw Problem.busy();
        }
        try {
            return search.of(call);
        } catch (Discovery.Failed e) {
            throw new Problem(502, "discovery-failed", Printable.of(String.valueOf(e.getMessage())), e.remedy());
        } finally {
            searches.release();
        }
    }

    private static String where(Call call) throws Problem {
        JsonNode json = call.json();
        String where = json.path("host")
                .asString(json.path("pair")
                        .asString(json.path("settings").path("host").asString("")));
        String shown = Printable.of(
                where.isEmpty()
                        ? json.path("settings")
                                .path("url")
                                .asString(json.path("server").asString("-"))
                        : where);
        return shown.substring(0, Math.min(shown.length(), 200));
    }

    private Discovery discovery(ProtocolKind kind) throws Problem {
        return service.runtime()
                .discovery(kind)
                .orElseThrow(() -> new Problem(
                        409,
                        "refused",
                        "This Tandem serves no %s yet.".formatted(kind.label()),
                        kind == ProtocolKind.OPC_DA
                                ? "Write 'opcda:' with 'accounts:' into the configuration first, and apply it; or use"
                                        + " 'tandem discover --da', which needs no service."
                                : "Write 'opcua:' into the configuration first, and apply it; or use 'tandem discover',"
                                        + " which needs no service."));
    }

    private static ProtocolKind kind(Call call) throws Problem {
        return switch (call.text("protocol")) {
            case "opcua" -> ProtocolKind.OPC_UA;
            case "opcda" -> ProtocolKind.OPC_DA;
            default -> throw Problem.badRequest("'protocol' is opcua or opcda.");
        };
    }

    private static OptionalInt port(Call call) throws Problem {
        JsonNode port = call.json().path("port");
        if (port.isMissingNode() || port.isNull()) {
            return OptionalInt.empty();
        }
        if (!port.isInt() || port.asInt() < 1 || port.asInt() > PORT_MAX) {
            throw Problem.badRequest("'port' is a number from 1 to %d.".formatted(PORT_MAX));
        }
        return OptionalInt.of(port.asInt());
    }

    // ---- hosts

    /** Those that somebody named before; nothing is scanned. */
    private Reply hosts(Call call) throws Problem, Discovery.Failed, InterruptedException {
        ProtocolKind kind = kind(call);
        Map<String, String> hosts = new LinkedHashMap<>();
        hosts.put("localhost", "this machine");
        for (PairHandle pair : service.runtime().pairs()) {
            for (MemberConfig member : pair.config().members()) {
                host(member).ifPresent(host -> hosts.putIfAbsent(host, "a member of '" + pair.name() + "'"));
            }
        }
        String server = call.optionalText("server").orElse(null);
        if (server != null) {
            for (String host : discovery(kind).hosts(place(server, port(call)))) {
                hosts.putIfAbsent(host, "known to the discovery server of " + server);
            }
        }
        List<Object> told = new ArrayList<>();
        hosts.forEach((host, why) -> told.add(Map.of("host", host, "why", why)));
        return Reply.ok(Map.of("hosts", told));
    }

    private static Optional<String> host(MemberConfig member) {
        return switch (member) {
            case DaMemberConfig da -> Optional.of(da.host());
            case UaMemberConfig ua -> uri(ua.url()).map(URI::getHost).map(DiscoveryRoutes::bare);
        };
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Optional<URI> uri(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() == null ? Optional.empty() : Optional.of(uri);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Discovery.Place place(String host, OptionalInt port) throws Problem, InterruptedException {
        return new Discovery.Place(host, SearchedHosts.address(host), port, null, DaLevel.NONE);
    }

    // ---- servers

    private Reply servers(Call call) throws Problem, Discovery.Failed, InterruptedException {
        ProtocolKind kind = kind(call);
        String host = call.text("host");
        Discovery discovery = discovery(kind);
        MemberConfig.Account account = account(call);
        Discovery.Place place =
                new Discovery.Place(host, SearchedHosts.address(host), port(call), account, level(call, account));
        Discovery.Servers found = discovery.servers(place);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "servers", found.servers().stream().map(DiscoveryRoutes::server).toList());
        json.put("isAll", found.isAll());
        return Reply.ok(json);
    }

    private static MemberConfig.@Nullable Account account(Call call) throws Problem {
        Optional<String> user = call.optionalText("user");
        Optional<String> password = call.optionalText("password");
        if (user.isEmpty() && password.isEmpty()) {
            return null;
        }
        if (user.isEmpty() || password.isEmpty()) {
            throw Problem.badRequest("'user' and 'password' go together.");
        }
        return new MemberConfig.Account(user.get(), new Secret(password.get()));
    }

    private static DaLevel level(Call call, MemberConfig.@Nullable Account account) throws Problem {
        String wanted = call.optionalText("level").orElse(null);
        if (wanted == null) {
            return account == null ? DaLevel.NONE : DaLevel.INTEGRITY;
        }
        return Arrays.stream(DaLevel.values())
                .filter(level -> level.label().equals(wanted))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("'level' is none, connect, integrity or privacy."));
    }

    private static Map<String, Object> server(Discovery.Server server) {
        Map<String, Object> json = new LinkedHashMap<>();
        switch (server) {
            case Discovery.Server.Da da -> {
                json.put("progId", da.progId());
                json.put("clsid", da.clsid());
                json.put("description", da.description());
                json.put("versions", da.versions());
            }
            case Discovery.Server.Ua ua -> {
                json.put("applicationName", ua.applicationName());
                json.put("applicationUri", ua.applicationUri());
                json.put(
                        "endpoints",
                        ua.endpoints().stream().map(DiscoveryRoutes::endpoint).toList());
                json.put("discoveryUrls", ua.discoveryUrls());
            }
        }
        return json;
    }

    private static Map<String, Object> endpoint(Discovery.Endpoint endpoint) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("url", endpoint.url());
        json.put("security", endpoint.security());
        json.put("mode", endpoint.mode());
        json.put("anonymous", endpoint.anonymous());
        json.put("user", endpoint.user());
        return json;
    }

    // ---- items

    private Reply items(Call call) throws Problem, Discovery.Failed, InterruptedException {
        MemberConfig member = call.json().has("settings") ? unsaved(call) : saved(call);
        Discovery.Items found = discovery(member.kind())
                .items(member, path(call), call.optionalText("filter").orElse(""), after(call));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("items", found.items().stream().map(DiscoveryRoutes::item).toList());
        found.more().ifPresent(more -> json.put("more", String.valueOf(more)));
        return Reply.ok(json);
    }

    private static Map<String, Object> item(Discovery.Item item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", item.name());
        json.put("id", item.id());
        json.put("isFolder", item.isFolder());
        json.put("isItem", item.isItem());
        item.dataType().ifPresent(type -> json.put("dataType", type));
        return json;
    }

    private MemberConfig saved(Call call) throws Problem {
        List<MemberConfig> members = service.pair(call.text("pair")).config().members();
        int member = call.json().has("member") ? call.member("member") : 0;
        if (member < 0 || member >= members.size()) {
            throw Problem.badRequest("'member' is a number from 0 to %d.".formatted(members.size() - 1));
        }
        return members.get(member);
    }

    /** Of a pair that is not there yet: connected to at the address that was judged alone. */
    private static MemberConfig unsaved(Call call) throws Problem, InterruptedException {
        JsonNode settings = call.json().path("settings");
        if (settings.path("password").isObject()) {
            throw new Problem(
                    422,
                    "hidden-password",
                    "A password that is kept is not sent to a server that is not saved.",
                    "Write the password, or file:/path or env:NAME.");
        }
        MemberReading reading = MemberForm.read(settings, System.getenv());
        List<ConfigProblem> errors =
                reading.problems().stream().filter(ConfigProblem::isError).toList();
        if (reading.member().isEmpty()) {
            ConfigProblem first = errors.getFirst();
            throw new Problem(
                    422,
                    "invalid-configuration",
                    (first.path().isEmpty() ? "" : first.path() + ": ") + first.message(),
                    first.remedy());
        }
        return pinned(reading.member().get());
    }

    private static MemberConfig pinned(MemberConfig member) throws Problem, InterruptedException {
        return switch (member) {
            case DaMemberConfig da ->
                new DaMemberConfig(
                        SearchedHosts.address(da.host()).getHostAddress(),
                        da.port(),
                        da.progId(),
                        da.clsid(),
                        da.level(),
                        da.account());
            case UaMemberConfig ua ->
                new UaMemberConfig(pinned(ua.url()), ua.security(), ua.mode(), ua.account(), ua.trust());
        };
    }

    private static String pinned(String url) throws Problem, InterruptedException {
        URI uri = uri(url).orElseThrow(() -> Problem.badRequest("'url' has no host that can be looked up."));
        String address = SearchedHosts.address(bare(uri.getHost())).getHostAddress();
        return "opc.tcp://%s:%d%s"
                .formatted(
                        address.contains(":") ? "[" + address + "]" : address,
                        uri.getPort() < 0 ? UA_PORT : uri.getPort(),
                        Optional.ofNullable(uri.getRawPath()).orElse(""));
    }

    private static List<String> path(Call call) throws Problem {
        List<String> path = new ArrayList<>();
        for (JsonNode id : call.json().path("path")) {
            if (!id.isString() || id.asString().isEmpty() || id.asString().length() > ID_MAX) {
                throw Problem.badRequest("'path' has the ids of folders from the top down.");
            }
            path.add(id.asString());
        }
        if (path.size() > PATH_MAX) {
            throw Problem.badRequest("'path' has at most %d ids.".formatted(PATH_MAX));
        }
        return path;
    }

    private static int after(Call call) throws Problem {
        String after = call.optionalText("after").orElse("0");
        if (!after.matches("[0-9]{1,5}") || Integer.parseInt(after) > Discovery.FOLDER_MAX) {
            throw Problem.badRequest("'after' is what 'more' was before.");
        }
        return Integer.parseInt(after);
    }
}
