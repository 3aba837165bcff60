package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.DaIdentity;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.relay.Discovery;

/**
 * Servers of OPC DA by a host's OpcEnum, and items of a server by browsing, for people. Its logins are counted apart from those of links:
 * what a person types wrong stops no link. Any thread.
 */
public final class DaFinder implements Discovery {
    private static final Duration SERVERS = Duration.ofSeconds(10);
    private static final Duration ITEMS = Duration.ofSeconds(20);
    /** Of that, for data types, which are no more than a help. */
    private static final Duration TYPES = Duration.ofSeconds(3);

    private static final Map<DaDiscovery.Version, String> VERSIONS =
            Map.of(DaDiscovery.Version.DA_1, "1.0", DaDiscovery.Version.DA_2, "2.05a", DaDiscovery.Version.DA_3, "3.0");

    private final BiFunction<MemberConfig.@Nullable Account, DaLevel, ClientSecurity> logins;
    private final DcomServer sinks;

    /**
     * @param logins made of an account as configured
     * @param sinks stays open as long as this is used
     */
    public DaFinder(BiFunction<MemberConfig.@Nullable Account, DaLevel, ClientSecurity> logins, DcomServer sinks) {
        this.logins = logins;
        this.sinks = sinks;
    }

    @Override
    public Servers servers(Place place) throws Failed, InterruptedException {
        RemoteHost host = RemoteHost.of(place.host(), place.address())
                .withResolverPort(place.port().orElse(RemoteHost.RESOLVER_PORT));
        ClientSecurity account = logins.apply(place.account(), place.level()).apart();
        // a class is needed for an address, and none for what is asked
        DaMemberAddress asked = new DaMemberAddress(0, host, Optional.empty(), Optional.of("OpcEnum"));
        try {
            DaDiscovery.Servers found = DaDiscovery.servers(host, account, Deadline.after(SERVERS));
            return new Servers(found.servers().stream().map(DaFinder::server).toList(), found.isAll());
        } catch (LinkException | RpcFaultException e) {
            throw failed(e, new DaCheckRemedies(asked, account));
        }
    }

    private static Server.Da server(DaDiscovery.Server found) {
        List<String> versions = found.versions().stream()
                .map(version -> VERSIONS.getOrDefault(version, ""))
                .sorted()
                .toList();
        return new Server.Da(found.progId(), DaIdentity.braced(found.clsid().toUuid()), found.name(), versions);
    }

    /** Whoever knows hosts of OPC DA asks no network: OpcEnum is a host's own. */
    @Override
    public List<String> hosts(Place place) {
        return List.of();
    }

    @Override
    public Items items(MemberConfig member, List<String> path, String filter, int from)
            throws Failed, InterruptedException {
        if (!(member instanceof DaMemberConfig da)) {
            throw new IllegalArgumentException("a member of " + member.kind());
        }
        ClientSecurity account = logins.apply(da.account(), da.level()).apart();
        DaMemberAddress address = new DaMemberAddress(
                0,
                HostNames.named(da.host(), da.port()),
                da.clsid().map(id -> Guid.of(id.toString())),
                Optional.of(da.progId()).filter(id -> !id.isEmpty()));
        DaConnector connector = new DaConnector(address, account, sinks, new LastHeard(System::nanoTime));
        Deadline deadline = Deadline.after(ITEMS);
        try (DaConnection connection = connector.connect(deadline)) {
            return listed(connection, path, filter, from, deadline);
        } catch (LinkException | RpcFaultException e) {
            throw failed(e, new DaCheckRemedies(address, account));
        }
    }

    private static Items listed(DaConnection connection, List<String> path, String filter, int from, Deadline deadline)
            throws LinkException, RpcFaultException, Failed {
        int end = Math.min(from + ITEMS_MAX, FOLDER_MAX);
        DaBrowser.Place place = new DaBrowser.Place(path, path.isEmpty() ? "" : path.getLast());
        Result<DaBrowser.Listing> listed = new DaBrowser(connection).children(place, filter, end, deadline);
        if (!listed.isSuccess()) {
            throw refused(listed.hresult(), path);
        }
        List<DaBrowser.Node> all = listed.value().nodes();
        List<DaBrowser.Node> some = all.subList(Math.min(from, all.size()), all.size());
        Map<String, String> types = new ItemTypes(connection)
                .of(
                        some.stream()
                                .filter(DaBrowser.Node::isItem)
                                .map(DaBrowser.Node::itemId)
                                .toList(),
                        Deadline.after(TYPES));
        List<Item> items = new ArrayList<>();
        for (DaBrowser.Node node : some) {
            items.add(new Item(
                    node.name(),
                    id(node, listed.value().isByName()),
                    node.branch().isPresent(),
                    node.isItem(),
                    Optional.ofNullable(types.get(node.itemId()))));
        }
        boolean isMore = !listed.value().isAll() && end < FOLDER_MAX && all.size() >= end;
        return new Items(items, isMore ? OptionalInt.of(end) : OptionalInt.empty());
    }

    private static String id(DaBrowser.Node node, boolean isByName) {
        boolean isOnlyFolder = !node.isItem() && isByName;
        return isOnlyFolder || node.itemId().isEmpty() ? node.name() : node.itemId();
    }

    private static Failed refused(int hresult, List<String> path) {
        if (hresult == HResult.E_NOINTERFACE) {
            return new Failed(
                    "The server cannot be browsed: it has neither IOPCBrowse nor IOPCBrowseServerAddressSpace.",
                    "Type the item's id as the server's own documents have it.");
        }
        return path.isEmpty()
                ? new Failed(
                        "The server lists no items: %s.".formatted(OpcResult.describe(hresult)),
                        "Look into its log, or type the item's id.")
                : new Failed(
                        "The server has no folder %s: %s."
                                .formatted(String.join(" / ", path), OpcResult.describe(hresult)),
                        "Browse from the top, and name each folder by the id that is listed.");
    }

    private static Failed failed(Exception e, DaCheckRemedies remedies) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the search was given up");
        }
        String message = capitalized(String.valueOf(e.getMessage()));
        return new Failed(message.endsWith(".") ? message : message + ".", remedy(e, remedies));
    }

    private static String remedy(Exception e, DaCheckRemedies remedies) {
        return switch (e) {
            case ActivationException activation
            when String.valueOf(activation.getMessage()).contains("OpcEnum") -> remedies.openEnum();
            case ActivationException activation
            when activation.hresult() == HResult.REGDB_E_CLASSNOTREG -> remedies.notRegistered();
            case ActivationException activation
            when activation.hresult() == HResult.E_ACCESSDENIED -> remedies.permission();
            case ActivationException activation -> remedies.activation(activation.hresult());
            case BindRefusedException bind -> bind.isAboutLevel() ? remedies.levelAnswered() : remedies.kindOfLogin();
            case RpcFaultException _ -> remedies.password();
            case DeadlineException _ -> remedies.silentPort();
            default ->
                String.valueOf(e.getMessage()).contains("has no address") ? remedies.name() : remedies.closedPort();
        };
    }

    private static String capitalized(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
