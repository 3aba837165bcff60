package org.tandemopc.it.console;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ServerOnNetwork;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * A discovery server of a machine (OPC UA Part 12): it knows the servers that are registered at it, and those of other
 * machines that announce themselves in its network. Thread-safe.
 */
final class DiscoveryServer implements AutoCloseable {
    private static final String PATH = "/discovery";

    private final int port = PortPicker.pick();
    private final List<ApplicationDescription> registered = new CopyOnWriteArrayList<>();
    private final List<String> network = new CopyOnWriteArrayList<>();
    private final Answering server = new Answering();

    DiscoveryServer() {
        server.startup().join();
    }

    int port() {
        return port;
    }

    void register(ServerProcess server) {
        registered.add(description("Line " + server.name(), ApplicationType.Server, server.url()));
    }

    void unregister(ServerProcess server) {
        registered.removeIf(one -> uri("Line " + server.name()).equals(one.getApplicationUri()));
    }

    /** A server of another machine is heard. */
    void hear(String url) {
        network.add(url);
    }

    private static String uri(String name) {
        return name.startsWith("Line ") ? "urn:tandemopc:simulator:" + name.substring(5) : "urn:tandem:test:discovery";
    }

    private static ApplicationDescription description(String name, ApplicationType type, String url) {
        return new ApplicationDescription(
                uri(name), "urn:tandem:test", LocalizedText.english(name), type, null, null, new String[] {url});
    }

    private final class Answering extends OpcUaServer {
        Answering() {
            super(
                    config(),
                    profile -> new OpcTcpServerTransport(
                            OpcTcpServerTransportConfig.newBuilder().build()));
            addServiceHandler(PATH, Service.DISCOVERY_FIND_SERVERS, (context, request) -> {
                List<ApplicationDescription> all = new ArrayList<>(registered);
                all.addFirst(description(
                        "Discovery", ApplicationType.DiscoveryServer, "opc.tcp://127.0.0.1:" + port + PATH));
                return new FindServersResponse(good(request), all.toArray(ApplicationDescription[]::new));
            });
            addServiceHandler(PATH, Service.DISCOVERY_FIND_SERVERS_ON_NETWORK, (context, request) -> {
                List<ServerOnNetwork> all = new ArrayList<>();
                for (String url : network) {
                    all.add(new ServerOnNetwork(uint(all.size() + 1), url, url, new String[] {"DA"}));
                }
                return new FindServersOnNetworkResponse(
                        good(request), DateTime.now(), all.toArray(ServerOnNetwork[]::new));
            });
        }
    }

    private static ResponseHeader good(UaRequestMessageType request) {
        return new ResponseHeader(
                DateTime.now(), request.getRequestHeader().getRequestHandle(), StatusCode.GOOD, null, null, null);
    }

    private OpcUaServerConfig config() {
        return OpcUaServerConfig.builder()
                .setApplicationName(LocalizedText.english("Discovery"))
                .setApplicationUri(uri("Discovery"))
                .setProductUri("urn:tandem:test")
                .setEndpoints(Set.of(EndpointConfig.newBuilder()
                        .setTransportProfile(TransportProfile.TCP_UASC_UABINARY)
                        .setBindAddress("127.0.0.1")
                        .setBindPort(port)
                        .setHostname("127.0.0.1")
                        .setPath(PATH)
                        .setSecurityPolicy(SecurityPolicy.None)
                        .setSecurityMode(MessageSecurityMode.None)
                        .build()))
                .setCertificateManager(new DefaultCertificateManager(new MemoryCertificateQuarantine(), List.of()))
                .build();
    }

    @Override
    public void close() {
        server.shutdown().join();
    }
}
