package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.process.PortPicker;

/** A server object behind TCP, logins and signatures, and a client that calls it and is called back. */
@Timeout(120)
class ServedOverTcpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.2");
    private static final Guid PLANT = Guid.of("5f0c4a52-6d0e-4c5b-9a58-1f0f4b5f0001");
    private static final String PASSWORD = "Secret1!";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Plant plant = new Plant();
    private RemoteHost there;
    private DcomClient client;

    private static NtlmAcceptor acceptor() {
        return new NtlmAcceptor(
                NtlmServerSettings.of("TANDEM"),
                (domain, user) ->
                        user.equals("opc") ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty());
    }

    private static ClientSecurity login() {
        return ClientSecurity.of(
                NtlmClientSettings.of("STATION"),
                NtlmCredentials.of("PLANT", "opc", PASSWORD.toCharArray()),
                AuthLevel.PKT_PRIVACY);
    }

    private static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    @BeforeEach
    void begin() throws Exception {
        SinkClients sinks = open(SinkClients.of(login(), 16));
        DcomServer server = open(DcomServer.start(
                DcomServerSettings.of(acceptor(), PeerPolicy.strict())
                        .at(HOST)
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withCallbacks(sinks, Set.of()),
                Activator.of(Map.of(PLANT, call -> plant.object()))));
        there = RemoteHost.of(HOST)
                .withResolverPort(server.resolverAddresses().getFirst().getPort());
        DcomServer own = open(DcomServer.startWithoutClasses(DcomServerSettings.of(acceptor(), PeerPolicy.strict())
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort()));
        client = open(new DcomClient(DcomClientSettings.of(there, login()).withOwnObjects(own)));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void aClientAsksForTheStatusAndSaysItsName() throws Exception {
        try (ComPointer<IOPCServer> server =
                        client.activate(there, PLANT, IOPCServer.DEF, soon()).value();
                ComPointer<IOPCCommon> common =
                        server.queryInterface(IOPCCommon.DEF, soon()).value()) {
            assertThat(server.within(soon()).getStatus()).isEqualTo(Result.ok(Optional.of(Plant.STATUS)));
            assertThat(common.within(soon()).setClientName("panel")).isEqualTo(Result.ok(Nothing.NOTHING));
            assertThat(plant.log).containsExactly("client panel");
            assertThat(common.within(soon()).queryAvailableLocaleIds()).isEqualTo(Result.ok(Ints.of(0x409)));
            assertThat(common.within(soon()).getErrorString(1)).isEqualTo(Result.failure(HResult.E_INVALIDARG));
            assertThat(server.within(soon()).getErrorString(OpcResult.OPC_E_RANGE, 0x409))
                    .isEqualTo(Result.ok("OPC_E_RANGE (0xC004000B)"));
            assertThat(server.within(soon()).getGroupByName("none", IUnknown.IID))
                    .isEqualTo(Result.failure(OpcResult.OPC_E_NOTFOUND));
            assertThat(server.queryInterface(IOPCBrowse.DEF, soon())).isEqualTo(Result.failure(HResult.E_NOINTERFACE));
        }
    }

    @Test
    void theExampleReadsAnItem() throws Exception {
        assertThat(Example.read(client, there, PLANT, Plant.ITEM, soon())).isEqualTo(new Variant.R8(84.5));
        assertThat(plant.log).containsExactly("removed 77");
        assertThatThrownBy(() -> Example.read(client, there, PLANT, "Boiler.Moon", soon()))
                .hasMessageContaining("Boiler.Moon");
    }

    @Test
    void theServerTellsItsClientsThatItStops() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        ComObject sink = ComObject.named("sink")
                .with(IOPCShutdown.DEF, reason -> {
                    heard.add(reason);
                    return Result.ok(Nothing.NOTHING);
                })
                .build();
        try (ComPointer<IConnectionPointContainer> container = client.activate(
                                there, PLANT, IConnectionPointContainer.DEF, soon())
                        .value();
                ComPointer<IConnectionPoint> point = container
                        .within(soon())
                        .findConnectionPoint(IOPCShutdown.DEF.iid())
                        .value()
                        .orElseThrow()) {
            assertThat(point.within(soon()).getConnectionInterface()).isEqualTo(Result.ok(IOPCShutdown.DEF.iid()));
            Optional<ComPointer<IUnknown>> unknown = sink.pointer(IUnknown.DEF).map(pointer -> pointer);
            assertThat(point.within(soon()).advise(unknown)).isEqualTo(Result.ok(1));
            plant.shutDown("maintenance");
            assertThat(heard).containsExactly("maintenance");
            assertThat(plant.log).containsExactly("told S_OK (0x00000000)");

            Optional<ComPointer<IUnknown>> other =
                    ComObject.named("other").build().pointer(IUnknown.DEF).map(pointer -> pointer);
            assertThat(point.within(soon()).advise(other)).isEqualTo(Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT));
        }
    }

    @Test
    void theReadmeShowsTheExample() throws Exception {
        String source = Files.readString(Path.of("src/test/java/org/tandemopc/opcda/Example.java"));
        assertThat(Files.readString(Path.of("README.md")))
                .contains(source.substring(source.indexOf("    static Variant read("), source.lastIndexOf('}')));
    }
}
