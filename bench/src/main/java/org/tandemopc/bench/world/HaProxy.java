package org.tandemopc.bench.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestProcess;

/**
 * HAProxy before two servers, as well as it can be set up for OPC UA: it greets each server with Hello and expects
 * Acknowledge every 50 ms, goes to the second only when the first fails, and cuts connections to a failed one at once.
 */
public final class HaProxy implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private final WorkFolder folder = new WorkFolder("haproxy");
    private final int port = PortPicker.pick();
    private final TestProcess process;

    private HaProxy(ServerPair servers) {
        Path config = folder.write("haproxy.cfg", config(servers));
        process = TestProcess.start(
                "haproxy", folder.path().resolve("errors.txt"), List.of(binary(), "-db", "-f", config.toString()));
    }

    /** Starts it and waits until it takes connections. */
    public static HaProxy start(ServerPair servers) {
        HaProxy proxy = new HaProxy(servers);
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

    static String binary() {
        return Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy")
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("haproxy");
    }

    private String config(ServerPair servers) {
        return """
                global
                    maxconn 200
                defaults
                    mode tcp
                    timeout connect 1s
                    timeout client 1h
                    timeout server 1h
                listen opcua
                    bind 127.0.0.1:%d
                    option tcp-check
                    tcp-check send-binary %s
                    tcp-check expect string ACKF
                    default-server check inter 50ms fastinter 20ms fall 2 rise 2 on-marked-down shutdown-sessions
                    server a 127.0.0.1:%d
                    server b 127.0.0.1:%d backup
                """.formatted(
                        port,
                        HexFormat.of().formatHex(hello(servers.url(0))),
                        servers.get(0).port(),
                        servers.get(1).port());
    }

    /** OPC UA Part 6, 7.1.2.3. */
    private static byte[] hello(String url) {
        byte[] path = url.getBytes(StandardCharsets.UTF_8);
        int size = 32 + path.length;
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("HELF".getBytes(StandardCharsets.US_ASCII))
                .putInt(size)
                .putInt(0)
                .putInt(65_536)
                .putInt(65_536)
                .putInt(0)
                .putInt(0)
                .putInt(path.length)
                .put(path)
                .array();
    }

    private boolean isListening() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The address of a server as its clients have to write it to come through here. */
    public String url(String serverUrl) {
        return serverUrl.replaceFirst(":\\d+", ":" + port);
    }

    public long pid() {
        return process.pid();
    }

    /** The version of the program, for reports. */
    public static String version() {
        try {
            Process asked =
                    new ProcessBuilder(binary(), "-v").redirectErrorStream(true).start();
            List<String> lines = asked.inputReader().readAllLines();
            return lines.isEmpty() ? "unknown" : lines.getFirst();
        } catch (IOException e) {
            return "not installed";
        }
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
