package org.tandemopc.dcom.orpc.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.DeadPointer;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.Principal;

/**
 * Calls the objects that a server's clients hand to it ([MS-DCOM] 3.1.1.5.3, with this server as their client): a client of its
 * own for each address that references come from, so that one peer's references never share anything with another's. Give it to
 * a server as what makes pointers of references. Thread-safe.
 */
public final class SinkClients implements Importer, AutoCloseable {
    /**
     * After two refused logins a peer that begins anew is not called for so long: permissions are mended on its machine, where nobody
     * can say so to us, and a peer that begins anew again and again must not lock its account. Lockout policies count that long or
     * longer, and more than two.
     */
    private static final Duration AFTER_REFUSALS = Duration.ofMinutes(10);

    private final Function<Origin, DcomClientSettings> settings;
    private final int peersMax;
    private final Duration afterRefusals;

    /** Of peers, by what their references may lead to. Guarded by itself. */
    private final Map<Peer, DcomClient> clients = new LinkedHashMap<>();

    private boolean closed;

    /** Whose references may share a client: same address, same user, same places, and called alike. */
    private record Peer(InetAddress address, Principal principal, CallProtection call, Set<InetAddress> places) {}

    /**
     * @param settings for calls to a peer: as whom and at which level ([MS-DCOM] 3.2.4.2); {@link ClientSecurity#like} is as the
     *     peer itself has called. Its hosts are replaced by the places that the peer's references may lead to. Asked anew when a
     *     peer of which nothing is held any more hands over a reference, unless its last two logins were refused within ten minutes
     * @param peersMax that are called back at once
     */
    public SinkClients(Function<Origin, DcomClientSettings> settings, int peersMax) {
        this(settings, peersMax, AFTER_REFUSALS);
    }

    SinkClients(Function<Origin, DcomClientSettings> settings, int peersMax, Duration afterRefusals) {
        if (peersMax < 1) {
            throw new IllegalArgumentException("peersMax " + peersMax);
        }
        this.settings = settings;
        this.peersMax = peersMax;
        this.afterRefusals = afterRefusals;
    }

    /**
     * As one account. Each peer is called as it has called itself, when it sent the reference: at the same level and by the same
     * security package; at a higher level where its exporter asks for that. Peers whose resolvers or objects take other logins than
     * they make, as j-Interop's do, need settings of their own.
     */
    public static SinkClients of(ClientSecurity account, int peersMax) {
        return new SinkClients(
                origin -> DcomClientSettings.of(RemoteHost.of(origin.address()), account.like(origin.call())),
                peersMax);
    }

    @Override
    public <T> ComPointer<T> adopt(ObjRef reference, InterfaceDef<T> type, Origin origin) {
        Set<InetAddress> places = new LinkedHashSet<>();
        origin.resolvers().stream().map(InetSocketAddress::getAddress).forEach(places::add);
        Peer peer = new Peer(origin.address(), origin.principal(), origin.call(), places);
        List<DcomClient> idle = new ArrayList<>();
        try {
            synchronized (clients) {
                if (closed) {
                    return new DeadPointer<>(type, reference.iid(), "the server is closed");
                }
                DcomClient client = clients.get(peer);
                if (client != null && client.isIdle() && client.mayLogIn(afterRefusals)) {
                    // it begins anew: password and permissions may be others than they were
                    clients.remove(peer);
                    idle.add(client);
                    client = null;
                }
                if (client == null) {
                    if (clients.size() >= peersMax) {
                        removeIdle(idle);
                    }
                    if (clients.size() >= peersMax) {
                        return new DeadPointer<>(
                                type,
                                reference.iid(),
                                "more than the limit of %d peers are called".formatted(peersMax));
                    }
                    client = new DcomClient(of(origin, places));
                    clients.put(peer, client);
                }
                // still under the lock, or it could be closed as idle in between
                return client.adopt(reference, type);
            }
        } finally {
            idle.forEach(DcomClient::close);
        }
    }

    private DcomClientSettings of(Origin origin, Set<InetAddress> places) {
        return settings.apply(origin)
                .withHosts(places.stream().map(RemoteHost::of).toList());
    }

    private void removeIdle(List<DcomClient> idle) {
        Iterator<DcomClient> all = clients.values().iterator();
        while (all.hasNext()) {
            DcomClient client = all.next();
            if (client.isIdle()) {
                all.remove();
                idle.add(client);
            }
        }
    }

    /** Peers that are called, or were lately. */
    public int peers() {
        synchronized (clients) {
            return clients.size();
        }
    }

    /** Gives all references back, as {@link DcomClient#close}. */
    @Override
    public void close() {
        List<DcomClient> all;
        synchronized (clients) {
            closed = true;
            all = List.copyOf(clients.values());
            clients.clear();
        }
        List<Thread> closing = all.stream()
                .map(client -> Thread.ofVirtual().name("dcom-sinks-close").start(client::close))
                .toList();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
