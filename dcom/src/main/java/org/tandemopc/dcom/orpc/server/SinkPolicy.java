package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.rpc.EndpointMapper;

/**
 * Where a server goes when its clients hand it objects of theirs: to the address that the client came from, or to those that are
 * configured, and nowhere else; or anybody could have it connect to any host. Names are never looked up, as whoever answers for
 * a name decides where it leads.
 *
 * @param alsoAllowed addresses besides the client's own, such as those of a client with several
 */
record SinkPolicy(Set<InetAddress> alsoAllowed) {
    /** Addresses that are looked at in one reference. */
    private static final int BINDINGS_MAX = 64;

    SinkPolicy {
        alsoAllowed = Set.copyOf(alsoAllowed);
    }

    /**
     * The port is that of the binding, which Windows leaves out: {@link EndpointMapper#PORT}.
     *
     * @return in the order of the bindings, each once
     */
    List<InetSocketAddress> allowed(DualStringArray bindings, InetAddress from) {
        Set<InetSocketAddress> allowed = new LinkedHashSet<>();
        bindings.strings().stream()
                .limit(BINDINGS_MAX)
                .forEach(binding -> address(binding)
                        .filter(address ->
                                address.getAddress().equals(from) || alsoAllowed.contains(address.getAddress()))
                        .ifPresent(allowed::add));
        return new ArrayList<>(allowed);
    }

    private static Optional<InetSocketAddress> address(StringBinding binding) {
        OptionalInt port = binding.port();
        if (binding.towerId() != StringBinding.TCP || (binding.endpoint().isPresent() && port.isEmpty())) {
            return Optional.empty();
        }
        try {
            InetAddress host = InetAddress.ofLiteral(binding.host());
            return Optional.of(new InetSocketAddress(host, port.orElse(EndpointMapper.PORT)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
