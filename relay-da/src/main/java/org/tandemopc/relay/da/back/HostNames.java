package org.tandemopc.relay.da.back;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.RemoteHost;

/**
 * Looks up where members are, each time that one is connected: a name service may be silent for minutes, or tell another address
 * than before. The last good answer is used when none comes in time (S25). Any thread.
 */
public final class HostNames {
    /** How long a new answer is waited for while an old one is at hand, ms. */
    private static final long PATIENCE_MS = 300;

    /** In place of an address that nobody has told yet. */
    private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

    private static final HostNames SYSTEM = new HostNames(InetAddress::getByName);

    private final Lookup lookup;
    /** One question for each name at a time: a silent name service must not cost a thread for each connection. */
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress>> running = new ConcurrentHashMap<>();

    /** The blocking question; a plug for tests. */
    @FunctionalInterface
    interface Lookup {
        InetAddress address(String host) throws UnknownHostException;
    }

    HostNames(Lookup lookup) {
        this.lookup = lookup;
    }

    /** Those of this machine. */
    static HostNames ofSystem() {
        return SYSTEM;
    }

    /** A host whose name is looked up when it is connected; an address is taken as it is. */
    public static RemoteHost named(String nameOrAddress, int resolverPort) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(nameOrAddress);
        } catch (IllegalArgumentException e) {
            address = UNKNOWN;
        }
        return RemoteHost.of(nameOrAddress, address).withResolverPort(resolverPort);
    }

    /**
     * Where the host is now.
     *
     * @param known as told before, or {@link #named}
     * @throws LinkException it has no address, or none that is told in time; nothing was sent
     */
    RemoteHost current(RemoteHost known, Deadline deadline) throws LinkException {
        if (isLiteral(known.name())) {
            return known;
        }
        boolean isKnown = !known.address().equals(UNKNOWN);
        long waitMs = deadline.remainingNanos() / 1_000_000;
        try {
            InetAddress now =
                    ask(known.name()).get(isKnown ? Math.min(PATIENCE_MS, waitMs) : waitMs, TimeUnit.MILLISECONDS);
            return new RemoteHost(known.name(), now, known.resolverPort(), known.aliases());
        } catch (ExecutionException e) {
            return lastGood(known, isKnown, "the name '%s' has no address".formatted(known.name()));
        } catch (TimeoutException e) {
            return lastGood(known, isKnown, "the address of '%s' was not told in time".formatted(known.name()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while '%s' was looked up".formatted(known.name()), e, true);
        }
    }

    private static RemoteHost lastGood(RemoteHost known, boolean isKnown, String why) throws LinkException {
        if (isKnown) {
            return known;
        }
        throw new LinkException(why, true);
    }

    private static boolean isLiteral(String name) {
        try {
            return InetAddress.ofLiteral(name) != null;
        } catch (IllegalArgumentException e) {
            // a name
            return false;
        }
    }

    private CompletableFuture<InetAddress> ask(String name) {
        CompletableFuture<InetAddress> fresh = new CompletableFuture<>();
        CompletableFuture<InetAddress> other = running.putIfAbsent(name, fresh);
        if (other != null) {
            return other;
        }
        Thread.ofVirtual().name("da-name").start(() -> {
            try {
                InetAddress found = lookup.address(name);
                running.remove(name, fresh);
                fresh.complete(found);
            } catch (UnknownHostException | RuntimeException e) {
                running.remove(name, fresh);
                fresh.completeExceptionally(e);
            }
        });
        return fresh;
    }
}
