package org.tandemopc.service.rest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which hosts are looked at for whoever asks: a service that connects where it is told to must not be a way to what this machine alone
 * reaches. A name is looked up once, here, and only the address that was judged is connected to: it could mean another one a moment
 * later. Any thread.
 */
final class SearchedHosts {
    private static final long LOOKUP_MS = 5_000;
    private static final int HOST_MAX = 253;

    private SearchedHosts() {}

    /**
     * @throws Problem there is no such name, or one of its addresses is of a kind that no server of a plant has: link-local
     *     (169.254.0.0/16, where clouds keep their secrets, and fe80::/10), any or multicast
     */
    static InetAddress address(String host) throws Problem, InterruptedException {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (bare.isEmpty() || bare.length() > HOST_MAX || !bare.matches("[A-Za-z0-9_.:-]+")) {
            throw Problem.badRequest("'host' is a name or an address, without port.");
        }
        List<InetAddress> all = lookUp(bare);
        if (all.stream().anyMatch(SearchedHosts::isRefused)) {
            throw new Problem(
                    403,
                    "refused-address",
                    "'%s' is a link-local address or none of a machine; servers are not looked for there."
                            .formatted(bare),
                    "Name the machine by another address.");
        }
        return all.getFirst();
    }

    static boolean isRefused(InetAddress address) {
        return address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress();
    }

    private static List<InetAddress> lookUp(String host) throws Problem, InterruptedException {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("discovery-name").start(() -> {
            try {
                answer.complete(List.of(InetAddress.getAllByName(host)));
            } catch (UnknownHostException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(LOOKUP_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new Problem(
                    502,
                    "discovery-failed",
                    "The name '%s' has no address.".formatted(host),
                    "Correct it, or let this machine know the name (DNS, /etc/hosts).");
        }
    }
}
