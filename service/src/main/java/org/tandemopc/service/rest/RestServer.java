package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.service.tls.RenewedKeys;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.service.users.Sessions;

/**
 * The REST interface and the console. On loopback, plain, for commands and for browsers on this machine; with TLS also where the
 * configuration says. Each request runs on a virtual thread of its own; what a peer can take is bounded by
 * {@link RestLimits}. Nothing that a peer sent is ever logged.
 */
public final class RestServer implements AutoCloseable {
    /** Of the session's cookie; {@code Secure} beside them where there is TLS. */
    static final String COOKIE_RULES = "Path=/; HttpOnly; SameSite=Strict";

    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);
    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    private static final String HSTS = "max-age=31536000";

    private final Door commands;
    private final @Nullable Door console;
    private final @Nullable RenewedKeys keys;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("rest-", 0).factory());
    private final ServiceFacade service;
    private final Path folder;
    private final Accounts accounts;
    private final Gate gate;
    private final Audit audit;
    private final Router router;
    private final ConsoleFiles files;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore requests = new Semaphore(RestLimits.REQUESTS_MAX);
    private final Semaphore streams = new Semaphore(RestLimits.STREAMS_MAX);

    private RestServer(
            Door commands,
            @Nullable Door console,
            @Nullable RenewedKeys keys,
            ServiceFacade service,
            Path folder,
            Accounts accounts,
            ConsoleFiles files) {
        this.commands = commands;
        this.console = console;
        this.keys = keys;
        this.service = service;
        this.folder = folder;
        this.accounts = accounts;
        this.files = files;
        this.gate = new Gate(accounts, RestFiles.freshToken());
        this.audit = new Audit(accounts.audit());
        this.router = router(service, accounts, gate);
    }

    /** As {@link #start(RestConfig, ServiceFacade, Path)}, plain on loopback. */
    public static RestServer start(InetSocketAddress listen, ServiceFacade service, Path dataFolder)
            throws IOException {
        return start(
                listen,
                RestConfig.DEFAULT,
                service,
                dataFolder,
                Accounts.open(dataFolder),
                new ConsoleFiles(ConsoleFiles.FOLDER));
    }

    /**
     * Listens, then writes {@link RestFiles#TOKEN} and {@link RestFiles#PORT}. Without TLS there is one door, on loopback. With
     * TLS there are two: that of the configuration, and one on loopback, on a port that the system chooses, for commands and
     * their token.
     *
     * @param dataFolder held by the caller until after {@link #close}
     * @throws IOException with a sentence for people: port in use, files that cannot be read or written, an address that other
     *     machines reach without TLS
     */
    public static RestServer start(RestConfig config, ServiceFacade service, Path dataFolder) throws IOException {
        return start(
                new InetSocketAddress(config.host(), config.port()),
                config,
                service,
                dataFolder,
                Accounts.open(dataFolder),
                new ConsoleFiles(ConsoleFiles.FOLDER));
    }

    static RestServer start(
            InetSocketAddress listen,
            RestConfig config,
            ServiceFacade service,
            Path dataFolder,
            Accounts accounts,
            ConsoleFiles files)
            throws IOException {
        RestServer rest = bound(listen, config, service, dataFolder, accounts, files);
        try {
            rest.open();
        } catch (IOException e) {
            rest.close();
            throw new IOException("Cannot write the token for commands to " + dataFolder + " (" + e + ").", e);
        }
        return rest;
    }

    private static RestServer bound(
            InetSocketAddress listen,
            RestConfig config,
            ServiceFacade service,
            Path dataFolder,
            Accounts accounts,
            ConsoleFiles files)
            throws IOException {
        Door commands = null;
        try {
            Door console = null;
            RenewedKeys keys = null;
            if (config.tls().isEmpty()) {
                refuseReachable(listen);
                commands = Door.bind(listen, null, config.names());
            } else {
                commands = Door.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), null, List.of());
                keys = RenewedKeys.open(config.tls().get(), config, dataFolder);
                console = Door.bind(listen, keys.context(), config.names());
            }
            return new RestServer(commands, console, keys, service, dataFolder, accounts, files);
        } catch (IOException e) {
            accounts.close();
            if (commands != null) {
                commands.close();
            }
            throw e;
        }
    }

    private static void refuseReachable(InetSocketAddress listen) throws IOException {
        if (listen.isUnresolved() || !listen.getAddress().isLoopbackAddress()) {
            throw new IOException("Without rest.tls Tandem listens for commands and consoles on loopback only, not on "
                    + listen + ". Write 'tls: own' below 'rest:', or an address as 127.0.0.1.");
        }
    }

    private void open() throws IOException {
        commands.open(exchange -> exchange(exchange, commands), threads);
        Door other = console;
        if (other != null) {
            other.open(exchange -> exchange(exchange, other), threads);
            if (!other.isLocal() && accounts.users().isEmpty()) {
                LOG.warn(
                        "Nobody is served from other machines until there is a user: 'tandem user add' makes one, and counts"
                                + " at once.");
            }
        }
        RestFiles.write(folder, gate.token(), hostAndPort());
        RenewedKeys renewed = keys;
        if (renewed != null) {
            threads.execute(() -> follow(renewed));
        }
    }

    /** Two files are looked at each second, until the end: a certificate that is renewed counts without a restart. */
    private void follow(RenewedKeys renewed) {
        try {
            while (!closed.await(RestLimits.CERTIFICATE_LOOK_SECONDS, TimeUnit.SECONDS)) {
                renewed.look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Router router(ServiceFacade service, Accounts accounts, Gate gate) {
        PairRoutes pairs = new PairRoutes(service);
        ServiceRoutes whole = new ServiceRoutes(service, pairs);
        List<Route> all = new ArrayList<>(whole.routes());
        all.addAll(new SessionRoutes(accounts, gate).routes());
        all.addAll(new UserRoutes(accounts).routes());
        all.addAll(new Audit(accounts.audit()).routes());
        all.addAll(pairs.routes());
        all.addAll(new RecordRoutes(service).routes());
        all.addAll(new CheckRoutes(service).routes());
        all.addAll(new ConfigRoutes(service).routes());
        all.addAll(new CertificateRoutes(service).routes());
        all.addAll(new SettingsRoutes(service).routes());
        all.addAll(new RecordFileRoutes(service).routes());
        all.addAll(new LiveRoutes(service, whole::status).routes());
        all.addAll(new MetricsRoutes(service).routes());
        all.addAll(new LifecycleRoutes(service).routes());
        all.addAll(new DiscoveryRoutes(service).routes());
        all.addAll(new NotificationRoutes(service).routes());
        return new Router(all);
    }

    Router router() {
        return router;
    }

    /** Where it listens for commands. */
    public InetSocketAddress address() {
        return commands.address();
    }

    /** The same as in an HTTP URL, and as {@link AccessRules} knows it: there is one loopback address of IPv6. */
    public String hostAndPort() {
        return AccessRules.hostAndPort(address());
    }

    /** Where a browser on this machine goes. */
    public String consoleUrl() {
        Door other = console;
        if (other == null) {
            return "http://" + hostAndPort();
        }
        InetSocketAddress bound = other.address();
        return "https://"
                + (bound.getAddress().isAnyLocalAddress()
                        ? "localhost:" + bound.getPort()
                        : AccessRules.hostAndPort(bound));
    }

    /** Ends what is under way and takes the files away; idempotent. */
    @Override
    public void close() {
        try {
            RestFiles.delete(folder);
        } catch (IOException e) {
            // A stale port file leads commands to a closed port, which they take for what it is.
            LOG.warn("The files for commands in {} stay: {}", folder, e.toString());
        }
        closed.countDown();
        threads.shutdownNow();
        commands.close();
        if (console != null) {
            console.close();
        }
        accounts.close();
    }

    private void exchange(HttpExchange exchange, Door door) throws IOException {
        try (exchange) {
            common(exchange, door);
            Reply reply;
            Caller caller = gate.caller(exchange.getRequestHeaders(), door.isTls(), door.takesToken())
                    .orElse(null);
            try {
                reply = reply(exchange, door, caller);
            } catch (Problem problem) {
                refuse(exchange, problem);
                return;
            }
            send(exchange, door, reply, caller);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply reply(HttpExchange exchange, Door door, @Nullable Caller caller)
            throws Problem, IOException, InterruptedException {
        if (!requests.tryAcquire()) {
            throw Problem.busy();
        }
        try {
            // Before anything of the request is looked at, and also for routes that do not exist.
            door.access().check(exchange.getRequestHeaders(), exchange.getLocalAddress());
            refuseWithoutUsers(door);
            Optional<Reply> file =
                    files.answer(exchange.getRequestMethod(), exchange.getRequestURI(), exchange.getRequestHeaders());
            if (file.isPresent() && !service.runtime().config().rest().console()) {
                throw new Problem(
                        404,
                        "console-off",
                        "The console is turned off here.",
                        "'console: true' below 'rest:' in the configuration turns it on; commands work without it.");
            }
            return file.isPresent() ? file.get() : routed(exchange, caller, door);
        } catch (RuntimeException e) {
            LOG.error("A request met a defect of Tandem.", e);
            throw new Problem(500, "internal", "A defect of Tandem; its log says more.", "Report it.");
        } finally {
            requests.release();
        }
    }

    private Reply routed(HttpExchange exchange, @Nullable Caller caller, Door door)
            throws Problem, IOException, InterruptedException {
        Router.Match match = match(exchange, caller);
        Call call = new Call(
                match.path(),
                match.query(),
                body(exchange),
                caller,
                exchange.getRemoteAddress().getAddress(),
                Gate.cookieName(exchange.getRequestHeaders(), door.isTls()));
        return handle(match.route(), call, caller, exchange.getRequestHeaders());
    }

    /** Whoever came first from anywhere could make the first user, were there not the token; so there is not even the try. */
    private void refuseWithoutUsers(Door door) throws Problem {
        if (!door.isLocal() && accounts.users().isEmpty()) {
            throw new Problem(
                    503,
                    "no-users",
                    "There is no user yet, and so nobody is served from other machines.",
                    "Make the first user on Tandem's own machine with 'tandem user add'.");
        }
    }

    private Reply handle(Route route, Call call, @Nullable Caller caller, Headers headers)
            throws Problem, IOException, InterruptedException {
        String outcome = "failed";
        try {
            gate.admit(route, caller, headers);
            Reply reply = route.handler().handle(call);
            outcome = "done";
            return reply;
        } catch (Problem problem) {
            outcome = problem.code();
            throw problem;
        } catch (IOException e) {
            // A full disk, say. The peer is no part of it: its request is read, and nothing of the answer is sent yet.
            Problem problem = Problem.files(e);
            outcome = problem.code();
            LOG.warn("A request could not be carried out: {}", problem.getMessage());
            throw problem;
        } finally {
            if (caller != null) {
                audit.add(route, call, caller, outcome);
            }
        }
    }

    /** Who is not known does not learn which paths there are. */
    private Router.Match match(HttpExchange exchange, @Nullable Caller caller) throws Problem {
        Router.Match match;
        try {
            match = router.match(exchange.getRequestMethod(), exchange.getRequestURI());
        } catch (Problem problem) {
            throw caller == null ? gate.unauthorized() : problem;
        }
        if (caller == null && !match.route().isOpen()) {
            throw gate.unauthorized(); // before the body is read
        }
        return match;
    }

    private static byte[] body(HttpExchange exchange) throws IOException, Problem {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (length != null && length.length() > 9) {
            throw Problem.tooLarge();
        }
        if (length != null && Long.parseLong(length) > RestLimits.BODY_BYTES_MAX) {
            throw Problem.tooLarge();
        }
        try (InputStream in = exchange.getRequestBody()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] some = new byte[8192];
            // Not readNBytes: once it has enough it asks for nothing more, and of a chunked body that waits for a
            // chunk.
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                body.write(some, 0, read);
                if (body.size() > RestLimits.BODY_BYTES_MAX) {
                    throw Problem.tooLarge();
                }
            }
            return body.toByteArray();
        }
    }

    private void send(HttpExchange exchange, Door door, Reply reply, @Nullable Caller caller)
            throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Json json -> send(exchange, json.status(), "application/json", Json.bytes(json.body()));
            case Reply.Page page ->
                send(exchange, 200, page.contentType(), page.body().getBytes(StandardCharsets.UTF_8));
            case Reply.Asset asset -> {
                asset.headers().forEach(exchange.getResponseHeaders()::set);
                send(exchange, asset.status(), asset.contentType(), asset.body());
            }
            case Reply.With with -> {
                with.headers()
                        .forEach((name, value) -> exchange.getResponseHeaders()
                                .set(name, name.equals("Set-Cookie") && door.isTls() ? value + "; Secure" : value));
                send(exchange, door, with.reply(), caller);
            }
            case Reply.Lines lines -> stream(exchange, lines.writer(), caller);
            case Reply.Events events -> events(exchange, events, caller);
            case Reply.Download download -> {
                exchange.getResponseHeaders().set("Content-Type", download.contentType());
                Streams.download(exchange, download);
            }
            case Reply.Last last -> {
                try {
                    send(exchange, door, last.reply(), caller);
                } finally {
                    last.afterwards().run();
                }
            }
        }
    }

    private void refuse(HttpExchange exchange, Problem problem) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        // What is left of the request is not read: the connection is of no more use.
        headers.set("Connection", "close");
        if (problem.status() == 401) {
            headers.set("WWW-Authenticate", "Bearer");
        }
        send(exchange, problem.status(), "application/problem+json", Json.bytes(problem.json()));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            // The JDK's server takes no length for an answer without a body, and sends none by itself.
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = new Streams.InTime(exchange.getResponseBody())) {
            out.write(body);
        }
    }

    private static void common(HttpExchange exchange, Door door) {
        HEADERS.forEach(exchange.getResponseHeaders()::set);
        if (door.isTls()) {
            exchange.getResponseHeaders().set("Strict-Transport-Security", HSTS);
        }
    }

    private void events(HttpExchange exchange, Reply.Events events, @Nullable Caller caller)
            throws IOException, InterruptedException {
        if (!streams.tryAcquire()) {
            refuse(exchange, Problem.busy());
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            Streams.events(exchange, events, () -> endAfterLogout(caller));
        } finally {
            streams.release();
        }
    }

    private void stream(HttpExchange exchange, Reply.Writer writer, @Nullable Caller caller)
            throws IOException, InterruptedException {
        if (!streams.tryAcquire()) {
            refuse(exchange, Problem.busy());
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = new Streams.InTime(exchange.getResponseBody())) {
                writer.write(new Reply.Sink() {
                    @Override
                    public void line(Object json) throws IOException {
                        endAfterLogout(caller);
                        out.write(Json.bytes(json));
                        beat();
                    }

                    @Override
                    public void beat() throws IOException {
                        endAfterLogout(caller);
                        out.write('\n');
                        out.flush();
                    }
                });
            }
        } finally {
            streams.release();
        }
    }

    /** A stream outlives the request that began it; it must not outlive the login. */
    private void endAfterLogout(@Nullable Caller caller) throws IOException {
        Sessions.Session session = caller == null ? null : caller.session();
        if (session != null && accounts.user(session).isEmpty()) {
            throw new IOException("logged out");
        }
    }
}
