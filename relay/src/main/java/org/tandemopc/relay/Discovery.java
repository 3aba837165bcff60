package org.tandemopc.relay;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.MemberConfig;

/**
 * Looks for servers on a host, and for items in a server, for people who configure a pair (DLG-1, MON-6). Each call makes connections of
 * its own and closes them; it blocks for some seconds at most and is not for event loops. Nothing is searched for that was not named: no
 * network is scanned, and no address is followed that a server answers, but other ports of the same machine. Any thread.
 */
public interface Discovery {
    /** Of one host. */
    int SERVERS_MAX = 1_000;

    /** Of one answer; the rest comes by {@link Items#more}. */
    int ITEMS_MAX = 1_000;

    /** Of one folder, over all answers. */
    int FOLDER_MAX = 10_000;

    /**
     * Where to look.
     *
     * @param host as a person named it
     * @param address of it, which alone is connected to
     * @param port empty: the protocol's usual one
     * @param account of OPC DA; null: none, with level none alone
     * @param level of calls of OPC DA
     */
    record Place(
            String host,
            InetAddress address,
            OptionalInt port,
            MemberConfig.@Nullable Account account,
            DaLevel level) {}

    /** A server that is there, as its protocol describes it. */
    sealed interface Server {
        /**
         * Of OPC UA.
         *
         * @param endpoints empty: it is known there, and asked at none of its addresses
         * @param discoveryUrls as the server that was asked knows it
         */
        record Ua(String applicationName, String applicationUri, List<Endpoint> endpoints, List<String> discoveryUrls)
                implements Server {
            public Ua {
                endpoints = List.copyOf(endpoints);
                discoveryUrls = List.copyOf(discoveryUrls);
            }
        }

        /**
         * Of OPC DA.
         *
         * @param progId empty: it has none, or nobody says
         * @param clsid in braces
         * @param description the vendor's
         * @param versions of 1.0, 2.05a and 3.0
         */
        record Da(String progId, String clsid, String description, List<String> versions) implements Server {
            public Da {
                versions = List.copyOf(versions);
            }
        }
    }

    /**
     * One way into an OPC UA server.
     *
     * @param url as the server writes it, which need not be reachable from here
     * @param security as spelled in the configuration; one that Tandem does not know by the end of its URI
     * @param mode None, Sign or SignAndEncrypt
     * @param user by name and password
     */
    record Endpoint(String url, String security, String mode, boolean anonymous, boolean user) {}

    /** @param isAll false: there are more than {@link #SERVERS_MAX} */
    record Servers(List<? extends Server> servers, boolean isAll) {
        public Servers {
            servers = List.copyOf(servers);
        }
    }

    /**
     * A child of a folder.
     *
     * @param id what a monitor item is written with; of what is a folder alone, what leads into it
     * @param isFolder may have children
     * @param isItem has a value
     * @param dataType as spelled in the configuration of monitor items; empty: none of those, or not known
     */
    record Item(String name, String id, boolean isFolder, boolean isItem, Optional<String> dataType) {}

    /** @param more where the next answer begins; empty: that was all, or {@link #FOLDER_MAX} is reached */
    record Items(List<Item> items, OptionalInt more) {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** It could not be done. The message says what failed, a sentence for people. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String remedy;

        /** @param remedy what to do about it, a sentence; empty when there is nothing to say */
        public Failed(String message, String remedy) {
            super(message, null, false, false);
            this.remedy = remedy;
        }

        public String remedy() {
            return remedy;
        }
    }

    /**
     * The servers of a host, as its list of servers says (OpcEnum; FindServers of OPC UA Part 4, 5.5.2).
     *
     * @throws Failed with a remedy: no such port, no access, no list
     */
    Servers servers(Place place) throws Failed, InterruptedException;

    /**
     * The hosts of the servers that a discovery server knows of its network (FindServersOnNetwork of Part 4, 5.5.3), in its order.
     *
     * @return empty: the protocol has no such service
     * @throws Failed as {@link #servers}
     */
    List<String> hosts(Place place) throws Failed, InterruptedException;

    /**
     * The children of a folder of a member's address space.
     *
     * @param member need not be one of a pair
     * @param path ids of folders from the root down to it; empty: the root
     * @param filter of names, with the server's wildcards or * and ?; empty: none
     * @param from of {@link Items#more}; 0: the first
     * @throws Failed with a remedy: not reachable, no login, no such folder, not browsable
     */
    Items items(MemberConfig member, List<String> path, String filter, int from) throws Failed, InterruptedException;
}
