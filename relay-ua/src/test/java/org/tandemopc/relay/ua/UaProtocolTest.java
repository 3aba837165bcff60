package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.ua.front.FrontDoorConfig;
import org.tandemopc.relay.ua.front.FrontIdentity;
import org.tandemopc.relay.ua.front.FrontPair;
import org.tandemopc.relay.ua.front.FrontSession;
import org.tandemopc.relay.ua.front.UaFrontDoor;
import org.tandemopc.relay.ua.security.LoggedLines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

@Timeout(60)
class UaProtocolTest {
    @TempDir
    private Path folder;

    private volatile @Nullable String taken;

    /** The pair's actor takes the protocol's lock, and whoever asks for the status must not make it wait for a name. */
    @Test
    @Requirement(
            value = {"S25"},
            protocol = Protocol.UA)
    void theAddressIsKnownWithoutAskingForItsNameAndWithoutTheLock() throws Exception {
        try (UaProtocol protocol = new UaProtocol(OpcUaConfig.open("localhost", 0), folder)) {
            assertThatThrownBy(protocol::boundAddress).isInstanceOf(IllegalStateException.class);
            protocol.start();

            InetSocketAddress address;
            synchronized (protocol) {
                address = CompletableFuture.supplyAsync(protocol::boundAddress).get(10, TimeUnit.SECONDS);
            }

            assertThat(address.getAddress().isLoopbackAddress()).isTrue();
            assertThat(address.toString()).as("the socket's own").startsWith("/");
            protocol.reopen(OpcUaConfig.open("127.0.0.1", 0));
            assertThat(protocol.boundAddress()).as("the new one").isNotEqualTo(address);
        }
    }

    /** What stayed of it would keep every front door to come from opening. */
    @Test
    @Requirement(
            value = {"S22", "S26"},
            protocol = Protocol.UA)
    void aPairThatCannotBePublishedLeavesNothingBehind() throws Exception {
        OpcUaConfig at = OpcUaConfig.open("127.0.0.1", PortPicker.pick());
        Rehomings listener = new Rehomings();
        try (UaProtocol protocol = new UaProtocol(at, folder, InstantSource.system(), this::open)) {
            refuses(protocol, "discovery", "not a path for a pair: /discovery");
            taken = "/taken";
            protocol.start();
            refuses(protocol, "discovery", "not a path for a pair: /discovery");
            refuses(protocol, "taken", "path is taken: /taken");
            refuses(protocol, "taken", "path is taken: /taken");

            taken = null;
            protocol.reopen(at);

            var unused = protocol.pair(pair("taken"), listener);
            assertThat(isListening(at.port())).isTrue();
        }
    }

    /** A door that is open and nobody's would hold the port until a restart. */
    @Test
    @Requirement(
            value = {"S22", "S26"},
            protocol = Protocol.UA)
    void aDoorThatDoesNotTakeEveryPairIsClosedAgain() throws Exception {
        OpcUaConfig at = OpcUaConfig.open("127.0.0.1", PortPicker.pick());
        OpcUaConfig other = OpcUaConfig.open("127.0.0.1", PortPicker.pick());
        try (UaProtocol protocol = new UaProtocol(at, folder, InstantSource.system(), this::open)) {
            var unused = protocol.pair(pair("plant"), new Rehomings());
            taken = "/plant";
            assertThatThrownBy(protocol::start).isInstanceOf(IOException.class).hasMessageContaining("/plant");
            assertThat(isListening(at.port())).as("after the start").isFalse();
            taken = null;
            protocol.start();

            taken = "/plant";
            assertThatThrownBy(() -> protocol.reopen(other))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(FrontDoorLostException.class);
            assertThat(isListening(other.port())).as("the new one").isFalse();
            assertThat(isListening(at.port())).as("the old one").isTrue();
            assertThatThrownBy(() -> protocol.reopen(at)).isInstanceOf(FrontDoorLostException.class);
            assertThat(isListening(at.port())).as("lost").isFalse();

            taken = null;
            protocol.reopen(at);

            assertThat(isListening(at.port())).as("again").isTrue();
        }
    }

    /** Whom the members are trusted with is no matter of the clients' folder. */
    @Test
    @Requirement(
            value = {"S27"},
            protocol = Protocol.UA)
    void aFolderThatIsGoneKeepsNobodyFromLookingIntoTheOthers() throws Exception {
        try (LoggedLines lines = new LoggedLines("org.tandemopc.relay.ua.security.CertificateFolder");
                UaProtocol _ = new UaProtocol(OpcUaConfig.open("127.0.0.1", 0), folder)) {
            Files.delete(folder.resolve("clients/trusted"));
            Files.writeString(folder.resolve("members/trusted/new.der"), "no certificate");

            Await.until(
                    "the members' folder is looked at",
                    Duration.ofSeconds(20),
                    () -> lines.texts().stream().anyMatch(line -> line.contains("new.der")));
        }
    }

    private static void refuses(UaProtocol protocol, String name, String why) {
        assertThatThrownBy(() -> protocol.pair(pair(name), new Rehomings()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    private static PairConfig pair(String name) {
        return PairConfig.of(
                PairSettings.of(name, Mode.COLD, "opc.tcp://a:1", "opc.tcp://b:1"),
                List.of(UaMemberConfig.open("opc.tcp://a:1"), UaMemberConfig.open("opc.tcp://b:1")));
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens a door at which somebody has the taken path already. */
    private UaFrontDoor open(
            FrontDoorConfig config, FrontIdentity identity, CertificateValidator trust, EventLoopGroup loops)
            throws IOException {
        UaFrontDoor door = UaFrontDoor.open(config, identity, trust, loops);
        String path = taken;
        if (path != null) {
            door.publish(new NoPair(path));
        }
        return door;
    }

    private record NoPair(String path) implements FrontPair {
        @Override
        public String name() {
            return path;
        }

        @Override
        public FrontSession open(SessionOpening opening, EventLoop loop) throws UaException {
            throw new UaException(StatusCodes.Bad_InternalError);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, opc.tcp://127.0.0.1:4840/plant",
        "::1, opc.tcp://[::1]:4840/plant",
        "2001:db8:0:0:1:0:0:1, opc.tcp://[2001:db8::1:0:0:1]:4840/plant",
        "0.0.0.0, opc.tcp://gate:4840/plant",
        "::, opc.tcp://gate:4840/plant"
    })
    void urlsArePrintedAsClientsTakeThem(String address, String url) throws UnknownHostException {
        assertThat(UaProtocol.url(new InetSocketAddress(InetAddress.getByName(address), 4840), "gate", "/plant"))
                .isEqualTo(url);
    }
}
