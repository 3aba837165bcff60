package org.tandemopc.relay.ua;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.ua.back.CheckedNamespaces;
import org.tandemopc.relay.ua.back.ClientIdentity;
import org.tandemopc.relay.ua.back.ConnectAdmission;
import org.tandemopc.relay.ua.back.HostResolver;
import org.tandemopc.relay.ua.back.LinkEnvironment;
import org.tandemopc.relay.ua.back.MemberAddress;
import org.tandemopc.relay.ua.back.MemberCheck;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.back.MemberFacts;
import org.tandemopc.relay.ua.back.MemberTrust;
import org.tandemopc.relay.ua.back.PairNamespaces;
import org.tandemopc.relay.ua.back.PlainChannel;
import org.tandemopc.relay.ua.back.UaControlLink;
import org.tandemopc.relay.ua.back.UaFinder;
import org.tandemopc.relay.ua.back.UaItems;
import org.tandemopc.relay.ua.back.UaMemberConnector;
import org.tandemopc.relay.ua.front.FrontDoorConfig;
import org.tandemopc.relay.ua.front.FrontIdentity;
import org.tandemopc.relay.ua.front.UaFrontDoor;
import org.tandemopc.relay.ua.security.CertificateThread;
import org.tandemopc.relay.ua.security.FrontTrust;
import org.tandemopc.relay.ua.security.MemberCertificates;
import org.tandemopc.relay.ua.security.OwnCertificates;
import org.tandemopc.relay.ua.security.PeerCertificates;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.NamespaceMap;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * OPC UA as a protocol of the service: one front door for all pairs, one group of event loops for both sides, and for
 * each pair its relay and its control links. Any thread.
 */
public final class UaProtocol implements Protocol {
    private static final Logger LOG = LoggerFactory.getLogger(UaProtocol.class);

    /** Messages up to 16 MB, in chunks of 64 kB, both sides. */
    private static final EncodingLimits LIMITS = new EncodingLimits(65_535, 512, 16 << 20, 64);

    /**
     * No password is ever sent where others can read it. A client encrypts its password for Tandem; to hand it on in
     * clear, because a member's link has policy None and the member's own token policy does not encrypt either, would
     * take away what the client was promised, and nobody would see it. Such a member refuses the user: the client's
     * ActivateSession is answered Bad_IdentityTokenRejected, the switch goes on without that session (S32), and a record
     * names the member and the remedy. The same for the account of the control link. A member with policy None that asks
     * for encrypted passwords (most do) is served.
     */
    private static final boolean PLAIN_PASSWORDS = false;

    private static final long ORDERS_MS_MAX = 1_000;
    private static final long LET_GO_NANOS_MAX = 1_000_000_000L;
    private static final long LET_GO_POLL_NANOS = 10_000_000L;

    private OpcUaConfig config;
    /** Its name, asked for once: the name service may be silent later. */
    private final String machine = hostName();

    private final EventLoopGroup loops;
    private final ExecutorService crypto;
    private final HostResolver resolver;
    private final EncodingContext encoding = UaWire.encodingContext(LIMITS);
    private final OwnCertificates own;
    private final PeerCertificates clientCertificates;
    private final PeerCertificates memberCertificates;
    private FrontTrust frontTrust;
    private final CheckedNamespaces checkedNamespaces = new CheckedNamespaces();
    private final Path folder;
    private final MemberCertificates listedMembers;
    private final InstantSource clock;
    private final CertificateThread certificateThread = new CertificateThread();
    private final ExpiryWatch expiry = new ExpiryWatch();
    private final Map<String, RelayListener> listeners = new ConcurrentHashMap<>();
    private @Nullable UaFrontDoor front;
    /** Where it listens, for those who must not wait for us. */
    private volatile @Nullable InetSocketAddress bound;

    private final Map<String, UaPair> pairs = new LinkedHashMap<>();
    private boolean closed;
    private final Opener opener;
    /** Held for as long as one door takes the place of another. */
    private final Object reopening = new Object();
    /** {@link #front} is closed, because no door could be opened in its place. Guarded by {@link #reopening}. */
    private boolean isFrontLost;

    /** Opens a front door: a plug, so that a test can have it fail. */
    @FunctionalInterface
    interface Opener {
        UaFrontDoor open(
                FrontDoorConfig config, FrontIdentity identity, CertificateValidator trust, EventLoopGroup loops)
                throws IOException;
    }

