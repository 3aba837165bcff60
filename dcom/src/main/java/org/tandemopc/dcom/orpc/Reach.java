package org.tandemopc.dcom.orpc;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where bindings of a stranger lead, of the places that may be gone to: a client goes to the hosts of its settings, and a server that
 * calls its clients' objects to the addresses that they came from. Pure: nothing is looked up and nobody is asked, as whoever
 * answers for a name decides where it leads.
 *
 * @param targets in the order of the bindings, each once
 * @param skipped what was passed over, and why; the first few
 */
public record Reach(List<Target> targets, List<String> skipped) {
    /** Bindings that are looked at: a host has a name and a few addresses. */
    static final int BINDINGS_MAX = 64;

    private static final int SKIPPED_MAX = 8;

    /** A host has few resolvers and exporters few ports: whoever names many has others look for open ports. */
    public static final int TARGETS_MAX = 4;

    /** A place that may be connected to: always the address that was configured for the host. */
    public record Target(RemoteHost host, InetSocketAddress address) {}

    public Reach {
        targets = List.copyOf(targets);
        skipped = List.copyOf(skipped);
    }

    /** Of an object resolver, which listens on the host's usual port where its binding tells none. */
    public static Reach ofResolver(DualStringArray bindings, List<RemoteHost> allowed) {
        return of(bindings, allowed, true);
    }

    /** Of an exporter, whose bindings must tell the port. */
    public static Reach ofExporter(DualStringArray bindings, List<RemoteHost> allowed) {
        return of(bindings, allowed, false);
    }

    private static Reach of(DualStringArray bindings, List<RemoteHost> allowed, boolean isResolver) {
        Set<Target> targets = new LinkedHashSet<>();
        List<String> skipped = new ArrayList<>();
        int count = Math.min(bindings.strings().size(), BINDINGS_MAX);
        for (StringBinding binding : bindings.strings().subList(0, count)) {
            String why = add(binding, allowed, isResolver, targets);
            if (!why.isEmpty() && skipped.size() < SKIPPED_MAX) {
                skipped.add(shown(binding.address()) + " " + why);
            }
        }
        return new Reach(List.copyOf(targets), skipped);
    }

    /** @return why it was not added; empty: it was */
    private static String add(
            StringBinding binding, List<RemoteHost> allowed, boolean isResolver, Set<Target> targets) {
        if (binding.towerId() != StringBinding.TCP) {
            return "is not TCP";
        }
        OptionalInt port = binding.port();
        if (port.isEmpty() && (!isResolver || binding.endpoint().isPresent())) {
            return "tells no port";
        }
        boolean found = false;
        for (RemoteHost host : allowed) {
            if (host.isNamedBy(binding.host())) {
                int at = port.orElse(host.resolverPort());
                if (targets.size() == TARGETS_MAX) {
                    return "is one of more than " + TARGETS_MAX;
                }
                targets.add(new Target(host, new InetSocketAddress(host.address(), at)));
                found = true;
            }
        }
        return found ? "" : "is none of the configured hosts";
    }

    /** Why nobody can be reached, for a message. */
    public String why(List<RemoteHost> allowed) {
        String offered = skipped.isEmpty() ? "no address is told" : String.join("; ", skipped);
        return "%s. Only these are connected to: %s".formatted(offered, allowed);
    }

    /** What a stranger wrote, short and in one line. */
    public static String shown(String text) {
        String start = text.length() > 64 ? text.substring(0, 64) + "…" : text;
        return "\"" + start.replaceAll("[^\\x20-\\x7E…]", "?") + "\"";
    }
}
