package org.tandemopc.relay.ua;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.ua.back.CanonicalNamespaces;
import org.tandemopc.relay.ua.back.ClientIdentity;
import org.tandemopc.relay.ua.back.ConnectAdmission;
import org.tandemopc.relay.ua.back.HostResolver;
import org.tandemopc.relay.ua.back.LinkEnvironment;
import org.tandemopc.relay.ua.back.MemberAddress;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.back.MemberTrust;
import org.tandemopc.relay.ua.back.UaControlLink;
import org.tandemopc.relay.ua.back.UaMemberConnector;
import org.tandemopc.relay.ua.front.FrontDoorConfig;
import org.tandemopc.relay.ua.front.UaFrontDoor;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.relay.ua.security.FrontTrust;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * OPC UA as a protocol of the service: one front door for all pairs, one group of event loops for both sides, and for
 * each pair its relay and its control links. Any thread.
 */
public final class UaProtocol implements Protocol {
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

    private OpcUaConfig config;
    private final Path folder;
    private final EventLoopGroup loops;
    private final ExecutorService crypto;
    private final HostResolver resolver;
    private final EncodingContext encoding = UaWire.encodingContext(LIMITS);
    private final ApplicationCertificates certificates;
    private FrontTrust frontTrust;
    private @Nullable UaFrontDoor front;
    private final Map<String, UaPair> pairs = new LinkedHashMap<>();
    private boolean closed;
    /** Held for as long as one door takes the place of another. */
    private final Object reopening = new Object();

    /**
     * @param folder for certificates and trust lists; made if missing
     * @throws IOException if they can be neither read nor made, naming the file
     */
    public UaProtocol(OpcUaConfig config, Path folder) throws IOException {
        this.config = config;
        this.folder = folder;
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
        this.certificates = ApplicationCertificates.loadOrCreate(
                folder.resolve("own"), "urn:" + hostName() + ":tandemopc:tandem", hostNames(config));
        this.frontTrust = frontTrust(config);
    }

