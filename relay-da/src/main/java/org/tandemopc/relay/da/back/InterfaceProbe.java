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
    private static final Duration USUAL = Duration.ofSeconds(2);
    /** Of a member that was never reached, of which nothing else is known: clients wait for it, and for no longer than that. */
    private static final Duration FIRST = Duration.ofSeconds(10);
    /** Of what is left of the time for connecting; the rest is for the status that is asked for then. */
    private static final int SHARE = 2;
    /** Of a member that took longer than {@link #FIRST}, beside its service. */
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private static final Duration REMOVE_WITHIN = Duration.ofMillis(500);
    private static final long RATE_MS = 60_000;

    /** The name of the group. */
    static final String GROUP = "Tandem asks for interfaces";

    private InterfaceProbe() {}

    /**
     * Before anybody is served by a member that was never asked, as objects keep the interfaces that they are made with.
     *
     * @param connecting of the whole attempt to connect
     * @throws LinkException the connection has ended
     */
    static void learnFirst(DaConnector connector, DaConnection made, Deadline connecting) throws LinkException {
        Duration share = Duration.ofNanos(connecting.remainingNanos()).dividedBy(SHARE);
        learn(connector, made, share.compareTo(FIRST) < 0 ? share : FIRST, GROUP);
    }

    /**
     * Beside the service of a member that is known, which may have been changed; or that did not say it in time at first, whose clients
     * find what servers of DA 2.05a have until then.
     *
     * @throws LinkException the connection has ended
     */
    static void learnAgain(DaConnector connector, DaConnection made) throws LinkException {
        if (connector.offered().isPresent()) {
            learn(connector, made, USUAL, GROUP);
        } else {
            // another name: the first group may still come to be
            learn(connector, made, PATIENT, GROUP + " again");
        }
    }

    /** Has the connector know what the member offers. A member that refuses, or answers too slowly, stays as it is known. */
    private static void learn(DaConnector connector, DaConnection made, Duration within, String group)
            throws LinkException {
        if (!within.isPositive()) {
            return;
        }
        try {
            Optional<Offered> told = ask(made, Deadline.after(within), group);
            told.ifPresent(connector::offers);
        } catch (DeadlineException | RpcFaultException e) {
            LOG.info("{} did not say which interfaces it offers: {}", made.address(), e.getMessage());
        }
    }

    /** @return empty: it makes no group that could be asked */
    private static Optional<Offered> ask(DaConnection made, Deadline deadline, String name)
            throws LinkException, RpcFaultException {
        Set<Guid> server = asked(made.server(), Offered.OF_SERVERS, deadline);
        Result<IOPCServer.AddedGroup> added = made.server()
                .within(deadline, late -> removeLate(made, late))
                .addGroup(new IOPCServer.NewGroup(
                        name, false, RATE_MS, 0, Optional.of(0), Optional.of(0f), 0, IOPCItemMgt.DEF.iid()));
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
            remove(made, added.value().serverHandle());
        }
    }

    private static void remove(DaConnection made, int handle) throws LinkException, RpcFaultException {
        var unused = made.server().within(REMOVE_WITHIN).removeGroup(handle, true);
    }

    /** A group that came to be when nobody waited for it any more: it must not stay there either. */
    private static void removeLate(DaConnection made, Result<?> late) {
        if (!late.isSuccess() || !(late.value() instanceof IOPCServer.AddedGroup added)) {
            return;
        }
        var unused = Thread.ofVirtual().name("da-late-group").start(() -> {
            added.group().ifPresent(ComPointer::close);
            try {
                remove(made, added.serverHandle());
            } catch (LinkException | RpcFaultException e) {
                LOG.info("{} keeps a group that it made too late: {}", made.address(), e.getMessage());
            }
        });
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
