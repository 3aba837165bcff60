package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ServerOnNetwork;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.relay.Discovery;

/**
 * Servers of OPC UA by FindServers and GetEndpoints, and their items by Browse, for people. What a server answers is not followed to other
 * machines: endpoints are asked for at the address that was named alone, at the ports that it names. Any thread.
 */
public final class UaFinder implements Discovery {
    private static final int PORT = 4840;
    private static final long EACH_MS = 5_000;

    /** Ports of the machine that are asked for endpoints, in one search. */
    private static final int PORTS_MAX = 16;

    private static final int ENDPOINTS_MAX = 64;
    private static final int TEXT_MAX = 1_000;
    private static final int NETWORK_MAX = 1_000;

    private final Function<ClientIdentity, PlainChannel> channels;
    private final Supplier<ClientIdentity> client;
    private final Function<UaMemberConfig, UaItems> items;

    /**
     * @param channels opens channels without security
     * @param client as whom to ask
     * @param items lists those of a server
     */
    public UaFinder(
            Function<ClientIdentity, PlainChannel> channels,
            Supplier<ClientIdentity> client,
            Function<UaMemberConfig, UaItems> items) {
        this.channels = channels;
        this.client = client;
        this.items = items;
    }

    @Override
    public Servers servers(Place place) throws Failed, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * EACH_MS);
        int port = place.port().orElse(PORT);
        List<ApplicationDescription> found = found(place, port);
        List<Server.Ua> servers = new ArrayList<>();
        Set<String> names = names(found, place, port);
        Set<Integer> asked = new LinkedHashSet<>();
        for (ApplicationDescription one : found.subList(0, Math.min(found.size(), SERVERS_MAX))) {
            List<Endpoint> endpoints = List.of();
            for (int at : portsHere(one, names)) {
                if (endpoints.isEmpty()
                        && (asked.contains(at) || asked.size() < PORTS_MAX)
                        && System.nanoTime() < end) {
                    asked.add(at);
                    endpoints = endpoints(place, at, one.getApplicationUri());
                }
            }
            servers.add(new Server.Ua(
                    shown(
                            one.getApplicationName() == null
                                    ? null
                                    : one.getApplicationName().text()),
                    shown(one.getApplicationUri()),
                    endpoints,
                    urls(one)));
        }
        return new Servers(servers, found.size() <= SERVERS_MAX);
    }

    private List<ApplicationDescription> found(Place place, int port) throws Failed, InterruptedException {
        try (PlainChannel channel = open(place, port)) {
            FindServersResponse answer = channel.ask(
                    header -> new FindServersRequest(header, channel.url(), null, null), FindServersResponse.class);
            return Arrays.stream(Objects.requireNonNullElse(answer.getServers(), new ApplicationDescription[0]))
                    .filter(Objects::nonNull)
                    .filter(one -> one.getApplicationType() != ApplicationType.Client)
                    .toList();
        } catch (LinkException e) {
            throw failed(e, place, port);
        }
    }

    /**
     * What the machine is called in the answer: as it was asked for, and as whoever is at the asked port says. Whatever they say, the
     * asked address alone is connected to.
     */
    private static Set<String> names(List<ApplicationDescription> found, Place place, int port) {
        Set<String> names = new LinkedHashSet<>(
                List.of(lower(place.host()), lower(place.address().getHostAddress()), "localhost"));
        for (ApplicationDescription one : found) {
            for (String url : urls(one)) {
                place(url).filter(at -> at.port() == port).ifPresent(at -> names.add(lower(at.host())));
            }
        }
        return names;
    }

    private static String lower(String host) {
        return host.toLowerCase(Locale.ROOT);
    }

    private static Set<Integer> portsHere(ApplicationDescription one, Set<String> names) {
        Set<Integer> ports = new LinkedHashSet<>();
        for (String url : urls(one)) {
            place(url).filter(at -> names.contains(lower(at.host()))).ifPresent(at -> ports.add(at.port()));
        }
        return ports;
    }

    private List<Endpoint> endpoints(Place place, int port, @Nullable String applicationUri)
            throws InterruptedException {
        try (PlainChannel channel = open(place, port)) {
            GetEndpointsResponse answer = channel.ask(
                    header -> new GetEndpointsRequest(
                            header, channel.url(), null, new String[] {Stack.TCP_UASC_UABINARY_TRANSPORT_URI}),
                    GetEndpointsResponse.class);
            return Arrays.stream(Objects.requireNonNullElse(answer.getEndpoints(), new EndpointDescription[0]))
                    .filter(Objects::nonNull)
                    .filter(one -> one.getServer() == null
                            || Objects.equals(one.getServer().getApplicationUri(), applicationUri))
                    .limit(ENDPOINTS_MAX)
                    .map(UaFinder::endpoint)
                    .toList();
        } catch (LinkException e) {
            // the list of servers may be older than the world
            return List.of();
        }
    }

    private static Endpoint endpoint(EndpointDescription one) {
        String uri = Objects.requireNonNullElse(one.getSecurityPolicyUri(), "");
        String name = shown(uri.substring(uri.lastIndexOf('#') + 1));
        return new Endpoint(
                shown(one.getEndpointUrl()),
                Arrays.stream(SecurityChoice.values())
                        .map(SecurityChoice::label)
                        .filter(name::equals)
                        .findFirst()
                        .orElse(name),
                one.getSecurityMode() == null ? "" : one.getSecurityMode().name(),
                takes(one, UserTokenType.Anonymous),
                takes(one, UserTokenType.UserName));
    }

    private static boolean takes(EndpointDescription one, UserTokenType type) {
        return one.getUserIdentityTokens() != null
                && Arrays.stream(one.getUserIdentityTokens())
                        .anyMatch(token -> token != null && token.getTokenType() == type);
    }

    @Override
    public List<String> hosts(Place place) throws Failed, InterruptedException {
        int port = place.port().orElse(PORT);
        try (PlainChannel channel = open(place, port)) {
            FindServersOnNetworkResponse answer = channel.ask(
                    header -> new FindServersOnNetworkRequest(header, uint(0), uint(NETWORK_MAX), null),
                    FindServersOnNetworkResponse.class);
            Set<String> hosts = new LinkedHashSet<>();
            for (ServerOnNetwork one : Objects.requireNonNullElse(answer.getServers(), new ServerOnNetwork[0])) {
                if (one != null && one.getDiscoveryUrl() != null && hosts.size() < NETWORK_MAX) {
                    place(one.getDiscoveryUrl()).ifPresent(at -> hosts.add(shown(at.host())));
                }
            }
            return List.copyOf(hosts);
        } catch (LinkException e) {
            throw failed(e, place, port);
        }
    }

    @Override
    public Items items(MemberConfig member, List<String> path, String filter, int from)
            throws Failed, InterruptedException {
        if (!(member instanceof UaMemberConfig ua)) {
            throw new IllegalArgumentException("a member of " + member.kind());
        }
        Listing listed = items.apply(ua).list(path, filter, Math.min(from, FOLDER_MAX));
        return new Items(listed.items(), listed.more());
    }

    /** @param more as {@link Items#more} */
    record Listing(List<Item> items, OptionalInt more) {}

    private PlainChannel open(Place place, int port) throws LinkException, InterruptedException {
        PlainChannel channel = channels.apply(client.get());
        try {
            channel.open(place.address(), port, url(place, port), EACH_MS);
        } catch (LinkException e) {
            if (e.status().getValue() != StatusCodes.Bad_TcpEndpointUrlInvalid) {
                throw e;
            }
            // where each endpoint has a path of its own, discovery has this one by custom
            channel.open(place.address(), port, url(place, port) + "/discovery", EACH_MS);
        }
        return channel;
    }

    private static Failed failed(LinkException e, Place place, int port) {
        return new Failed(
                "%s gives no list of servers: %s.".formatted(url(place, port), text(e)),
                "Start the server, or its discovery server, at this port; or name another port. A firewall must let this"
                        + " machine in.");
    }

    private static String text(LinkException e) {
        String text = Objects.requireNonNullElse(
                e.getMessage(), "0x%08X".formatted(e.status().getValue()));
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String url(Place place, int port) {
        String host = place.host().contains(":") ? "[" + place.host() + "]" : place.host();
        return "opc.tcp://" + host + ":" + port;
    }

    private static List<String> urls(ApplicationDescription one) {
        return Arrays.stream(Objects.requireNonNullElse(one.getDiscoveryUrls(), new String[0]))
                .filter(Objects::nonNull)
                .filter(url -> url.toLowerCase(Locale.ROOT).startsWith("opc.tcp://"))
                .limit(PORTS_MAX)
                .map(UaFinder::shown)
                .toList();
    }

    private record At(String host, int port) {}

    private static Optional<At> place(String url) {
        try {
            URI uri = URI.create(url);
            String host = uri.getHost();
            return host == null
                    ? Optional.empty()
                    : Optional.of(new At(
                            host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                            uri.getPort() < 0 ? PORT : uri.getPort()));
        } catch (IllegalArgumentException e) {
            // a server's own invention
            return Optional.empty();
        }
    }

    private static String shown(@Nullable String text) {
        String some = Objects.requireNonNullElse(text, "");
        return some.substring(0, Math.min(TEXT_MAX, some.length()));
    }
}
