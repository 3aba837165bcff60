package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.ole.IConnectionPointContainer;

/**
 * Makes connections to one member under the account that is configured for it. Each connection is a client of DCOM of its
 * own, with a server object of its own: what one of them does to its groups no other sees. Any thread.
 */
public final class DaConnector {
    /** For giving references back. A member that hangs is not waited for longer, and gives them up by itself. */
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(250);

    private final DaMemberAddress address;
    private final ClientSecurity account;
    private final DcomServer sinks;
    private final LastHeard lastHeard;
    private final ConnectPace pace = new ConnectPace();
    /** With the address that its name had last. */
    private volatile RemoteHost host;

    /** What OpcEnum has said of the ProgID, as long as it holds. */
    private volatile @Nullable Guid found;

    private final MemberClock clock = new MemberClock();
    private final AtomicReference<Optional<Offered>> offered = new AtomicReference<>(Optional.empty());

    /**
     * @param account shared by all that use it, so that refused logins are counted together
     * @param sinks serves our objects that the member calls back
     */
    public DaConnector(DaMemberAddress address, ClientSecurity account, DcomServer sinks, LastHeard lastHeard) {
        this.address = address;
        this.host = address.host();
        this.account = account;
        this.sinks = sinks;
        this.lastHeard = lastHeard;
    }

    public DaMemberAddress address() {
        return address;
    }

    /** For clients' links. */
    public ConnectPace pace() {
        return pace;
    }

    /** As the control link has measured it. */
    public MemberClock clock() {
        return clock;
    }

    public LastHeard lastHeard() {
        return lastHeard;
    }

    /** Logins that were refused before may be tried again: somebody has mended them. */
    void allowLoginsAgain() {
        account.allowLoginsAgain();
    }

    /** Which interfaces the member offers, as it was found last; empty: it was never reached. */
    public Optional<Offered> offered() {
        return offered.get();
    }

    void offers(Offered found) {
        offered.set(Optional.of(found));
    }

    /**
     * Has a server object made. Blocks until then.
     *
     * @throws ActivationException the host answers, and makes none: not registered, no access, no IOPCServer
     * @throws LinkException the host cannot be reached, or not in time
     * @throws RpcFaultException another refusal, such as of the login
     */
    public DaConnection connect(Deadline deadline) throws LinkException, RpcFaultException {
        RemoteHost now = HostNames.ofSystem().current(host, deadline);
        host = now;
        DcomClient client = client(now);
        boolean isMade = false;
        try {
            DaConnection made = activate(client, now, deadline);
            isMade = true;
            lastHeard.heard();
            return made;
        } finally {
            if (!isMade) {
                client.close();
            }
        }
    }

    /** That has not connected yet. */
    DcomClient client() {
        return client(host);
    }

    private DcomClient client(RemoteHost at) {
        return new DcomClient(
                DcomClientSettings.of(at, account).withCloseWithin(CLOSE_WITHIN).withOwnObjects(sinks));
    }

    /**
     * The class of the server, as configured or as OpcEnum says.
     *
     * @throws ActivationException OpcEnum does not say; names it
     */
    Guid clsid(DcomClient client, Deadline deadline) throws LinkException, RpcFaultException {
        return clsid(client, host, deadline);
    }

    private Guid clsid(DcomClient client, RemoteHost at, Deadline deadline) throws LinkException, RpcFaultException {
        Guid known = address.clsid().orElse(found);
        if (known == null) {
            known = DaDiscovery.clsidOf(client, at, address.progId().orElseThrow(), deadline);
            found = known;
        }
        return known;
    }

    /** As {@link #connect}, by a client of this connector's. */
    DaConnection activate(DcomClient client, Deadline deadline) throws LinkException, RpcFaultException {
        return activate(client, host, deadline);
    }

    private DaConnection activate(DcomClient client, RemoteHost at, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<List<Result<ComPointer<IUnknown>>>> made = client.activate(
                at,
                clsid(client, at, deadline),
                List.of(IOPCServer.DEF.iid(), IOPCCommon.DEF.iid(), IConnectionPointContainer.DEF.iid()),
                deadline);
        if (!made.isSuccess()) {
            throw refused(made.hresult());
        }
        Result<ComPointer<IUnknown>> server = made.value().getFirst();
        if (!server.isSuccess()) {
            throw refused(server.hresult());
        }
        return new DaConnection(
                this,
                client,
                server.value().as(IOPCServer.DEF),
                optional(made.value().get(1), IOPCCommon.DEF),
                optional(made.value().get(2), IConnectionPointContainer.DEF));
    }

    private ActivationException refused(int hresult) {
        // the server may have been installed anew, under another class
        found = null;
        String why = hresult == HResult.REGDB_E_CLASSNOTREG
                ? "no such class is registered there"
                : OpcResult.describe(hresult);
        return new ActivationException("%s makes no server object: %s".formatted(address, why), hresult);
    }

    /** Servers of DA 1.0 have neither. */
    private static <T> Optional<ComPointer<T>> optional(Result<ComPointer<IUnknown>> one, InterfaceDef<T> type) {
        return one.isSuccess() ? Optional.of(one.value().as(type)) : Optional.empty();
    }
}
