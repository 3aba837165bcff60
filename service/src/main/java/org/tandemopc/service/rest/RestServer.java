package org.tandemopc.service.rest;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST interface on loopback. Each request runs on a virtual thread of its own; what a peer can take is bounded by
 * {@link RestLimits}. Nothing that a peer sent is ever logged.
 */
public final class RestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);
    private static final int BACKLOG = 50;

    private final HttpServer server;
    private final ExecutorService threads;
    private final Path folder;
    private final Router router;
    private final AccessRules access;
    private final Semaphore requests = new Semaphore(RestLimits.REQUESTS_MAX);
    private final Semaphore streams = new Semaphore(RestLimits.STREAMS_MAX);

    private RestServer(HttpServer server, ExecutorService threads, Path folder, Router router, String token) {
        this.server = server;
        this.threads = threads;
        this.folder = folder;
        this.router = router;
        this.access = new AccessRules(
                hostAndPort(server.getAddress()), server.getAddress().getPort(), token);
    }

    /**
     * Listens, then writes {@link RestFiles#TOKEN} and {@link RestFiles#PORT}.
     *
     * @param listen of loopback; port 0: the system chooses
     * @param dataFolder held by the caller until after {@link #close}
     * @throws IOException with a sentence for people: port in use, files that cannot be written
     */
    public static RestServer start(InetSocketAddress listen, ServiceFacade service, Path dataFolder)
            throws IOException {
        if (listen.isUnresolved() || !listen.getAddress().isLoopbackAddress()) {
            throw new IOException("The interface for commands listens on loopback only, not on " + listen + ".");
        }
        RestLimits.install();
        HttpServer server;
        try {
            server = HttpServer.create(listen, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot listen for commands on " + listen + " (" + e.getMessage()
                            + "). Choose another rest.listen.",
                    e);
        }
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("rest-", 0).factory());
        String token = RestFiles.freshToken();
        RestServer rest = new RestServer(server, threads, dataFolder, router(service), token);
        server.setExecutor(threads);
        server.createContext("/", rest::exchange);
        server.start();
        try {
            RestFiles.write(dataFolder, token, rest.hostAndPort());
        } catch (IOException e) {
            rest.close();
            throw new IOException("Cannot write the token for commands to " + dataFolder + " (" + e + ").", e);
        }
        return rest;
    }

    static Router router(ServiceFacade service) {
        PairRoutes pairs = new PairRoutes(service);
        List<Route> all = new ArrayList<>(new ServiceRoutes(service, pairs).routes());
        all.addAll(pairs.routes());
        all.addAll(new RecordRoutes(service).routes());
        all.addAll(new CheckRoutes(service).routes());
        all.addAll(new ConfigRoutes(service).routes());
        all.addAll(new CertificateRoutes(service).routes());
        all.addAll(new NotificationRoutes(service).routes());
        return new Router(all);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** The same as in an HTTP URL, and as {@link AccessRules} knows it: there is one loopback address of IPv6. */
    public String hostAndPort() {
        return hostAndPort(address());
    }

    private static String hostAndPort(InetSocketAddress bound) {
        InetAddress at = bound.getAddress();
        return (at instanceof Inet6Address ? "[::1]" : at.getHostAddress()) + ":" + bound.getPort();
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
        threads.shutdownNow();
        server.stop(0);
    }

    private void exchange(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = reply(exchange);
            } catch (Problem problem) {
                refuse(exchange, problem);
                return;
            }
            send(exchange, reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply reply(HttpExchange exchange) throws Problem, IOException, InterruptedException {
        if (!requests.tryAcquire()) {
            throw Problem.busy();
        }
        try {
            // Before anything of the request is looked at, and also for routes that do not exist.
            access.check(exchange.getRequestHeaders(), false);
            Router.Match match = match(exchange);
            access.check(exchange.getRequestHeaders(), match.route().needsToken());
            Call call = new Call(match.path(), match.query(), body(exchange));
            return match.route().handler().handle(call);
        } catch (RuntimeException e) {
            LOG.error("A request met a defect of Tandem.", e);
            throw new Problem(500, "internal", "A defect of Tandem; its log says more.", "Report it.");
        } finally {
            requests.release();
        }
    }

    /** Who has no token does not learn which paths there are. */
    private Router.Match match(HttpExchange exchange) throws Problem {
        try {
            return router.match(exchange.getRequestMethod(), exchange.getRequestURI());
        } catch (Problem problem) {
            access.check(exchange.getRequestHeaders(), true);
            throw problem;
        }
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

    private void send(HttpExchange exchange, Reply reply) throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Json json -> send(exchange, json.status(), "application/json", Json.bytes(json.body()));
            case Reply.Page page ->
                send(exchange, 200, page.contentType(), page.body().getBytes(StandardCharsets.UTF_8));
            case Reply.Lines lines -> stream(exchange, lines.writer());
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
        common(exchange, type);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void common(HttpExchange exchange, String type) {
        Map.of(
                        "Content-Type", type,
                        "Cache-Control", "no-store",
                        "X-Content-Type-Options", "nosniff",
                        "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .forEach(exchange.getResponseHeaders()::set);
    }

    private void stream(HttpExchange exchange, Reply.Writer writer) throws IOException, InterruptedException {
        if (!streams.tryAcquire()) {
            refuse(exchange, Problem.busy());
            return;
        }
        try {
            common(exchange, "application/x-ndjson");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                writer.write(new Reply.Sink() {
                    @Override
                    public void line(Object json) throws IOException {
                        out.write(Json.bytes(json));
                        beat();
                    }

                    @Override
                    public void beat() throws IOException {
                        out.write('\n');
                        out.flush();
                    }
                });
            }
        } finally {
            streams.release();
        }
    }
}
