package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.LegResult.Leg;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.simulator.da.DaItem;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Each peer that goes wrong in one way is named by the leg at which it does, with a remedy for that. */
@Timeout(60)
@Requirement(
        value = {"DEP-8", "LIM-14"},
        protocol = Protocol.DA)
class DaMemberCheckTest {
    private static final Duration EACH = Duration.ofMillis(2_500);
    private static final InetAddress LOCAL = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.2");

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private DaSimulatedServer server() {
        return Objects.requireNonNull(served);
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private @Nullable DaSimulatedServer served;

    private DaMemberAddress simulated(Set<DaVersion> versions) throws IOException {
        DaSimulatorSettings settings = DaSimulatorSettings.at(HOST)
                .withPorts(PortPicker.pick(), PortPicker.pick())
                .withVersions(versions);
        served = open(DaSimulatedServer.start(settings));
        return new DaMemberAddress(0, host(settings), settings.clsid());
    }

    private static RemoteHost host(DaSimulatorSettings settings) {
        return RemoteHost.of(HOST).withResolverPort(settings.resolverPort());
    }

    private DaMemberAddress simulated() throws IOException {
        return simulated(EnumSet.allOf(DaVersion.class));
    }

    private DcomServer sinks(InetAddress at) throws IOException {
        return open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                .at(at)
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort()
                .withAccess(Access.ANYBODY)));
    }

    private static List<LegResult> walk(DaMemberAddress address, ClientSecurity account, DcomServer sinks)
            throws InterruptedException {
        List<LegResult> legs = new ArrayList<>();
        new DaMemberCheck(address, account, sinks, EACH).walk(legs::add);
        return legs;
    }

    private List<LegResult> walk(DaMemberAddress address, ClientSecurity account) throws Exception {
        return walk(address, account, sinks(LOCAL));
    }

    private List<LegResult> walk(DaMemberAddress address) throws Exception {
        return walk(address, Logins.account());
    }

    private static void passes(List<LegResult> legs) {
        assertThat(legs).extracting(LegResult::leg).containsExactlyElementsOf(Leg.DA);
        assertThat(legs)
                .allMatch(LegResult::passed)
                .allMatch(one -> one.remedy().isEmpty() && one.tookNanos() > 0);
    }

    private static void fails(List<LegResult> legs, Leg where, String detail, String... remedy) {
        assertThat(legs)
                .extracting(LegResult::leg)
                .containsExactlyElementsOf(Leg.DA.subList(0, Leg.DA.indexOf(where) + 1));
        assertThat(legs.subList(0, legs.size() - 1)).allMatch(LegResult::passed);
        LegResult last = legs.getLast();
        assertThat(last.passed()).isFalse();
        assertThat(last.detail()).contains(detail);
        assertThat(last.remedy()).contains(remedy);
        assertThat(last.tookNanos()).isPositive();
    }

    private static String detail(List<LegResult> legs, Leg leg) {
        return legs.stream()
                .filter(one -> one.leg() == leg)
                .findFirst()
                .orElseThrow()
                .detail();
    }

    // ---- what is in order

    @Test
    void aServerInOrderPassesEveryLegAndKeepsNothing() throws Exception {
        DcomServer sinks = sinks(LOCAL);
        int port = sinks.resolverAddresses().getFirst().getPort();

        List<LegResult> legs = walk(simulated(), Logins.account(), sinks);

        passes(legs);
        assertThat(detail(legs, Leg.READ)).contains("RUNNING", "ms from ours");
        assertThat(detail(legs, Leg.LOGIN)).contains("opc").doesNotContain("Secret");
        assertThat(detail(legs, Leg.OBJECTS))
                .contains(String.valueOf(server().objectAddress().getPort()));
        assertThat(detail(legs, Leg.CALLBACK)).contains("127.0.0.1:" + port, "told us a value of", "PKT_INTEGRITY");
        Await.until("nothing is left", EACH, () -> server().clients() == 0 && server().groups() == 0);
    }

    @ParameterizedTest
    @EnumSource(DaVersion.class)
    void eachVersionOfDataAccessPasses(DaVersion version) throws Exception {
        List<LegResult> legs = walk(simulated(EnumSet.of(version)));

        passes(legs);
        assertThat(detail(legs, Leg.CALLBACK)).contains("told us a value of");
    }

    /** SYS-3: OpcEnum may be closed; whoever has the CLSID does without it. */
    @Test
    @Requirement(value = "SYS-3", protocol = Protocol.DA)
    void aClassIsMadeWhereThereIsNoOpcEnum() throws Exception {
        ModelServer model = open(new ModelServer(HOST));
        model.set("Boiler.Level", new Variant.R8(1));

        passes(walk(new DaMemberAddress(0, model.address(), ModelServer.CLSID)));
        fails(
                walk(new DaMemberAddress(0, model.address(), Optional.empty(), Optional.of("Model.Server"))),
                Leg.ACTIVATION,
                "OpcEnum of 127.0.0.2 is not to be had: it is not installed there",
                "Give the server's CLSID");
    }

    @Test
    void aServerIsFoundByItsProgId() throws Exception {
        DaMemberAddress known = simulated();
        DaMemberAddress byName =
                new DaMemberAddress(0, known.host(), Optional.empty(), Optional.of("Tandem.SimulatedDA"));

        List<LegResult> legs = walk(byName);

        passes(legs);
        assertThat(detail(legs, Leg.ACTIVATION))
                .contains("Tandem.SimulatedDA", known.clsid().orElseThrow() + "");
    }

    // ---- before any login

    @Test
    void aNameWithoutAddressFailsAtTheName() throws Exception {
        RemoteHost host = RemoteHost.of("no-such-host.invalid", HOST);

        fails(walk(new DaMemberAddress(0, host, ModelServer.CLSID)), Leg.NAME, "no-such-host.invalid", "/etc/hosts");
    }

    @Test
    void aClosedPortFailsAtThePort() throws Exception {
        RemoteHost host = RemoteHost.of(HOST).withResolverPort(PortPicker.pick());

        fails(
                walk(new DaMemberAddress(0, host, ModelServer.CLSID)),
                Leg.PORT,
                "Port " + host.resolverPort() + " of 127.0.0.2 cannot be connected to",
                "firewall",
                "TCP " + host.resolverPort());
    }

    @Test
    void aPeerThatSaysNothingFailsAtTheProtocol() throws Exception {
        ServerSocket silent = open(new ServerSocket(0, 10, HOST));

        fails(walk(at(silent.getLocalPort())), Leg.PROTOCOL, "answers nothing within 2500 ms", "hangs, or another");
    }

    @Test
    void aPeerThatSpeaksSomethingElseFailsAtTheProtocol() throws Exception {
        ServerSocket mail = open(new ServerSocket(0, 10, HOST));
        Thread.ofVirtual().start(() -> greetAll(mail));

        fails(walk(at(mail.getLocalPort())), Leg.PROTOCOL, "is no DCOM", "Something else than DCOM");
    }

    private static void greetAll(ServerSocket door) {
        while (!door.isClosed()) {
            try (Socket client = door.accept()) {
                client.getOutputStream().write("220 mail.plant ESMTP is ready\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // the next one, or the end
            }
        }
    }

    private static DaMemberAddress at(int port) {
        return new DaMemberAddress(0, RemoteHost.of(HOST).withResolverPort(port), ModelServer.CLSID);
    }

    // ---- login and level

    @Test
    void aWrongPasswordOrAccountFailsAtTheLogin() throws Exception {
        fails(
                walk(simulated(), Logins.stranger()),
                Leg.LOGIN,
                "Access is denied (0x80070005) to \\eve",
                "Check name, domain and password");
    }

    /** The links do not try any more; whoever checks may, and if it passes they may too. */
    @Test
    void aLoginThatPassesLetsTheLinksTryAgain() throws Exception {
        DaMemberAddress here = simulated();
        DcomServer sinks = sinks(LOCAL);
        ClientSecurity shared = Logins.changing();
        Logins.changeTo("forgotten");
        DaConnector link = new DaConnector(here, shared, sinks, new LastHeard(System::nanoTime));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> link.connect(Deadline.after(EACH))).hasMessageContaining("0x00000005");
        }
        Logins.changeTo("Secret1!");
        assertThatThrownBy(() -> link.connect(Deadline.after(EACH)))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("is not tried");

        passes(walk(here, shared, sinks));

        link.connect(Deadline.after(EACH)).close();
    }

    /** A check that fails does not use up what the links may try. */
    @Test
    void aCheckWithAWrongPasswordStopsNoLink() throws Exception {
        DaMemberAddress here = simulated();
        ClientSecurity shared = Logins.stranger();
        for (int i = 0; i < 3; i++) {
            fails(walk(here, shared), Leg.LOGIN, "Access is denied", "password");
        }
        DaConnector link = new DaConnector(here, shared, sinks(LOCAL), new LastHeard(System::nanoTime));

        assertThatThrownBy(() -> link.connect(Deadline.after(EACH))).hasMessageContaining("0x00000005");
    }

    @Test
    void aLevelThatIsTooLowIsToldFromAWrongPassword() throws Exception {
        TinyServer hardened = open(
                TinyServer.with(PeerPolicy.strict().withMinActivationLevel(AuthLevel.PKT_PRIVACY), usual -> usual));

        fails(
                walk(hardened.member(TinyServer.CLSID)),
                Leg.ACTIVATION,
                "The level is refused, not the account: no object is made at PKT_INTEGRITY, and one is at PKT_PRIVACY",
                "Set the level of this member to PKT_PRIVACY",
                "KB5004442");
    }

    @Test
    void aLevelBelowIntegrityIsRefusedByAHardenedHost() throws Exception {
        ClientSecurity low = Logins.account().withResolver(AuthLevel.CONNECT).withCalls(AuthLevel.CONNECT);

        fails(
                walk(simulated(), low),
                Leg.LOGIN,
                "The level is refused, not the password: no login passes at CONNECT, and one does at PKT_INTEGRITY",
                "Set the level of this member to PKT_INTEGRITY",
                "KB5004442");
    }

    @Test
    void withoutALoginNoObjectIsMade() throws Exception {
        fails(walk(simulated(), ClientSecurity.none()), Leg.ACTIVATION, "Without a login", "account of this member");
    }

    @Test
    void anAccountThatMayNotActivateIsToldSo() throws Exception {
        Access nobody = new Access() {
            @Override
            public Optional<String> refusesActivation(CallContext call, Guid clsid) {
                return Optional.of("permission: not for you");
            }
        };
        TinyServer strict = open(TinyServer.with(PeerPolicy.strict(), usual -> usual.withAccess(nobody)));

        fails(
                walk(strict.member(TinyServer.CLSID)),
                Leg.ACTIVATION,
                "The login is taken, and the account may not have an object of",
                "Launch and Activation Permissions");
    }

    // ---- the class

    @Test
    void aClassThatIsNotRegisteredIsToldSo() throws Exception {
        Guid absent = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c7ffff");

        fails(
                walk(new DaMemberAddress(0, simulated().host(), absent)),
                Leg.ACTIVATION,
                absent + " is not registered at 127.0.0.2 as a server for other machines: REGDB_E_CLASSNOTREG",
                "Correct the CLSID",
                "DLL");
    }

    @Test
    void aProgIdThatNobodyKnowsIsToldSo() throws Exception {
        fails(
                walk(new DaMemberAddress(0, simulated().host(), Optional.empty(), Optional.of("Nobody.Knows.It"))),
                Leg.ACTIVATION,
                "OpcEnum of 127.0.0.2 knows no server 'Nobody.Knows.It'",
                "CLSID");
    }

    @Test
    @Requirement(
            value = {"SYS-9", "LIM-4"},
            protocol = Protocol.DA)
    void aServerThatIsADllIsCalledOne() throws Exception {
        TinyServer tiny = open(TinyServer.with(PeerPolicy.strict(), usual -> usual));

        fails(
                walk(tiny.member(TinyServer.DLL)),
                Leg.ACTIVATION,
                "OpcEnum lists " + TinyServer.DLL + " as 'Tiny.Dll.1', and the machine has no program for it",
                "DLL",
                "DllSurrogate");
    }

    @ParameterizedTest
    @CsvSource({
        "80080005,did not start in time",
        "8007052E,cannot log on",
        "80070422,disabled",
        "8007041D,did not start in time",
        "80004002,no OPC DA server",
        "8007000E,event log"
    })
    void whatAHostSaysInsteadOfAnObjectHasItsRemedy(String code, String remedy) throws Exception {
        TinyServer refusing = open(TinyServer.refusing(Integer.parseUnsignedInt(code, 16)));

        fails(walk(refusing.member(TinyServer.CLSID)), Leg.ACTIVATION, "0x" + code, remedy);
    }

    // ---- the objects

    @Test
    void aPortOfTheObjectsThatIsClosedIsNamed() throws Exception {
        DaMemberAddress real = simulated();
        InetAddress wall = InetAddress.ofLiteral("127.0.0.9");
        int through = forward(wall, new InetSocketAddress(HOST, real.host().resolverPort()));
        RemoteHost behind = RemoteHost.of(wall).withResolverPort(through).withAliases(Set.of("127.0.0.2"));
        int closed = server().objectAddress().getPort();

        fails(
                walk(new DaMemberAddress(0, behind, real.clsid().orElseThrow())),
                Leg.OBJECTS,
                "Port " + closed + " of 127.0.0.9, at which its objects are called, cannot be connected to",
                "Let this machine through to TCP " + closed,
                "135");
    }

    /** As a firewall that lets one port through. */
    private int forward(InetAddress wall, InetSocketAddress target) throws IOException {
        ServerSocket door = open(new ServerSocket(0, 10, wall));
        Thread.ofVirtual().start(() -> {
            while (!door.isClosed()) {
                try {
                    Socket near = open(door.accept());
                    Socket far = open(new Socket(target.getAddress(), target.getPort()));
                    copy(near, far);
                    copy(far, near);
                } catch (IOException e) {
                    return;
                }
            }
        });
        return door.getLocalPort();
    }

    private static void copy(Socket from, Socket to) {
        Thread.ofVirtual().start(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // the other end has gone
            }
        });
    }

    @Test
    void objectsThatAreElsewhereAreNotFollowed() throws Exception {
        TinyServer elsewhere =
                open(TinyServer.with(PeerPolicy.strict(), usual -> usual.withPublished(false, List.of("scada7"))));

        fails(
                walk(elsewhere.member(TinyServer.CLSID)),
                Leg.OBJECTS,
                "\"scada7[" + elsewhere.host().resolverPort() + "]\" is none of the configured hosts",
                "aliases");
    }

    @Test
    void anObjectThatMayNotBeCalledIsToldSo() throws Exception {
        Access look = new Access() {
            @Override
            public Optional<String> refusesCall(CallContext call, ComObject object) {
                return Optional.of("permission: not for you");
            }
        };
        TinyServer strict = open(TinyServer.with(PeerPolicy.strict(), usual -> usual.withAccess(look)));

        List<LegResult> legs = walk(strict.member(TinyServer.CLSID));

        assertThat(legs.getLast().passed()).isFalse();
        assertThat(legs.getLast().leg()).isIn(Leg.OBJECTS, Leg.READ);
    }

    // ---- status

    @Test
    void theStateIsNamedAndWhatItMeans() throws Exception {
        DaMemberAddress here = simulated();
        server().faults().state(OpcServerState.SUSPENDED);

        List<LegResult> legs = walk(here);

        passes(legs);
        assertThat(detail(legs, Leg.READ)).contains("SUSPENDED", "In this state it is not promoted");
    }

    @Test
    void aServerWithoutStatusFailsAtTheRead() throws Exception {
        ModelServer model = open(new ModelServer(HOST));
        model.refuseStatus();

        fails(
                walk(new DaMemberAddress(0, model.address(), ModelServer.CLSID)),
                Leg.READ,
                "It gives no status: E_FAIL (0x80004005)",
                "look into its log");
    }

    @Test
    void aServerThatHangsFailsInItsTime() throws Exception {
        DaMemberAddress here = simulated();
        server().faults().delay(DaFaults.Kind.STATUS, DaFaults.DELAY_MAX);

        fails(walk(here), Leg.READ, "Nothing came back within 2500 ms", "hangs");
    }

    // ---- and back

    /** Members are told the address that we connect from; at that nobody listens here. */
    @Test
    void aServerThatCannotReachUsFailsAtTheCallbackWithOurAddress() throws Exception {
        DcomServer sinks = sinks(InetAddress.ofLiteral("127.0.0.8"));
        int port = sinks.resolverAddresses().getFirst().getPort();

        fails(
                walk(simulated(), Logins.account(), sinks),
                Leg.CALLBACK,
                "It takes no sink at 127.0.0.1:" + port + ": CONNECT_E_CANNOTCONNECT",
                "connect to 127.0.0.1:" + port,
                "firewalls");
    }

    @Test
    void aServerThatTellsNothingFailsAtTheCallback() throws Exception {
        DaMemberAddress here = simulated();
        server().faults().mute(true);

        fails(walk(here), Leg.CALLBACK, "It took our sink, and no value has come to 127.0.0.1:", "firewalls");
    }

    @Test
    void aServerWithoutItemsIsTakenAtItsWordForItsShutdown() throws Exception {
        ModelServer model = open(new ModelServer(HOST));

        List<LegResult> legs = walk(new DaMemberAddress(0, model.address(), ModelServer.CLSID));

        passes(legs);
        assertThat(detail(legs, Leg.CALLBACK)).contains("took our sink for its shutdown");
    }

    /** No value comes of it, and that proves nothing against the server. */
    @Test
    void aServerWhoseItemIsNotToBeReadIsTakenAtItsWordToo() throws Exception {
        DaSimulatorSettings settings = DaSimulatorSettings.at(HOST)
                .withPorts(PortPicker.pick(), PortPicker.pick())
                .withItems(List.of(DaItem.stored("setpoint", new Variant.R8(1)).withRights(OpcDa.WRITEABLE)));
        served = open(DaSimulatedServer.start(settings));

        List<LegResult> legs = walk(new DaMemberAddress(0, host(settings), settings.clsid()));

        passes(legs);
        assertThat(detail(legs, Leg.CALLBACK)).contains("'setpoint' is not to be read");
    }

    // ---- giving up

    @Test
    void aCheckThatIsGivenUpEndsAtOnce() throws Exception {
        ServerSocket silent = open(new ServerSocket(0, 10, HOST));
        DcomServer sinks = sinks(LOCAL);
        List<LegResult> legs = new ArrayList<>();
        DaMemberCheck check =
                new DaMemberCheck(at(silent.getLocalPort()), Logins.account(), sinks, Duration.ofMinutes(5));
        List<String> ended = new ArrayList<>();
        Thread walking = Thread.ofVirtual().start(() -> {
            try {
                check.walk(legs::add);
                ended.add("normally");
            } catch (InterruptedException e) {
                ended.add("given up");
            }
        });
        Await.until("the protocol is asked", EACH, () -> legs.size() == 2);

        walking.interrupt();

        assertThat(walking.join(EACH)).isTrue();
        assertThat(ended).containsExactly("given up");
    }

    @Test
    void whatNoTableKnowsIsStillToldByItsNumber() {
        DaCheckRemedies remedies = new DaCheckRemedies(at(135), Logins.account());

        assertThat(remedies.activation(HResult.E_FAIL)).contains("event log");
    }
}
