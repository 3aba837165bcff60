package org.tandemopc.relay.da.back;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.Printable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.LegResult.Leg;

/**
 * Walks the way to one member of OPC DA leg by leg ({@link Leg#DA}) and says what fails and what to do (DEP-8, LIM-14). From the login on
 * with the code that makes links, by a client of its own, and at the end back again: the server must call us.
 *
 * <p>Its logins are counted apart from those of the links: a person may ask although the links do not try any more, and a login that
 * passes lets them try again. Blocks its thread; each leg has its own deadline. One walk for each object.
 */
public final class DaMemberCheck {
    /** For each leg. */
    public static final Duration LEG = Duration.ofSeconds(5);

    private static final int DETAIL_MAX = 400;

    private final DaMemberAddress address;
    private final ClientSecurity account;
    private final DcomServer sinks;
    private final Duration each;
    private final DaCheckRemedies remedies;

    private Deadline leg;
    private long legStartNanos;

    /**
     * @param account that of the links: it is let try again if its login passes
     * @param sinks serves our objects that the member calls back
     * @param each leg's time
     */
    public DaMemberCheck(DaMemberAddress address, ClientSecurity account, DcomServer sinks, Duration each) {
        this.address = address;
        this.account = account;
        this.sinks = sinks;
        this.each = each;
        this.remedies = new DaCheckRemedies(address, account);
        this.leg = Deadline.after(each);
    }

    /** A leg that failed; ends the walk. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final Leg leg;
        private final String remedy;

        Failed(Leg leg, String detail, String remedy) {
            super(detail, null, false, false);
            this.leg = leg;
            this.remedy = remedy;
        }
    }

    /**
     * @param legs told on this thread of each leg as it ends; the last one may be a failure
     * @throws InterruptedException the walk was given up
     */
    public void walk(Consumer<LegResult> legs) throws InterruptedException {
        begin();
        try {
            RemoteHost host = name(legs);
            InetAddress ours = port(legs, host);
            tell(legs, Leg.PROTOCOL, protocol(host));
            DaMemberAddress where = new DaMemberAddress(address.member(), host, address.clsid(), address.progId());
            DaConnector connector = connector(where, account.apart());
            try (DcomClient client = connector.client()) {
                tell(legs, Leg.LOGIN, login(client, where));
                DaConnection connection = activation(legs, connector, client);
                tell(legs, Leg.OBJECTS, objects(client, connection));
                tell(legs, Leg.READ, status(connection));
                tell(legs, Leg.CALLBACK, callback(connection, ours));
            }
        } catch (Failed e) {
            requireWanted();
            legs.accept(new LegResult(e.leg, false, shortened(String.valueOf(e.getMessage())), e.remedy, tookNanos()));
        }
    }

    private void begin() {
        leg = Deadline.after(each);
        legStartNanos = System.nanoTime();
    }