    private FrontTrust frontTrust(OpcUaConfig config) throws IOException {
        return config.trust() == Trust.ALL
                ? FrontTrust.acceptAll(certificates)
                : FrontTrust.lists(folder.resolve("front"), certificates);
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

    private static List<String> hostNames(OpcUaConfig config) {
        Set<String> names = new LinkedHashSet<>(List.of(hostName(), "localhost", "127.0.0.1"));
        if (!config.host().equals("0.0.0.0")) {
            names.add(config.host());
        }
        return List.copyOf(names);
    }

    @Override
    public synchronized Plane pair(PairConfig config, RelayListener listener) {
        if (pairs.containsKey(config.path())) {
            throw new IllegalArgumentException("a pair with path " + config.path() + " exists");
        }
        List<UaMemberConnector> connectors = new ArrayList<>();
        for (int m = 0; m < config.members().size(); m++) {
            connectors.add(connector(m, config.members().get(m)));
        }
        UaPair pair = new UaPair(
                config.settings(),
                config.path(),
                List.<MemberConnector>copyOf(connectors),
                certificates.front().applicationUri(),
                listener,
                this::closeFrontSessions,
                System::nanoTime);
        pairs.put(config.path(), pair);
        if (front != null) {
            front.publish(pair);
        }
        return new UaPlane(config, pair, connectors);
    }

    private UaMemberConnector connector(int member, MemberConfig config) {
        boolean secured = config.security() != SecurityChoice.NONE;
        return new UaMemberConnector(
                new MemberAddress(
                        member,
                        config.url(),
                        policy(config.security()),
                        secured ? mode(config.mode()) : MessageSecurityMode.None,
                        null),
                environment(config),
                new ConnectAdmission(ConnectAdmission.PER_SECOND_DEFAULT),
                encoding);
    }

    private LinkEnvironment environment(MemberConfig config) {
        ApplicationCertificate own = certificates.back();
        ClientIdentity client = new ClientIdentity(
                own.applicationUri(), "urn:tandemopc:tandem", "Tandem", own.keyPair(), List.of(own.certificate()));
        return new LinkEnvironment(
                client,
                config.trust() == Trust.ALL ? MemberTrust.acceptAll() : listedMembers(),
                resolver,
                crypto,
                PLAIN_PASSWORDS);
    }

    private @Nullable MemberTrust listed;

    private synchronized MemberTrust listedMembers() {
        if (listed == null) {
            try {
                listed = MemberTrust.folder(folder.resolve("members"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(
                        "the trust list of the members in " + folder.resolve("members") + " cannot be read", e);
            }
        }
        return listed;
    }

    @Override
    public synchronized void start() throws IOException {
        UaFrontDoor door =
                UaFrontDoor.open(frontConfig(config, config.port()), certificates.front(), frontTrust, loops);
        pairs.values().forEach(door::publish);
        front = door;
    }

    @Override
    public void reopen(OpcUaConfig wanted) throws IOException {
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
            FrontTrust trust = frontTrust(wanted);
            try {
                replace(old, before, wanted, trust);
            } catch (IOException | RuntimeException e) {
                trust.close();
                throw e;
            }
        }
    }

    private void replace(UaFrontDoor old, OpcUaConfig before, OpcUaConfig wanted, FrontTrust trust) throws IOException {
        boolean isPlaceKept = wanted.host().equals(before.host()) && wanted.port() == before.port();
        int port = isPlaceKept ? old.port() : wanted.port();
        if (port != 0 && port == old.port()) {
            // The listener of one door keeps the other one off the port.
            old.close();
        }
        UaFrontDoor door;
        try {
            door = UaFrontDoor.open(frontConfig(wanted, port), certificates.front(), trust, loops);
        } catch (IOException e) {
            if (port == old.port()) {
                FrontTrust same = trust();
                enter(UaFrontDoor.open(frontConfig(before, port), certificates.front(), same, loops), before, same);
            }
            throw e;
        }
        FrontTrust replaced = trust();
        enter(door, wanted, trust);
        old.close();
        replaced.close();
    }

    private synchronized FrontTrust trust() {
        return frontTrust;
    }

    private synchronized void enter(UaFrontDoor door, OpcUaConfig with, FrontTrust trust) {
        pairs.values().forEach(door::publish);
        front = door;
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
    public synchronized InetSocketAddress boundAddress() {
        if (front == null) {
            throw new IllegalStateException("not started");
        }
        return new InetSocketAddress(config.host(), front.port());
    }

    @Override
    public String endpointUrl(PairConfig pair) {
        InetSocketAddress at = boundAddress();
        String host = at.getAddress().isAnyLocalAddress()
                ? hostName()
                : at.getAddress().getHostAddress();
        return "opc.tcp://" + host + ":" + at.getPort() + pair.path();
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
        loops.shutdownGracefully(1_500, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(6_000);
        crypto.shutdownNow();
        resolver.close();
        try {
            frontTrust.close();
        } catch (IOException nothingLeftToDo) {
            // The trust list's file watch: the process ends.
        }
    }

    /** One pair: its relay and its control links. */
    private final class UaPlane implements Plane {
        private final PairConfig config;
        private final UaPair pair;
        private final List<UaMemberConnector> connectors;
        private final CanonicalNamespaces namespaces = new CanonicalNamespaces();
        private final List<ControlLink> controls = new ArrayList<>();

        UaPlane(PairConfig config, UaPair pair, List<UaMemberConnector> connectors) {
            this.config = config;
            this.pair = pair;
            this.connectors = connectors;
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
                    (m, array) -> {
                        String difference = namespaces.difference(m, array);
                        List<String> canonical = namespaces.current();
                        if (difference == null && canonical != null) {
                            pair.namespaces(canonical);
                        }
                        return difference;
                    },
                    InstantSource.system(),
                    listener);
            synchronized (controls) {
                controls.add(link);
            }
            return link;
        }

        private UaControlLink.Settings settings(int member) {
            MemberConfig.Account account = config.members().get(member).account();
            UaControlLink.Settings usual = UaControlLink.Settings.of("Tandem " + config.name() + " control");
            UserIdentity identity = account == null
                    ? new UserIdentity.Anonymous()
                    : new UserIdentity.UserName(
                            account.user(), account.password().reveal().getBytes(StandardCharsets.UTF_8));
            return new UaControlLink.Settings(
                    identity,
                    usual.sessionName(),
                    usual.connectTimeoutMs(),
                    usual.sessionTimeoutMs(),
                    usual.publishingIntervalMs());
        }

        @Override
        public void remove() {
            synchronized (UaProtocol.this) {
                pairs.remove(config.path(), pair);
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
