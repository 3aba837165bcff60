package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.net.InetAddress;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.relay.da.back.DaBrowser.Listing;
import org.tandemopc.relay.da.back.DaBrowser.Node;
import org.tandemopc.relay.da.back.DaBrowser.Place;
import org.tandemopc.relay.da.back.DaDiscovery.Version;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Servers of a host, and items of a server, as they are offered to people. */
@Timeout(60)
class DaDiscoveryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private DaSimulatorSettings settings =
            DaSimulatorSettings.at(InetAddress.ofLiteral("127.0.0.2")).withPorts(PortPicker.pick(), PortPicker.pick());

    private @Nullable DaSimulatedServer served;

    private DaSimulatedServer server() {
        return Objects.requireNonNull(served);
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private RemoteHost serve(Set<DaVersion> versions) throws Exception {
        settings = settings.withVersions(versions);
        served = open(DaSimulatedServer.start(settings));
        return RemoteHost.of(settings.addresses().getFirst()).withResolverPort(settings.resolverPort());
    }

    private static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    private DaBrowser browser(DaMemberAddress address) throws Exception {
        DcomServer sinks =
                open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(InetAddress.ofLiteral("127.0.0.1"))
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withOnePort()));
        DaConnector connector = new DaConnector(address, Logins.account(), sinks, new LastHeard(System::nanoTime));
        return new DaBrowser(open(connector.connect(soon())));
    }

    // ---- servers

    @Test
    @Requirement(value = "DLG-1", protocol = Protocol.DA)
    void theServersOfAHostAreListedWithTheirNamesAndVersions() throws Exception {
        RemoteHost host = serve(EnumSet.of(DaVersion.DA_2_05A, DaVersion.DA_3_0));

        DaDiscovery.Servers found = DaDiscovery.servers(host, Logins.account(), soon());

        assertThat(found.isAll()).isTrue();
        assertThat(found.servers()).singleElement().satisfies(one -> {
            assertThat(one.clsid()).isEqualTo(settings.clsid());
            assertThat(one.progId()).isEqualTo("Tandem.SimulatedDA.1");
            assertThat(one.versionIndependentProgId()).isEqualTo("Tandem.SimulatedDA");
            assertThat(one.name()).isNotBlank();
            assertThat(one.versions()).containsExactlyInAnyOrder(Version.DA_2, Version.DA_3);
        });
    }

    /** OpcEnum of old has the first list only, and gives classes one at a time. */
    @Test
    @Requirement(value = "DLG-1", protocol = Protocol.DA)
    void theFirstKindOfListDoesToo() throws Exception {
        TinyServer tiny = open(TinyServer.with(PeerPolicy.strict(), usual -> usual));

        DaDiscovery.Servers found = DaDiscovery.servers(tiny.host(), Logins.account(), soon());

        assertThat(found.servers())
                .extracting(DaDiscovery.Server::clsid, DaDiscovery.Server::progId)
                .containsExactly(tuple(TinyServer.CLSID, ""), tuple(TinyServer.DLL, "Tiny.Dll.1"));
        assertThat(DaDiscovery.clsidOf(tiny.host(), Logins.account(), "Tiny.Dll", soon()))
                .isEqualTo(TinyServer.DLL);
    }

    @Test
    @Requirement(value = "DLG-1", protocol = Protocol.DA)
    void aListIsFreshEachTime() throws Exception {
        RemoteHost host = serve(EnumSet.allOf(DaVersion.class));
        assertThat(DaDiscovery.servers(host, Logins.account(), soon()).servers())
                .extracting(DaDiscovery.Server::progId)
                .containsExactly("Tandem.SimulatedDA.1");

        server().close();
        settings = settings.withClass(TinyServer.CLSID, "Other.Server.2");
        serve(EnumSet.allOf(DaVersion.class));

        assertThat(DaDiscovery.servers(host, Logins.account(), soon()).servers())
                .extracting(DaDiscovery.Server::progId)
                .containsExactly("Other.Server.2");
    }

    @Test
    void aHostWithoutOpcEnumSaysSo() throws Exception {
        ModelServer model = open(new ModelServer(InetAddress.ofLiteral("127.0.0.2")));

        assertThatThrownBy(() -> DaDiscovery.servers(model.address(), Logins.account(), soon()))
                .isInstanceOf(ActivationException.class)
                .hasMessage("OpcEnum of 127.0.0.2 is not to be had: it is not installed there");
    }

    @Test
    void aWrongAccountAndAClosedPortAreTold() throws Exception {
        RemoteHost host = serve(EnumSet.allOf(DaVersion.class));

        assertThatThrownBy(() -> DaDiscovery.servers(host, Logins.stranger(), soon()))
                .isInstanceOf(RpcFaultException.class);
        assertThatThrownBy(
                        () -> DaDiscovery.servers(host.withResolverPort(PortPicker.pick()), Logins.account(), soon()))
                .isInstanceOf(LinkException.class);
    }

    // ---- ProgIDs of members

    @Test
    void aMemberOfAProgIdIsConnectedToAndItsClassRemembered() throws Exception {
        RemoteHost host = serve(EnumSet.allOf(DaVersion.class));
        DaMemberAddress member = new DaMemberAddress(0, host, Optional.empty(), Optional.of("tandem.simulatedda.1"));
        DcomServer sinks =
                open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(InetAddress.ofLiteral("127.0.0.1"))
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withOnePort()));
        DaConnector connector = new DaConnector(member, Logins.account(), sinks, new LastHeard(System::nanoTime));

        connector.connect(soon()).close();
        assertThat(member.toString()).contains("tandem.simulatedda.1");

        // the server is installed anew under another class: what is remembered fails once, and is asked for anew then
        server().close();
        settings = settings.withClass(TinyServer.CLSID, "Tandem.SimulatedDA.1");
        serve(EnumSet.allOf(DaVersion.class));
        assertThatThrownBy(() -> connector.connect(soon())).hasMessageContaining("no such class is registered there");
        connector.connect(soon()).close();
    }

    @Test
    void aMemberOfAnUnknownProgIdSaysWhoWasAskedAndWhatToDo() throws Exception {
        RemoteHost host = serve(EnumSet.allOf(DaVersion.class));
        DaMemberAddress member = new DaMemberAddress(0, host, Optional.empty(), Optional.of("Nobody.Knows"));

        assertThatThrownBy(() -> browser(member))
                .isInstanceOf(ActivationException.class)
                .hasMessageContaining("the ProgID 'Nobody.Knows' has no class: OpcEnum of 127.0.0.2 knows no server")
                .hasMessageContaining("give the server's CLSID, which needs no OpcEnum");
    }

    @Test
    void aMemberWithNeitherIsRefused() {
        RemoteHost host = RemoteHost.of(InetAddress.ofLiteral("127.0.0.2"));

        assertThatThrownBy(() -> new DaMemberAddress(1, host, Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neither CLSID nor ProgID");
    }

    // ---- items

    private static Listing list(DaBrowser browser, Place place, String filter, int most) throws Exception {
        Result<Listing> listed = browser.children(place, filter, most, soon());
        assertThat(OpcResult.describe(listed.hresult())).isEqualTo("S_OK (0x00000000)");
        return listed.value();
    }

    private static Node child(DaBrowser browser, Place place, String name) throws Exception {
        return list(browser, place, "", 1_000).nodes().stream()
                .filter(node -> node.name().equals(name))
                .max(java.util.Comparator.comparing(node -> node.branch().isPresent()))
                .orElseThrow();
    }

    /** By IOPCBrowse of DA 3.0, and by IOPCBrowseServerAddressSpace of the others. */
    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(value = "MON-6", protocol = Protocol.DA)
    void theItemsOfAServerAreListedLevelByLevelWithTheirIds(DaVersion version) throws Exception {
        RemoteHost host = serve(EnumSet.of(version));
        DaBrowser browser = browser(new DaMemberAddress(0, host, settings.clsid()));

        Node deep = child(browser, Place.ROOT, "deep");
        Node a = child(browser, deep.branch().orElseThrow(), "a");
        Node b = child(browser, a.branch().orElseThrow(), "b");
        Node c = child(browser, b.branch().orElseThrow(), "c");

        assertThat(c.itemId()).isEqualTo("deep.a.b.c");
        assertThat(c.isItem()).isTrue();
        assertThat(c.branch()).isEmpty();
        assertThat(list(browser, child(browser, Place.ROOT, "counter").branch().orElseThrow(), "", 1_000)
                        .nodes())
                .extracting(Node::itemId)
                .contains("counter.0", "counter.9")
                .hasSize(10);
    }

    @ParameterizedTest
    @EnumSource(DaVersion.class)
    void aListingIsBoundedAndSaysThatThereIsMore(DaVersion version) throws Exception {
        RemoteHost host = serve(EnumSet.of(version));
        DaBrowser browser = browser(new DaMemberAddress(0, host, settings.clsid()));
        Place counters = child(browser, Place.ROOT, "counter").branch().orElseThrow();

        Listing some = list(browser, counters, "", 4);
        assertThat(some.nodes()).hasSize(4);
        assertThat(some.isAll()).isFalse();
        assertThat(list(browser, counters, "", 10).isAll()).isTrue();
        assertThat(list(browser, counters, "*3", 100).nodes())
                .extracting(Node::itemId)
                .containsExactly("counter.3");
    }

    @Test
    void aBranchThatIsNotThereIsTheServersRefusal() throws Exception {
        ModelServer model = open(new ModelServer(InetAddress.ofLiteral("127.0.0.2")));
        model.set("Boiler.Level", new Variant.R8(1));
        DaBrowser browser = browser(new DaMemberAddress(0, model.address(), ModelServer.CLSID));

        assertThat(browser.children(new Place(List.of("Nowhere"), ""), "", 10, soon())
                        .isSuccess())
                .isFalse();
        assertThat(browser.anyItem(soon())).contains("Boiler.Level");
    }
}