    /** Calls that are interrupted fail, and leave the mark of it. */
    private static void requireWanted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the check was given up");
        }
    }

    private void tell(Consumer<LegResult> legs, Leg passed, String detail) throws InterruptedException {
        requireWanted();
        legs.accept(new LegResult(passed, true, shortened(detail), "", tookNanos()));
        begin();
    }

    private long tookNanos() {
        return Math.max(1, System.nanoTime() - legStartNanos);
    }

    /** What others wrote is harmless to read, and short. */
    private static String shortened(String text) {
        return Printable.of(text.length() <= DETAIL_MAX ? text : text.substring(0, DETAIL_MAX) + "…");
    }

    private DaConnector connector(DaMemberAddress where, ClientSecurity as) {
        return new DaConnector(where, as, sinks, new LastHeard(System::nanoTime));
    }

    // ---- before any login

    /** The host under the address that its name has now. */
    private RemoteHost name(Consumer<LegResult> legs) throws Failed, InterruptedException {
        RemoteHost host = address.host();
        List<InetAddress> found = addresses(host.name());
        InetAddress first = found.contains(host.address()) ? host.address() : found.getFirst();
        tell(
                legs,
                Leg.NAME,
                "'%s' is %s."
                        .formatted(
                                host.name(),
                                found.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "))));
        return new RemoteHost(host.name(), first, host.resolverPort(), host.aliases());
    }

    /** On a thread of its own, as the system's resolver may take minutes. */
    private List<InetAddress> addresses(String name) throws Failed, InterruptedException {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("da-check-name").start(() -> {
            try {
                answer.complete(Arrays.asList(InetAddress.getAllByName(name)));
            } catch (UnknownHostException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(leg.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new Failed(Leg.NAME, "The name '%s' has no address.".formatted(name), remedies.name());
        } catch (TimeoutException e) {
            throw new Failed(
                    Leg.NAME,
                    "The name '%s' has no address that is told within %d ms.".formatted(name, each.toMillis()),
                    remedies.name());
        }
    }

    /** @return our own address on the way there */
    private InetAddress port(Consumer<LegResult> legs, RemoteHost host) throws Failed, InterruptedException {
        InetSocketAddress place = place(host);
        try {
            InetAddress ours = ResolverProbe.connect(place, leg);
            tell(legs, Leg.PORT, "A connection to %s opens.".formatted(text(place)));
            return ours;
        } catch (SocketTimeoutException e) {
            throw new Failed(
                    Leg.PORT,
                    "Port %d of %s does not answer within %d ms.".formatted(place.getPort(), host, each.toMillis()),
                    remedies.silentPort());
        } catch (IOException e) {
            throw new Failed(
                    Leg.PORT,
                    "Port %d of %s cannot be connected to: %s.".formatted(place.getPort(), host, e.getMessage()),
                    remedies.closedPort());
        }
    }

    private static InetSocketAddress place(RemoteHost host) {
        return new InetSocketAddress(host.address(), host.resolverPort());
    }

    private static String text(InetSocketAddress place) {
        return place.getAddress().getHostAddress() + ":" + place.getPort();
    }

    private String protocol(RemoteHost host) throws Failed {
        String at = text(place(host));
        return switch (ResolverProbe.ask(place(host), leg)) {
            case ResolverProbe.Answer.Version(var version)
            when version.major() == 5 -> "DCOM answers, version %s.".formatted(version);
            case ResolverProbe.Answer.Version(var version) ->
                throw new Failed(
                        Leg.PROTOCOL, "%s speaks version %s of DCOM.".formatted(at, version), remedies.otherProtocol());
            case ResolverProbe.Answer.NoVersion _ -> "DCOM answers, and tells no version.";
            case ResolverProbe.Answer.Silence _ ->
                throw new Failed(
                        Leg.PROTOCOL,
                        "%s accepts connections and answers nothing within %d ms.".formatted(at, each.toMillis()),
                        remedies.silentPeer());
            case ResolverProbe.Answer.Other(String why) ->
                throw new Failed(Leg.PROTOCOL, "%s is no DCOM: %s.".formatted(at, why), remedies.otherProtocol());
        };
    }

    // ---- the login

    private String login(DcomClient client, DaMemberAddress where) throws Failed {
        try {
            client.logIn(where.host(), leg);
        } catch (BindRefusedException e) {
            throw e.isAboutLevel()
                    ? new Failed(
                            Leg.LOGIN,
                            "The level is refused, not the password: %s.".formatted(e.getMessage()),
                            remedies.levelAnswered())
                    : refused(where, "The login is refused: %s.".formatted(e.getMessage()), remedies.kindOfLogin());
        } catch (RpcFaultException e) {
            String detail = "Access is denied (0x%08X) to %s: the password or the account is refused."
                    .formatted(HResult.ofStatus(e.status()), account);
            throw refused(where, detail, remedies.password());
        } catch (LinkException e) {
            throw unanswered(Leg.LOGIN, e, remedies.hanging());
        }
        account.allowLoginsAgain();
        return account.resolver() == AuthLevel.NONE
                ? "No login is configured, and none was asked for."
                : "Logged in: %s.".formatted(account);
    }

    /** Below integrity it may be the level: one login at a level that everybody takes tells. With this one there are two. */
    private Failed refused(DaMemberAddress where, String detail, String remedy) {
        AuthLevel usual = AuthLevel.PKT_INTEGRITY;
        if (!account.resolver().isAtLeast(usual) && account.resolver() != AuthLevel.NONE) {
            try (DcomClient client = connector(where, at(usual)).client()) {
                client.logIn(where.host(), leg);
                return new Failed(
                        Leg.LOGIN,
                        "The level is refused, not the password: no login passes at %s, and one does at %s."
                                .formatted(account.resolver(), usual),
                        remedies.levelTooLow(usual));
            } catch (LinkException | RpcFaultException e) {
                // refused at that level too: it is the login
            }
        }
        return new Failed(Leg.LOGIN, detail, remedy);
    }

    private ClientSecurity at(AuthLevel level) {
        return account.apart().withResolver(level).withCalls(level);
    }

    private Failed unanswered(Leg where, LinkException e, String remedy) {
        String detail = e instanceof DeadlineException
                ? "Nothing came back within %d ms.".formatted(each.toMillis())
                : "It failed: %s.".formatted(e.getMessage());
        return new Failed(where, detail, remedy);
    }

    // ---- the server object

    private DaConnection activation(Consumer<LegResult> legs, DaConnector connector, DcomClient client)
            throws Failed, InterruptedException {
        try {
            Guid clsid = clsid(connector, client);
            DaConnection made = connector.activate(client, leg);
            String id = address.clsid().isEmpty() ? "%s, which is %s,".formatted(address.server(), clsid) : clsid + "";
            tell(legs, Leg.ACTIVATION, "A server object of %s was made.".formatted(id));
            return made;
        } catch (ActivationException e) {
            throw notMade(e.hresult(), connector, client, String.valueOf(e.getMessage()));
        } catch (RpcFaultException e) {
            throw notMade(HResult.ofStatus(e.status()), connector, client, String.valueOf(e.getMessage()));
        } catch (LinkException e) {
            throw unanswered(Leg.ACTIVATION, e, remedies.slowStart());
        }
    }

    private Guid clsid(DaConnector connector, DcomClient client) throws Failed, LinkException, RpcFaultException {
        try {
            return connector.clsid(client, leg);
        } catch (ActivationException e) {
            throw new Failed(Leg.ACTIVATION, capitalized(String.valueOf(e.getMessage())) + ".", remedies.openEnum());
        }
    }

    private static String capitalized(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private Failed notMade(int hresult, DaConnector connector, DcomClient client, String why) {
        return switch (hresult) {
            case HResult.REGDB_E_CLASSNOTREG -> notRegistered(connector, client);
            case HResult.E_ACCESSDENIED -> notAllowed(connector.address());
            default -> new Failed(Leg.ACTIVATION, "%s.".formatted(capitalized(why)), remedies.activation(hresult));
        };
    }

    /** What OpcEnum knows and COM cannot make for others is a DLL; without OpcEnum that is not known. */
    private Failed notRegistered(DaConnector connector, DcomClient client) {
        String code = OpcResult.describe(HResult.REGDB_E_CLASSNOTREG);
        Optional<OpcEnum.Details> known = details(connector, client);
        return known.isPresent()
                ? new Failed(
                        Leg.ACTIVATION,
                        "OpcEnum lists %s as '%s', and the machine has no program for it: %s."
                                .formatted(address.server(), known.get().progId(), code),
                        remedies.inProcess())
                : new Failed(
                        Leg.ACTIVATION,
                        "%s is not registered at %s as a server for other machines: %s."
                                .formatted(address.server(), connector.address().host(), code),
                        remedies.notRegistered());
    }

    private Optional<OpcEnum.Details> details(DaConnector connector, DcomClient client) {
        try (OpcEnum list = OpcEnum.open(client, connector.address().host(), leg)) {
            return list.details(connector.clsid(client, leg), leg);
        } catch (LinkException | RpcFaultException e) {
            return Optional.empty();
        }
    }

    /** The password has passed, so that asking again at the highest level risks nothing, and tells level from permission. */
    private Failed notAllowed(DaMemberAddress where) {
        AuthLevel most = AuthLevel.PKT_PRIVACY;
        if (account.resolver() == AuthLevel.NONE) {
            return new Failed(
                    Leg.ACTIVATION,
                    "Without a login no object of %s is made: %s."
                            .formatted(address.server(), OpcResult.describe(HResult.E_ACCESSDENIED)),
                    remedies.password());
        }
        if (!account.resolver().isAtLeast(most)) {
            DaConnector higher = connector(where, at(most));
            try (DcomClient client = higher.client();
                    DaConnection _ = higher.activate(client, leg)) {
                return new Failed(
                        Leg.ACTIVATION,
                        "The level is refused, not the account: no object is made at %s, and one is at %s."
                                .formatted(account.resolver(), most),
                        remedies.levelTooLow(most));
            } catch (LinkException | RpcFaultException e) {
                // neither: it is the permission
            }
        }
        return new Failed(
                Leg.ACTIVATION,
                "The login is taken, and the account may not have an object of %s made: %s."
                        .formatted(address.server(), OpcResult.describe(HResult.E_ACCESSDENIED)),
                remedies.permission());
    }

    // ---- its port, its status

    private String objects(DcomClient client, DaConnection connection) throws Failed {
        try {
            Reach reach = client.reach(connection.server(), leg);
            if (reach.targets().isEmpty()) {
                throw new Failed(
                        Leg.OBJECTS,
                        "Its objects are where Tandem does not go: %s.".formatted(reach.why(List.of(address.host()))),
                        remedies.elsewhere());
            }
            InetSocketAddress place = reachable(reach.targets());
            // the connection and its login are made for a question that every object answers
            Result<ComPointer<IOPCServer>> asked = connection.server().queryInterface(IOPCServer.DEF, leg);
            if (asked.isSuccess()) {
                asked.value().close();
            }
            return "Its objects are called at %s.".formatted(text(place));
        } catch (RpcFaultException e) {
            boolean isDenied = e.status() == RpcStatus.ACCESS_DENIED || e.status() == HResult.E_ACCESSDENIED;
            throw new Failed(
                    Leg.OBJECTS,
                    "The object was made, and may not be called: %s.".formatted(e.getMessage()),
                    isDenied ? remedies.accessPermission() : remedies.hanging());
        } catch (LinkException e) {
            throw unanswered(Leg.OBJECTS, e, remedies.hanging());
        }
    }

    private InetSocketAddress reachable(List<Reach.Target> targets) throws Failed {
        InetSocketAddress last = targets.getFirst().address();
        String why = "";
        for (int i = 0; i < targets.size(); i++) {
            last = targets.get(i).address();
            Duration share = Duration.ofNanos(leg.remainingNanos() / (targets.size() - i + 1));
            try {
                var unused = ResolverProbe.connect(last, Deadline.after(share));
                return last;
            } catch (SocketTimeoutException e) {
                why = "does not answer";
            } catch (IOException e) {
                why = "cannot be connected to: " + e.getMessage();
            }
        }
        throw new Failed(
                Leg.OBJECTS,
                "Port %d of %s, at which its objects are called, %s."
                        .formatted(last.getPort(), last.getAddress().getHostAddress(), why),
                remedies.objectPort(last.getPort()));
    }

    private String status(DaConnection connection) throws Failed {
        Instant before = Instant.now();
        long sent = System.nanoTime();
        try {
            Result<OpcServerStatus> answer = connection.status(leg);
            long roundTripNanos = System.nanoTime() - sent;
            if (!answer.isSuccess()) {
                throw new Failed(
                        Leg.READ,
                        "It gives no status: %s.".formatted(OpcResult.describe(answer.hresult())),
                        remedies.status());
            }
            OpcServerStatus status = answer.value();
            ServerCondition condition = Conditions.of(status, before.plusNanos(roundTripNanos / 2), roundTripNanos);
            return "State %s, version %d.%d.%d of '%s', answered in %.1f ms, %s.%s"
                    .formatted(
                            status.state(),
                            status.major(),
                            status.minor(),
                            status.build(),
                            status.vendorInfo(),
                            roundTripNanos / 1e6,
                            clock(condition),
                            condition.state() == ServerCondition.State.RUNNING
                                    ? ""
                                    : " In this state it is not promoted.");
        } catch (RpcFaultException e) {
            throw new Failed(Leg.READ, "It gives no status: %s.".formatted(e.getMessage()), remedies.status());
        } catch (LinkException e) {
            throw unanswered(Leg.READ, e, remedies.hanging());
        }
    }

    private static String clock(ServerCondition condition) {
        return condition.clockSkewNanos() == Long.MIN_VALUE
                ? "its clock is not known"
                : "its clock is %+d ms from ours".formatted(condition.clockSkewNanos() / 1_000_000);
    }

    // ---- and back

    private String callback(DaConnection connection, InetAddress ours) throws Failed, InterruptedException {
        String door = text(new InetSocketAddress(ours, doorPort(ours)));
        CallbackCheck.Outcome outcome;
        try {
            outcome = new CallbackCheck(connection, leg).run();
        } catch (RpcFaultException e) {
            throw new Failed(
                    Leg.CALLBACK,
                    "It takes no sink: %s.".formatted(e.getMessage()),
                    remedies.callback(HResult.ofStatus(e.status()), door));
        } catch (LinkException e) {
            throw unanswered(Leg.CALLBACK, e, remedies.callback(HResult.SERVER_UNAVAILABLE, door));
        }
        return switch (outcome) {
            case CallbackCheck.Outcome.Proven(String how) -> "It reaches us at %s: it %s.".formatted(door, how);
            case CallbackCheck.Outcome.NotOffered _ ->
                "It is a server of DA 1.0, which has nothing to call Tandem back by: its monitor items are read.";
            case CallbackCheck.Outcome.Refused(int hresult) ->
                throw new Failed(
                        Leg.CALLBACK,
                        "It takes no sink at %s: %s.".formatted(door, OpcResult.describe(hresult)),
                        remedies.callback(hresult, door));
            case CallbackCheck.Outcome.Silent _ ->
                throw new Failed(
                        Leg.CALLBACK,
                        "It took our sink, and no value has come to %s within %d ms.".formatted(door, each.toMillis()),
                        remedies.callback(HResult.SERVER_UNAVAILABLE, door));
        };
    }

    /** That is told to the member, whichever address listens. */
    private int doorPort(InetAddress ours) {
        List<InetSocketAddress> doors = sinks.resolverAddresses();
        return doors.stream()
                .filter(one -> one.getAddress().equals(ours))
                .findFirst()
                .orElse(doors.getFirst())
                .getPort();
    }
}
