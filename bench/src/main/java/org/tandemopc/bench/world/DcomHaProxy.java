package org.tandemopc.bench.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestProcess;

/**
 * HAProxy before one server of DCOM, which tells its clients the address of HAProxy: port 135 and the port of objects go
 * through, octet by octet. The least that anything in between can cost.
 */
public final class DcomHaProxy implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private final WorkFolder folder = new WorkFolder("haproxy");
    private final InetAddress address;
    private final TestProcess process;

    private DcomHaProxy(InetAddress address, InetAddress server, int objectPort) {
        this.address = address;
        Path config = folder.write("haproxy.cfg", config(server, objectPort));
        process = TestProcess.start(
                "haproxy",
                folder.path().resolve("errors.txt"),
                List.of(HaProxy.binary(), "-db", "-f", config.toString()));
    }

    /**
     * Starts it and waits until it takes connections.
     *
     * @param address where clients come, that the server publishes
     * @param server where the server listens
     * @throws AssertionError it does not start
     */
    public static DcomHaProxy start(InetAddress address, InetAddress server, int objectPort) {
        DcomHaProxy proxy = new DcomHaProxy(address, server, objectPort);
        try {
            Await.until("HAProxy listens", START_MAX, () -> proxy.isListening() || !proxy.process.isAlive());
            if (!proxy.process.isAlive()) {
                throw new AssertionError("HAProxy ended\n" + proxy.process.log());
            }
            return proxy;
        } catch (AssertionError e) {
            proxy.close();
            throw e;
        }
    }

    private String config(InetAddress server, int objectPort) {
        return """
                global
                    maxconn 200
                defaults
                    mode tcp
                    timeout connect 1s
                    timeout client 1h
                    timeout server 1h
                """ + through("resolver", server, EndpointMapper.PORT) + through("objects", server, objectPort);
    }

    private String through(String name, InetAddress server, int port) {
        return """
                listen %s
                    bind %s:%d
                    server one %s:%d
                """.formatted(name, address.getHostAddress(), port, server.getHostAddress(), port);
    }

    private boolean isListening() {
        try (Socket probe = new Socket(address, EndpointMapper.PORT)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
