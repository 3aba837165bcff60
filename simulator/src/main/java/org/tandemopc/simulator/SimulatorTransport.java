package org.tandemopc.simulator;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.transport.server.OpcServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.ServerApplicationContext;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.jspecify.annotations.Nullable;

/** A TCP transport that can disappear from the network and come back on the same port. Thread-safe. */
final class SimulatorTransport implements OpcServerTransport {
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private OpcTcpServerTransport transport = newTransport();
    private @Nullable ServerApplicationContext application;
    private @Nullable InetSocketAddress address;
    private boolean open;

    private OpcTcpServerTransport newTransport() {
        return new OpcTcpServerTransport(OpcTcpServerTransportConfig.newBuilder()
                .setChannelPipelineCustomizer(this::count)
                .build());
    }

    private void count(ChannelPipeline pipeline) {
        Channel channel = pipeline.channel();
        connections.add(channel);
        accepted.incrementAndGet();
        channel.closeFuture().addListener(closed -> connections.remove(channel));
    }

    /** Since the start. */
    long acceptedConnections() {
        return accepted.get();
    }

    int connections() {
        return connections.size();
    }

    @Override
    public synchronized void bind(ServerApplicationContext context, InetSocketAddress where) throws Exception {
        application = context;
        address = where;
        transport.bind(context, where);
        open = true;
    }

    @Override
    public synchronized void unbind() throws Exception {
        transport.unbind();
        open = false;
    }

    /** Stops listening and resets all connections; sessions live on, unreachable, until they time out. */
    synchronized void vanish() throws Exception {
        for (Channel connection : connections) {
            connection.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        unbind();
    }

    synchronized void revive() throws Exception {
        if (open || application == null || address == null) {
            return;
        }
        transport = newTransport();
        transport.bind(application, address);
        open = true;
    }

    synchronized boolean isOpen() {
        return open;
    }
}
