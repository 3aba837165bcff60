package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.Discovery.Failed;
import org.tandemopc.relay.Discovery.Item;
import org.tandemopc.relay.Discovery.Place;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** What a person who configures a pair is offered, and told when there is nothing to offer. */
@Timeout(60)
class DaFinderTest {
    private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.2");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final DaSimulatorSettings settings =
            DaSimulatorSettings.at(HOST).withPorts(PortPicker.pick(), PortPicker.pick());

    @SuppressWarnings("NullAway.Init")
    private DaFinder finder;

    @BeforeEach
    void begin() throws Exception {
        DcomServer sinks =
                open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(InetAddress.ofLiteral("127.0.0.1"))
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withOnePort()));
        finder = new DaFinder((account, level) -> Logins.account(), sinks);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private void serve(Set<DaVersion> versions) throws Exception {
        var unused = open(DaSimulatedServer.start(settings.withVersions(versions)));
    }

    private static Place place(int port) {
        return new Place(HOST.getHostAddress(), HOST, OptionalInt.of(port), null, DaLevel.NONE);
    }

    private DaMemberConfig member(Optional<UUID> clsid, String progId) {
        return new DaMemberConfig(
                HOST.getHostAddress(), settings.resolverPort(), progId, clsid, DaLevel.INTEGRITY, null);
    }

    private DaMemberConfig member() {
        return member(Optional.of(settings.clsid().toUuid()), "");
    }

    private Discovery.Items items(String... path) throws Exception {
        return finder.items(member(), List.of(path), "", 0);
    }

    private static Item named(Discovery.Items items, String name) {
        return items.items().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Requirement(value = "DLG-1", protocol = Protocol.DA)
    void serversOfAHostAreListedWithWhatAConfigurationNeedsOfThem() throws Exception {
        serve(EnumSet.allOf(DaVersion.class));

        Discovery.Servers found = finder.servers(place(settings.resolverPort()));

        assertThat(found.isAll()).isTrue();
        assertThat(found.servers()).singleElement().satisfies(one -> {
            Discovery.Server.Da server = (Discovery.Server.Da) one;
            assertThat(server.progId()).isEqualTo("Tandem.SimulatedDA.1");
            assertThat(server.clsid()).isEqualToIgnoringCase("{" + settings.clsid() + "}");
            assertThat(server.versions()).containsExactly("1.0", "2.05a", "3.0");
        });
    }

    @Test
    void aClosedPortAndAClosedListSayWhatToDo() throws Exception {
        assertThatThrownBy(() -> finder.servers(place(settings.resolverPort())))
                .isInstanceOfSatisfying(
                        Failed.class,
                        e -> assertThat(e.remedy()).contains("let TCP " + settings.resolverPort() + " in there"));
        ModelServer model = open(new ModelServer(HOST));
        assertThatThrownBy(() -> finder.servers(place(model.address().resolverPort())))
                .hasMessage("OpcEnum of 127.0.0.2 is not to be had: it is not installed there.")
                .isInstanceOfSatisfying(
                        Failed.class, e -> assertThat(e.remedy()).contains("Give the server's CLSID instead"));
    }

    @Test
    void aRefusedLoginSaysSoEachTimeThatAPersonTries() throws Exception {
        serve(EnumSet.allOf(DaVersion.class));
        DcomServer sinks =
                open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(InetAddress.ofLiteral("127.0.0.1"))
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withOnePort()));
        ClientSecurity stranger = Logins.stranger();
        DaFinder wrong = new DaFinder((account, level) -> stranger, sinks);
        // more often than links may try
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> wrong.servers(place(settings.resolverPort())))
                    .isInstanceOfSatisfying(
                            Failed.class, e -> assertThat(e.remedy()).contains("Check name, domain and password"));
        }
    }

    /** DA 3.0 by IOPCBrowse, the others by the position of a server object: ids lead down in both. */
    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(
            value = {"MON-6", "MON-7"},
            protocol = Protocol.DA)
    void itemsAreFoundLevelByLevelWithTheirIdsAndTypes(DaVersion version) throws Exception {
        serve(EnumSet.of(version));

        Item deep = named(items(), "deep");
        Item a = named(items(deep.id()), "a");
        Item b = named(items(deep.id(), a.id()), "b");
        Item c = named(items(deep.id(), a.id(), b.id()), "c");

        assertThat(deep.isFolder()).isTrue();
        assertThat(deep.isItem()).isFalse();
        assertThat(c.id()).isEqualTo("deep.a.b.c");
        assertThat(c.isItem()).isTrue();
        assertThat(c.isFolder()).isFalse();
        Item counter = named(items(named(items(), "counter").id()), "0");
        assertThat(counter.id()).isEqualTo("counter.0");
        // DA 1.0 has no way to ask for it without adding the item.
        assertThat(counter.dataType().isPresent()).isEqualTo(version != DaVersion.DA_1_0);
    }

    @Test
    void aFilterLimitsAndAFolderThatIsNotThereIsNamed() throws Exception {
        serve(EnumSet.of(DaVersion.DA_2_05A));

        assertThat(finder.items(member(), List.of("counter"), "*3", 0).items())
                .extracting(Item::id)
                .containsExactly("counter.3");
        assertThat(finder.items(member(), List.of("counter"), "", 8).items())
                .extracting(Item::id)
                .hasSize(2);
        assertThatThrownBy(() -> items("nowhere"))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("The server has no folder nowhere");
    }

    @Test
    void aServerOfAnUnknownClassOrProgIdSaysWhatToDo() throws Exception {
        serve(EnumSet.allOf(DaVersion.class));

        assertThatThrownBy(() -> finder.items(member(Optional.of(UUID.randomUUID()), ""), List.of(), "", 0))
                .isInstanceOfSatisfying(
                        Failed.class, e -> assertThat(e.remedy()).contains("Correct the CLSID"));
        assertThatThrownBy(() -> finder.items(member(Optional.empty(), "Nobody.Knows"), List.of(), "", 0))
                .isInstanceOfSatisfying(
                        Failed.class, e -> assertThat(e.remedy()).contains("Give the server's CLSID instead"));
    }
}