    /**
     * @param folder for certificates: {@code own}, and for {@code clients} and {@code members} each {@code trusted},
     *     {@code issuers} and {@code refused}; made if missing
     * @throws IOException if they can be neither read nor made, naming the file
     */
    public UaProtocol(OpcUaConfig config, Path folder) throws IOException {
        this(config, folder, InstantSource.system());
    }

    /** @param clock tells when certificates end */
    UaProtocol(OpcUaConfig config, Path folder, InstantSource clock) throws IOException {
        this(config, folder, clock, UaFrontDoor::open);
    }

    UaProtocol(OpcUaConfig config, Path folder, InstantSource clock, Opener opener) throws IOException {
        this.config = config;
        this.clock = clock;
        this.opener = opener;
        this.loops = new NioEventLoopGroup(
                Math.max(2, Runtime.getRuntime().availableProcessors()), new DefaultThreadFactory("ua-loop", true));
        this.crypto = new ThreadPoolExecutor(
                2,
                2,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1_000),
                new DefaultThreadFactory("ua-crypto", true));
        this.resolver = new HostResolver();
        this.own = OwnCertificates.loadOrCreate(
                folder.resolve("own"), "urn:" + machine + ":tandemopc:tandem", hostNames(machine, config));
        this.folder = folder;
        this.clientCertificates = new PeerCertificates(folder.resolve("clients"));
        this.memberCertificates = new PeerCertificates(folder.resolve("members"));
        this.frontTrust = frontTrust(config);
        this.listedMembers = new MemberCertificates(memberCertificates, own::contains, certificateThread);
        // Each for itself: a folder that is gone keeps nobody from looking into the others.
        for (Runnable look : List.<Runnable>of(own::look, clientCertificates::look, memberCertificates::look)) {
            certificateThread.repeat(1, TimeUnit.SECONDS, look);
        }
    }

    private FrontTrust frontTrust(OpcUaConfig config) {
        return config.trust() == Trust.ALL
                ? FrontTrust.acceptAll(own::contains)
                : FrontTrust.lists(clientCertificates, own::contains, certificateThread);
    }

    /** @param port in place of the configured one */
    private static FrontDoorConfig frontConfig(OpcUaConfig config, int port) {
        List<FrontDoorConfig.Security> offered = new ArrayList<>();
        for (SecurityChoice choice : config.security()) {
            if (choice == SecurityChoice.NONE) {
                offered.add(FrontDoorConfig.Security.NONE);
                continue;
            }
            for (MessageMode mode : config.modes()) {
                offered.add(new FrontDoorConfig.Security(policy(choice), mode(mode)));
            }
        }
        FrontDoorConfig usual = FrontDoorConfig.of(config.host(), port, offered);
        return new FrontDoorConfig(
                usual.bindHost(),
                usual.port(),
                usual.publishedHosts(),
                usual.securities(),
                config.anonymous(),
                true,
                usual.sessionTimeoutMin(),
                usual.sessionTimeoutMax(),
                usual.limits());
    }

    private static SecurityPolicy policy(SecurityChoice choice) {
        return switch (choice) {
            case NONE -> SecurityPolicy.None;
            case BASIC256SHA256 -> SecurityPolicy.Basic256Sha256;
            case AES128_SHA256_RSAOAEP -> SecurityPolicy.Aes128_Sha256_RsaOaep;
            case AES256_SHA256_RSAPSS -> SecurityPolicy.Aes256_Sha256_RsaPss;
        };
    }

    private static MessageSecurityMode mode(MessageMode mode) {
        return switch (mode) {
            case SIGN -> MessageSecurityMode.Sign;
            case SIGN_AND_ENCRYPT -> MessageSecurityMode.SignAndEncrypt;
        };
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    private static List<String> hostNames(String machine, OpcUaConfig config) {
        Set<String> names = new LinkedHashSet<>(List.of(machine, "localhost", "127.0.0.1"));
        if (!config.host().equals("0.0.0.0") && !config.host().equals("::")) {
            names.add(config.host());
        }
        return List.copyOf(names);
    }

    @Override
    public synchronized Plane pair(PairConfig config, RelayListener listener) {
        if (pairs.containsKey(config.path())) {
            throw new IllegalArgumentException("a pair with path " + config.path() + " exists");
        }
        UaFrontDoor.requirePath(config.path());
        List<UaMemberConnector> connectors = new ArrayList<>();
        CompletableFuture<UaPair> made = new CompletableFuture<>();
        PairNamespaces namespaces = new PairNamespaces(table -> {
            var unused = made.thenAccept(pair -> pair.namespaces(table));
        });
        for (int m = 0; m < config.members().size(); m++) {
            MemberTrust trust = new RecordedTrust(config, m, trust(configOf(config, m)), listener);
            connectors.add(connector(config, m, trust, namespaces));
        }
        UaPair pair = new UaPair(
                config.settings(),
                config.path(),
                List.<MemberConnector>copyOf(connectors),
                own.front().applicationUri(),
                listener,
                this::closeFrontSessions,
                System::nanoTime);
        made.complete(pair);
        pair.beforeServing(namespaces::settle);
        if (front != null) {
            // First, for it may be refused: a pair that is remembered is published by every door to come.
            front.publish(pair);
        }
        pairs.put(config.path(), pair);
        listeners.put(config.path(), listener);
        return new UaPlane(config, pair, connectors, namespaces, listener);
    }

    @Override
    public void check(PairConfig pair, int member, Consumer<LegResult> legs) throws InterruptedException {
        UaMemberConfig config = configOf(pair, member);
        UaMemberConnector connector = connector(pair, member, trust(config), new PairNamespaces());
        new MemberCheck(
                        connector,
                        loops.next(),
                        identity(config),
                        "Tandem " + pair.name() + " check",
                        array -> checkedNamespaces.compare(pair.name(), member, array),
                        folder,
                        MemberCheck.LEG_MS)
                .walk(legs);
    }

    @Override
    public Discovery discovery() {
        return new UaFinder(
                client -> new PlainChannel(loops.next(), client),
                () -> ClientIdentity.of(own.back()),
                member -> new UaItems(
                        connector(0, member, trust(member), new PairNamespaces()),
                        loops.next(),
                        identity(member),
                        "Tandem browser",
                        folder));
    }

    private static UaMemberConfig configOf(PairConfig pair, int member) {
        if (pair.members().get(member) instanceof UaMemberConfig config) {
            return config;
        }
        throw new IllegalArgumentException("pair " + pair.name() + " is none of OPC UA");
    }

    private static UserIdentity identity(UaMemberConfig config) {
        MemberConfig.Account account = config.account();
        return account == null
                ? new UserIdentity.Anonymous()
                : new UserIdentity.UserName(
                        account.user(), account.password().reveal().getBytes(StandardCharsets.UTF_8));
    }

    private UaMemberConnector connector(PairConfig pair, int member, MemberTrust trust, PairNamespaces namespaces) {
        return connector(member, configOf(pair, member), trust, namespaces);
    }

    private UaMemberConnector connector(
            int member, UaMemberConfig config, MemberTrust trust, PairNamespaces namespaces) {
        boolean secured = config.security() != SecurityChoice.NONE;
        return new UaMemberConnector(
                new MemberAddress(
                        member,
                        config.url(),
                        policy(config.security()),
                        secured ? mode(config.mode()) : MessageSecurityMode.None,
                        null),
                () -> environment(trust),
                new ConnectAdmission(ConnectAdmission.PER_SECOND_DEFAULT),
                encoding,
                namespaces);
    }

    private LinkEnvironment environment(MemberTrust trust) {
        return new LinkEnvironment(ClientIdentity.of(own.back()), trust, resolver, crypto, PLAIN_PASSWORDS);
    }

    private MemberTrust trust(UaMemberConfig config) {
        return config.trust() == Trust.ALL ? this::refuseOurOwn : listedMembers::check;
    }

    /** Whatever else is trusted: who shows our own certificate reflects what we say, or is Tandem itself. */
    private void refuseOurOwn(List<X509Certificate> chain, String applicationUri) throws UaException {
        if (!chain.isEmpty() && own.contains(chain.getFirst())) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, "the member presents our own certificate");
        }
    }

    @Override
    public void start() throws IOException {
        synchronized (reopening) {
            OpcUaConfig wanted = config();
            FrontTrust trust = trust();
            enter(open(wanted, wanted.port(), trust), wanted, trust);
        }
        certificateThread.repeat(1, TimeUnit.DAYS, this::checkExpiry);
    }

    void checkExpiry() {
        try {
            List<ExpiryWatch.Warning> warnings;
            synchronized (expiry) {
                warnings = expiry.check(certificates().orElseThrow().entries(), clock.instant());
            }
            warnings.forEach(this::warn);
        } catch (IOException e) {
            LOG.warn("the certificates cannot be looked at: {}", e.getMessage());
        }
    }

    private void warn(ExpiryWatch.Warning warning) {
        Certificates.Entry entry = warning.entry();
        String until = entry.notAfter().toString();
        String text = warning.step() == 0
                ? RecordTexts.certificateExpired(whose(entry), entry.subject(), until)
                : RecordTexts.certificateExpires(whose(entry), entry.subject(), until, warning.daysLeft());
        LOG.warn("{}", text);
        PairRecord told = new PairRecord(
                RecordKind.CERTIFICATE, text, Map.of("thumbprint", entry.thumbprint(), "step", warning.step()));
        listeners.values().forEach(listener -> listener.record(told));
    }

    private static String whose(Certificates.Entry entry) {
        String side = entry.side() == Certificates.Side.CLIENTS ? "clients" : "members";
        return switch (entry.state()) {
            case OWN -> "Tandem's own certificate towards " + side;
            case TRUSTED -> "The trusted certificate of one of the " + side;
            case ISSUER -> "The certificate of an issuer for " + side;
            case REFUSED -> "The refused certificate of one of the " + side;
        };
    }

    @Override
    public Optional<Certificates> certificates() {
        return Optional.of(new UaCertificates(own, clientCertificates, memberCertificates));
    }

    @Override
    public void reopen(DoorConfig frontDoor) throws IOException {
        if (!(frontDoor instanceof OpcUaConfig wanted)) {
            throw new IllegalArgumentException("a front door of " + frontDoor.kind());
        }
        synchronized (reopening) {
            UaFrontDoor old;
            OpcUaConfig before;
            synchronized (this) {
                old = front;
                before = config;
            }
            if (old == null) {
                throw new IllegalStateException("not started");
            }
            replace(old, before, wanted, frontTrust(wanted));
        }
    }

    private void replace(UaFrontDoor old, OpcUaConfig before, OpcUaConfig wanted, FrontTrust trust) throws IOException {
        boolean isPlaceKept = wanted.host().equals(before.host()) && wanted.port() == before.port();
        int port = isPlaceKept ? old.port() : wanted.port();
        boolean isOldInTheWay = port != 0 && port == old.port();
        if (isOldInTheWay) {
            // The listener of one door keeps the other one off the port.
            old.close();
        }
        try {
            enter(
                    isOldInTheWay && !isFrontLost ? openInPlace(wanted, port, trust) : open(wanted, port, trust),
                    wanted,
                    trust);
        } catch (IOException e) {
            if (isOldInTheWay || isFrontLost) {
                openAgain(before, old.port(), e);
            }
            throw e;
        }
        isFrontLost = false;
        old.close();
    }

    private synchronized OpcUaConfig config() {
        return config;
    }

    /** A listener that was just closed keeps its port until its event loop has let go of it: a matter of milliseconds. */
    private UaFrontDoor openInPlace(OpcUaConfig with, int port, FrontTrust trust) throws IOException {
        long end = System.nanoTime() + LET_GO_NANOS_MAX;
        while (true) {
            try {
                return open(with, port, trust);
            } catch (IOException e) {
                if (!isBindRefused(e)
                        || System.nanoTime() - end > 0
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(LET_GO_POLL_NANOS);
            }
        }
    }

    private static boolean isBindRefused(IOException e) {
        return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .anyMatch(BindException.class::isInstance);
    }

    private UaFrontDoor open(OpcUaConfig with, int port, FrontTrust trust) throws IOException {
        return opener.open(frontConfig(with, port), FrontIdentity.of(own), trust, loops);
    }

    /** The old door is closed and the new one did not open: the old one comes back, or nothing listens any more. */
    private void openAgain(OpcUaConfig before, int port, IOException why) throws FrontDoorLostException {
        FrontTrust same = trust();
        try {
            enter(isFrontLost ? open(before, port, same) : openInPlace(before, port, same), before, same);
            isFrontLost = false;
        } catch (IOException e) {
            isFrontLost = true;
            throw new FrontDoorLostException(why, e);
        }
    }

    private synchronized FrontTrust trust() {
        return frontTrust;
    }

    /**
     * Makes it the door of all pairs, or closes it: one that is open and not ours would keep the port for ever.
     *
     * @throws IOException a pair cannot be published
     */
    private void enter(UaFrontDoor door, OpcUaConfig with, FrontTrust trust) throws IOException {
        try {
            publishAll(door, with, trust);
        } catch (RuntimeException e) {
            // Without our lock: sessions that came meanwhile are closed, and their pairs may wait for it.
            door.close();
            throw new IOException("The front door cannot be opened for all pairs: " + e.getMessage(), e);
        }
    }

    private synchronized void publishAll(UaFrontDoor door, OpcUaConfig with, FrontTrust trust) {
        pairs.values().forEach(door::publish);
        front = door;
        bound = door.address();
        config = with;
        frontTrust = trust;
    }

    /** Sessions of a pair that was disabled: the path stays, new ones are refused by the pair. */
    private synchronized void closeFrontSessions(UaPair pair) {
        UaFrontDoor door = front;
        if (door != null && pairs.containsValue(pair)) {
            door.withdraw(pair);
            door.publish(pair);
        }
    }

    @Override
    public InetSocketAddress boundAddress() {
        InetSocketAddress at = bound;
        if (at == null) {
            throw new IllegalStateException("not started");
        }
        return at;
    }

    @Override
    public String endpointUrl(PairConfig pair) {
        return url(boundAddress(), machine, pair.path());
    }

    /** @param machine stands for all addresses of this machine */
    static String url(InetSocketAddress at, String machine, String path) {
        String place =
                at.getAddress().isAnyLocalAddress() ? machine + ":" + at.getPort() : NetUtil.toSocketAddressString(at);
        return "opc.tcp://" + place + path;
    }

    @Override
    public void close() {
        List<UaPair> open;
        UaFrontDoor door;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(pairs.values());
            pairs.clear();
            door = front;
        }
        if (door != null) {
            door.close();
        }
        open.forEach(pair -> pair.closeSessions(Long.MAX_VALUE));
        awaitOrders();
        loops.shutdownGracefully(1_500, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(6_000);
        crypto.shutdownNow();
        certificateThread.close();
        resolver.close();
    }

    /**
     * Until each loop has done what it was given: one that is shut down closes its connections at once, and a session whose
     * end was not sent by then stays at its server until its timeout.
     */
    private void awaitOrders() {
        for (EventExecutor loop : loops) {
            if (!loop.submit(() -> {}).awaitUninterruptibly(ORDERS_MS_MAX)) {
                LOG.warn("an event loop does not end its work in time");
            }
        }
    }

    /** One pair: its relay and its control links. */
    private final class UaPlane implements Plane {
        private final PairConfig config;
        private final UaPair pair;
        private final List<UaMemberConnector> connectors;
        private final PairNamespaces namespaces;
        private final SameServerWatch sameServer;
        private final RelayListener listener;
        private final List<ControlLink> controls = new ArrayList<>();

        UaPlane(
                PairConfig config,
                UaPair pair,
                List<UaMemberConnector> connectors,
                PairNamespaces namespaces,
                RelayListener listener) {
            this.config = config;
            this.pair = pair;
            this.connectors = connectors;
            this.namespaces = namespaces;
            this.listener = listener;
            this.sameServer = new SameServerWatch((one, other) -> listener.record(sameServerRecord(one, other)));
        }

        private PairRecord sameServerRecord(int one, int other) {
            List<PairSettings.MemberName> members = config.settings().members();
            return new PairRecord(
                    RecordKind.SAME_SERVER,
                    RecordTexts.sameServer(
                            config.name(),
                            one,
                            members.get(one).machine(),
                            other,
                            members.get(other).machine()),
                    UaPair.fields("member", one, "other", other));
        }

        @Override
        public Relay relay() {
            return pair;
        }

        @Override
        public ControlLink control(int member, ControlLink.Listener listener) {
            UaControlLink link = new UaControlLink(
                    connectors.get(member),
                    loops.next(),
                    settings(member),
                    namespaces,
                    InstantSource.system(),
                    this::saw,
                    listener);
            synchronized (controls) {
                controls.add(link);
            }
            return link;
        }

        private void saw(int member, MemberFacts facts) {
            sameServer.saw(member, facts);
            List<String> table = namespaces.current();
            if (table != null
                    && NamespaceMap.difference(table, facts.namespaceArray()) == null
                    && !NamespaceMap.isSame(table, facts.namespaceArray())) {
                pair.namespacesMapped(member, NamespaceMap.lacking(table, facts.namespaceArray()));
            }
        }

        private UaControlLink.Settings settings(int member) {
            UaControlLink.Settings usual = UaControlLink.Settings.of("Tandem " + config.name() + " control");
            return new UaControlLink.Settings(
                    identity(configOf(config, member)),
                    usual.sessionName(),
                    usual.connectTimeoutMs(),
                    usual.sessionTimeoutMs(),
                    usual.publishingIntervalMs());
        }

        @Override
        public void remove() {
            synchronized (UaProtocol.this) {
                pairs.remove(config.path(), pair);
                listeners.remove(config.path(), listener);
                if (front != null) {
                    front.withdraw(pair);
                }
            }
            pair.closeSessions(Long.MAX_VALUE);
            synchronized (controls) {
                controls.forEach(ControlLink::close);
            }
        }
    }
}
