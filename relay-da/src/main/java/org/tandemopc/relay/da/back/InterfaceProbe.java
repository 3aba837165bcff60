package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcResult;

/**
 * Asks a member which interfaces it offers. Those of groups can only be asked of a group: one is made for it, empty and not active, and
 * removed at once. Blocks; any thread.
 */
final class InterfaceProbe {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceProbe.class);
    private static final Duration WITHIN = Duration.ofSeconds(2);
    private static final Duration REMOVE_WITHIN = Duration.ofMillis(500);
    private static final long RATE_MS = 60_000;

    /** The name of the group. */
    static final String GROUP = "Tandem asks for interfaces";

    private InterfaceProbe() {}

    /**
     * Has the connector know what the member offers. A member that refuses, or answers too slowly, stays as it is known.
     *
     * @throws LinkException the connection has ended
     */
    static void learn(DaConnector connector, DaConnection made, Deadline deadline) throws LinkException {
        try {
            Optional<Offered> told = ask(made, Deadline.after(WITHIN).orBefore(deadline));
            told.ifPresent(connector::offers);
        } catch (DeadlineException | RpcFaultException e) {
            LOG.info("{} did not say which interfaces it offers: {}", made.address(), e.getMessage());
        }
    }

    /** @return empty: it makes no group that could be asked */
    private static Optional<Offered> ask(DaConnection made, Deadline deadline) throws LinkException, RpcFaultException {
        Set<Guid> server = asked(made.server(), Offered.OF_SERVERS, deadline);
        Result<IOPCServer.AddedGroup> added = made.server()
                .within(deadline)
                .addGroup(new IOPCServer.NewGroup(
                        GROUP, false, RATE_MS, 0, Optional.of(0), Optional.of(0f), 0, IOPCItemMgt.DEF.iid()));
        made.heard();
        if (!added.isSuccess() || added.value().group().isEmpty()) {
            int why = added.isSuccess() ? HResult.E_UNEXPECTED : added.hresult();
            LOG.info(
                    "{} makes no group that could be asked for its interfaces: {}",
                    made.address(),
                    OpcResult.describe(why));
            return Optional.empty();
        }
        try (ComPointer<IOPCItemMgt> group = added.value().group().get().as(IOPCItemMgt.DEF)) {
            return Optional.of(new Offered(server, asked(group, Offered.OF_GROUPS, deadline)));
        } finally {
            // though the time for asking is over: it must not stay there
            var unused = made.server()
                    .within(REMOVE_WITHIN)
                    .removeGroup(added.value().serverHandle(), true);
        }
    }

    private static Set<Guid> asked(ComPointer<?> object, List<InterfaceDef<?>> types, Deadline deadline)
            throws LinkException, RpcFaultException {
        Set<Guid> all = new HashSet<>();
        for (InterfaceDef<?> type : types) {
            Result<? extends ComPointer<?>> found = object.queryInterface(type, deadline);
            if (found.isSuccess()) {
                found.value().close();
                all.add(type.iid());
            }
        }
        return all;
    }
}
