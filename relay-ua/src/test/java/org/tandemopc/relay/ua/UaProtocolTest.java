package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
class UaProtocolTest {
    @TempDir
    private Path folder;

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
