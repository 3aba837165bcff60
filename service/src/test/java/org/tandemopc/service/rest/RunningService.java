package org.tandemopc.service.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.FakeProtocol;
import org.tandemopc.service.Fixtures;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.TextEdits;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.testkit.Await;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service without wires and its REST interface, and a client that sends bytes as they are. */
final class RunningService implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);
    /** Each member is watched by this. */
    static final MonitorItem WATCHDOG = new MonitorItem(
            "ns=2;s=watchdog",
            MonitorType.DEFAULT,
            Duration.ofSeconds(1),
            new MonitorTrigger.NoChange(Duration.ofMinutes(1)),
            false);

    private static final JsonMapper MAPPER = new JsonMapper();

    final FakeProtocol protocol = new FakeProtocol();
    final DataFolder data;
    final TandemRuntime runtime;
    final Accounts accounts;
    final RestServer rest;
    final String token;

    /** Of passwords: few, as they are no secrets here. */
    static final int ROUNDS = 100;

    /** Added to the time by which sessions and waits end. */
    final AtomicLong later = new AtomicLong();

    RunningService(Path folder) throws IOException {
        this(folder, RestConfig.DEFAULT);
    }

    RunningService(Path folder, RestConfig rest) throws IOException {
        this(folder, Fixtures.config(new Monitoring(1, List.of(WATCHDOG))), rest);
    }

    RunningService(Path folder, TandemConfig config) throws IOException {
        this(folder, config, RestConfig.DEFAULT);
    }

    private RunningService(Path folder, TandemConfig config, RestConfig listening) throws IOException {
        data = DataFolder.hold(folder);
        runtime = new TandemRuntime(config, door -> protocol, data, false);
        runtime.start();
        accounts = accounts(folder);
        rest = started(
                listening, new ServiceFacade(runtime, null, null, null, "1.2.3", "0123abcd", null, Instant.now()));
        token = Files.readString(folder.resolve(RestFiles.TOKEN)).strip();
    }

    /** One whose configuration is a file, which can be changed. */
    RunningService(Path folder, Path file) throws IOException {
        data = DataFolder.hold(folder);
        ConfigStore store = new ConfigStore(file, folder, Map.of());
        runtime = new TandemRuntime(store.load().config().orElseThrow(), door -> protocol, data, false);
        runtime.start();
        accounts = accounts(folder);
        rest = started(
                RestConfig.DEFAULT,
                new ServiceFacade(
                        runtime,
                        new LiveConfigurations(store, runtime),
                        new TextEdits(),
                        null,
                        "1.2.3",
                        file,
                        Instant.now()));
        token = Files.readString(folder.resolve(RestFiles.TOKEN)).strip();
    }

    private Accounts accounts(Path folder) throws IOException {
        return Accounts.open(folder, ROUNDS, () -> System.nanoTime() + later.get(), Clock.systemUTC());
    }

    private RestServer started(RestConfig config, ServiceFacade facade) throws IOException {
        return RestServer.start(
                new InetSocketAddress(config.host(), config.port()),
                config,
                facade,
                data.path(),
                accounts,
                new ConsoleFiles("/org/tandemopc/service/rest/console/"));
    }

    PairHandle pair() {
        return runtime.pair("plant1").orElseThrow();
    }

    /** Lets the members answer until the pair serves from the primary. */
    void serve() {
        var unused = pair().enable("test");
        Await.until("links are opened", SOON, () -> protocol.calls.contains("link0 open"));
        protocol.planes.getFirst().links.getFirst().opened(Fixtures.RUNNING);
        Await.until("sessions are moved", SOON, () -> protocol.calls.stream().anyMatch(c -> c.startsWith("rehome")));
        String order = protocol.calls.stream()
                .filter(c -> c.startsWith("rehome e"))
                .findFirst()
                .orElseThrow();
        long epoch = Long.parseLong(order.substring("rehome e".length(), order.lastIndexOf(' ')));
        protocol.planes.getFirst().listener.rehomed(epoch, RehomeReport.EMPTY);
        Await.until("the pair serves", SOON, () -> pair().snapshot().phase().equals("serving"));
    }

    int port() {
        return rest.address().getPort();
    }

    /** An answer, taken apart. */
    record Answer(int status, String head, String body) {
        JsonNode json() {
            return MAPPER.readTree(body);
        }
    }

    Answer get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\n" + usual());
    }

    Answer post(String path, String body) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\n"
                + header("Content-Length", String.valueOf(body.getBytes(StandardCharsets.ISO_8859_1).length))
                + usual()
                + body);
    }

    /** Host and token as they should be, and the end of the headers. */
    String usual() {
        return header("Host", "127.0.0.1:" + port()) + header("Authorization", "Bearer " + token)
                + header("Connection", "close") + "\r\n";
    }

    static String header(String name, String value) {
        return name + ": " + value + "\r\n";
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    Answer send(String request) throws IOException {
        try (Socket socket = sent(request)) {
            return answer(socket);
        }
    }

    /** What an answer begins with, of one that does not end. */
    Answer begin(String request) throws IOException {
        try (Socket socket = sent(request)) {
            StringBuilder head = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int octet = in.read();
                if (octet < 0) {
                    break;
                }
                head.append((char) octet);
            }
            return new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), "");
        }
    }

    /** A connection on which this was sent; whoever gets it closes it. */
    private Socket sent(String request) throws IOException {
        Socket socket = connect();
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static Answer answer(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] some = new byte[8192];
        try {
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                all.write(some, 0, n);
            }
        } catch (java.net.SocketException e) {
            // Reset after the answer: what was not read of the request is why.
            if (all.size() == 0) {
                throw e;
            }
        }
        String text = all.toString(StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Answer(0, text, "");
        }
        return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
    }

    @Override
    public void close() throws IOException {
        rest.close();
        runtime.close();
        data.close();
    }
}
