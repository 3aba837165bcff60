package org.tandemopc.bench.start;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.transport.server.OpcServerTransportFactory;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;

/** The least server that Milo's SDK makes: the nodes of the standard, one endpoint without security, no keys. A process. */
final class StockServer {
    private static final String URI = "urn:tandemopc:bench:stock";

    private StockServer() {}

    /** Serves until it is killed. @param line host and port */
    public static void main(String[] line) throws Exception {
        OpcServerTransportFactory transports = profile -> new OpcTcpServerTransport(
                OpcTcpServerTransportConfig.newBuilder().build());
        EndpointConfig endpoint = EndpointConfig.newBuilder()
                .setBindAddress(line[0])
                .setBindPort(Integer.parseInt(line[1]))
                .setHostname(line[0])
                .setTransportProfile(TransportProfile.TCP_UASC_UABINARY)
                .setSecurityPolicy(SecurityPolicy.None)
                .setSecurityMode(MessageSecurityMode.None)
                .addTokenPolicies(OpcUaServerConfig.USER_TOKEN_POLICY_ANONYMOUS)
                .build();
        OpcUaServer server = new OpcUaServer(
                OpcUaServerConfig.builder()
                        .setApplicationName(LocalizedText.english("stock"))
                        .setApplicationUri(URI)
                        .setProductUri(URI)
                        .setEndpoints(Set.of(endpoint))
                        .setCertificateManager(
                                new DefaultCertificateManager(new MemoryCertificateQuarantine(), List.of()))
                        .build(),
                transports);
        server.startup().get();
        new CountDownLatch(1).await();
    }
}
