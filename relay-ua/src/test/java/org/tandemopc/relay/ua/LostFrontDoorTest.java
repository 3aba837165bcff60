package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.ua.front.FrontDoorConfig;
import org.tandemopc.relay.ua.front.FrontIdentity;
import org.tandemopc.relay.ua.front.UaFrontDoor;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** The address cannot be listened on any more: what reopening says, and that it can be done again. */
@Timeout(60)
class LostFrontDoorTest {
    private final int port = PortPicker.pick();
    private final OpcUaConfig before = OpcUaConfig.open("127.0.0.1", port);
    private final OpcUaConfig wanted =
            new OpcUaConfig("127.0.0.1", port, List.of(SecurityChoice.NONE), List.of(), false, Trust.ALL);

    @TempDir
    private Path folder;

    private volatile boolean hasMoved;

    @Test
    @Requirement(
            value = {"S22", "S26"},
            protocol = Protocol.UA)
    void doorThatCannotBeOpenedAgainIsSaidAndOpensOnceItCan() throws IOException {
        try (UaProtocol tandem = new UaProtocol(before, folder, InstantSource.system(), this::open)) {
            tandem.start();
            InetSocketAddress at = tandem.boundAddress();
            hasMoved = true;

            assertThatThrownBy(() -> tandem.reopen(wanted))
                    .isInstanceOf(FrontDoorLostException.class)
                    .hasMessage(
                            "No address for the wanted one. The front door that was open before could not be opened again:"
                                    + " No address for the one before.")
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
            assertThat(isListening(at)).isFalse();
            assertThat(tandem.boundAddress()).isEqualTo(at);
            assertThatThrownBy(() -> tandem.reopen(before)).isInstanceOf(FrontDoorLostException.class);

            hasMoved = false;
            tandem.reopen(before);

            assertThat(tandem.boundAddress()).isEqualTo(at);
            assertThat(isListening(at)).isTrue();
        }
    }

    /** The listener of the old door has its port for a moment after it was closed: no reason to fail. */
    @Test
    @Requirement(
            value = {"S22", "S26"},
            protocol = Protocol.UA)
    void doorIsReplacedOnItsPortHoweverOften() throws IOException {
        try (UaProtocol tandem = new UaProtocol(before, folder, InstantSource.system(), this::open)) {
            tandem.start();
            for (int i = 0; i < 20; i++) {
                assertThat(isListening(tandem.boundAddress())).isTrue();
                tandem.reopen(i % 2 == 0 ? wanted : before);
            }
        }
    }

    private UaFrontDoor open(
            FrontDoorConfig config, FrontIdentity identity, CertificateValidator trust, EventLoopGroup loops)
            throws IOException {
        if (hasMoved) {
            throw new IOException("No address for " + (config.anonymous() ? "the one before." : "the wanted one."));
        }
        return UaFrontDoor.open(config, identity, trust, loops);
    }

    private static boolean isListening(InetSocketAddress at) {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
