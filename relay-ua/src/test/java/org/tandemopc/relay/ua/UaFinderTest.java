package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.Discovery.Failed;
import org.tandemopc.relay.Discovery.Item;
import org.tandemopc.relay.Discovery.Place;
import org.tandemopc.relay.ua.back.TestServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Servers and items of OPC UA, as they are offered to whoever configures a pair. */
@Timeout(60)
class UaFinderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private UaProtocol protocol;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeEach
    void begin() throws Exception {
        protocol = new UaProtocol(OpcUaConfig.open("127.0.0.1", 0), folder);
        server = TestServer.start();
    }

    @AfterEach
    void end() {
        protocol.close();
        server.close();
    }

    private static Place place(int port) {
        return new Place("127.0.0.1", InetAddress.ofLiteral("127.0.0.1"), OptionalInt.of(port), null, DaLevel.NONE);
    }

    private Discovery.Items items(String... path) throws Exception {
        return protocol.discovery().items(UaMemberConfig.open(TestServer.url(server.port())), List.of(path), "", 0);
    }

    private static Item named(Discovery.Items items, String name) {
        return items.items().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Ids have the URI of their namespace, so that they mean the same at every member. */
    @Test
    @Requirement(
            value = {"MON-6", "MON-7"},
            protocol = Protocol.UA)
    void itemsAreListedLevelByLevelAndTheSessionIsClosed() throws Exception {
        Item object = named(items(), "Server");
        assertThat(object.id()).isEqualTo("i=2253");
        assertThat(object.isFolder()).isTrue();
        assertThat(object.isItem()).isFalse();

        Item level = named(items(object.id()), "ServiceLevel");
        assertThat(level.id()).isEqualTo("i=2267");
        assertThat(level.isItem()).isTrue();
        assertThat(level.dataType()).contains("Byte");
        Await.until("no session stays", java.time.Duration.ofSeconds(10), () -> server.sessions() == 0);
    }

    @Test
    void aFilterLimitsTheItemsAndNotTheFolders() throws Exception {
        Discovery.Items found = protocol.discovery()
                .items(UaMemberConfig.open(TestServer.url(server.port())), List.of("i=2253"), "service*", 0);

        assertThat(found.items())
                .filteredOn(Item::isItem)
                .extracting(Item::name)
                .containsExactly("ServiceLevel");
        assertThat(found.items()).filteredOn(item -> !item.isItem()).isNotEmpty();
        assertThat(found.more()).isEmpty();
    }

    @Test
    void whatIsNotThereIsSaidWithItsRemedy() throws Exception {
        assertThatThrownBy(() -> items("ns=0;i=4711"))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("The server has no folder 'ns=0;i=4711'");
        assertThatThrownBy(() -> items("nsu=urn:nobody;i=1")).hasMessageContaining("it is no NodeId of this server");
        int closed = PortPicker.pick();
        assertThatThrownBy(() -> protocol.discovery().servers(place(closed)))
                .isInstanceOfSatisfying(
                        Failed.class, e -> assertThat(e.remedy()).contains("name another port"))
                .hasMessageContaining("opc.tcp://127.0.0.1:" + closed + " gives no list of servers");
        assertThatThrownBy(() -> protocol.discovery()
                        .items(UaMemberConfig.open("opc.tcp://127.0.0.1:" + closed), List.of(), "", 0))
                .isInstanceOfSatisfying(
                        Failed.class, e -> assertThat(e.remedy()).isNotBlank());
    }
}
