package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcResult;

/**
 * Which OPC DA servers a host has, as its OpcEnum says. Where OpcEnum is closed, a server is reached by its CLSID all the same. Calls
 * block until their deadline, on connections of their own; any thread.
 */
public final class DaDiscovery {
    /** Of one host. */
    public static final int SERVERS_MAX = 1_000;

    private static final Duration CLOSE_WITHIN = Duration.ofMillis(250);

    private DaDiscovery() {}

    /** A version of Data Access, by the category in which a server is registered (DA 3.0 7). */
    public enum Version {
        DA_1,
        DA_2,
        DA_3;

        private Guid category() {
            return switch (this) {
                case DA_1 -> OpcDa.CATID_OPCDASERVER10;
                case DA_2 -> OpcDa.CATID_OPCDASERVER20;
                case DA_3 -> OpcDa.CATID_OPCDASERVER30;
            };
        }
    }

    /**
     * A server that is registered; whether it can be made, a check tells.
     *
     * @param progId with its version; empty: it has none, or OpcEnum does not say
     * @param versionIndependentProgId empty as well
     * @param name the vendor's, for people
     */
    public record Server(
            Guid clsid, String progId, String versionIndependentProgId, String name, Set<Version> versions) {
        public Server {
            versions = Set.copyOf(versions);
        }
    }

    /** @param isAll false: there are more than {@link #SERVERS_MAX} */
    public record Servers(List<Server> servers, boolean isAll) {
        public Servers {
            servers = List.copyOf(servers);
        }
    }

    /**
     * The servers of a host, by ProgID.
     *
     * @throws ActivationException the host answers, and gives no list: the message names OpcEnum
     * @throws LinkException the host cannot be reached, or not in time
     * @throws RpcFaultException another refusal, such as of the login
     */
    public static Servers servers(RemoteHost host, ClientSecurity account, Deadline deadline)
            throws LinkException, RpcFaultException {
        try (DcomClient client = client(host, account);
                OpcEnum list = OpcEnum.open(client, host, deadline)) {
            Map<Guid, Set<Version>> found = new LinkedHashMap<>();
            for (Version version : Version.values()) {
                for (Guid clsid : list.classesOf(version.category(), SERVERS_MAX + 1, deadline)) {
                    found.computeIfAbsent(clsid, key -> EnumSet.noneOf(Version.class))
                            .add(version);
                }
            }
            List<Server> servers = new ArrayList<>();
            for (Map.Entry<Guid, Set<Version>> one : found.entrySet()) {
                if (servers.size() < SERVERS_MAX) {
                    servers.add(server(one.getKey(), one.getValue(), list, deadline));
                }
            }
            servers.sort(Comparator.comparing(Server::progId, String.CASE_INSENSITIVE_ORDER)
                    .thenComparing(one -> one.clsid().toString()));
            return new Servers(servers, found.size() <= SERVERS_MAX);
        }
    }

    private static Server server(Guid clsid, Set<Version> versions, OpcEnum list, Deadline deadline)
            throws LinkException, RpcFaultException {
        Optional<OpcEnum.Details> details = list.details(clsid, deadline);
        return new Server(
                clsid,
                details.map(OpcEnum.Details::progId).orElse(""),
                details.map(OpcEnum.Details::versionIndependentProgId).orElse(""),
                details.map(OpcEnum.Details::name).orElse(""),
                versions);
    }

    /**
     * The class of a ProgID.
     *
     * @throws ActivationException OpcEnum is not to be had, or knows no such ProgID; says so, and that a CLSID does without
     * @throws LinkException the host cannot be reached, or not in time
     * @throws RpcFaultException another refusal, such as of the login
     */
    public static Guid clsidOf(RemoteHost host, ClientSecurity account, String progId, Deadline deadline)
            throws LinkException, RpcFaultException {
        try (DcomClient client = client(host, account)) {
            return clsidOf(client, host, progId, deadline);
        }
    }

    /** As the other, over connections that are there. */
    static Guid clsidOf(DcomClient client, RemoteHost host, String progId, Deadline deadline)
            throws LinkException, RpcFaultException {
        try (OpcEnum list = OpcEnum.open(client, host, deadline)) {
            Result<Guid> found = list.clsidOf(progId, deadline);
            if (!found.isSuccess()) {
                throw new ActivationException(
                        "OpcEnum of %s knows no server '%s': %s"
                                .formatted(host, progId, OpcResult.describe(found.hresult())),
                        found.hresult());
            }
            return found.value();
        } catch (ActivationException e) {
            throw new ActivationException(
                    "the ProgID '%s' has no class: %s. Correct it, or give the server's CLSID, which needs no OpcEnum"
                            .formatted(progId, e.getMessage()),
                    e.hresult());
        }
    }

    private static DcomClient client(RemoteHost host, ClientSecurity account) {
        return new DcomClient(DcomClientSettings.of(host, account).withCloseWithin(CLOSE_WITHIN));
    }
}
