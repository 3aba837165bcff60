package org.tandemopc.service.rest;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** One address that is listened on, with what counts there. */
final class Door implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final HttpServer server;
    private final AccessRules access;
    private final boolean isTls;

    private Door(HttpServer server, boolean isTls, List<String> names) {
        this.server = server;
        this.isTls = isTls;
        this.access = new AccessRules(isTls, server.getAddress(), names);
    }

    /**
     * Bound, not yet open.
     *
     * @param tls null: plain
     * @param names see {@link AccessRules}
     * @throws IOException with a sentence for people
     */
    static Door bind(InetSocketAddress listen, @Nullable SSLContext tls, List<String> names) throws IOException {
        RestLimits.install();
        try {
            if (listen.isUnresolved()) {
                throw new IOException("no such host");
            }
            if (tls == null) {
                return new Door(HttpServer.create(listen, BACKLOG), false, names);
            }
            HttpsServer server = HttpsServer.create(listen, BACKLOG);
            server.setHttpsConfigurator(new Configurator(tls));
            return new Door(server, true, names);
        } catch (IOException e) {
            throw new IOException(
                    "Cannot listen for commands on " + listen + " (" + e.getMessage()
                            + "). Choose another rest.listen.",
                    e);
        }
    }

    /** TLS 1.2 and newer, and of 1.2 only what keeps old recordings secret and is authenticated as a whole. */
    private static final class Configurator extends HttpsConfigurator {
        Configurator(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setProtocols(PROTOCOLS);
            wanted.setCipherSuites(Arrays.stream(wanted.getCipherSuites())
                    .filter(suite -> suite.contains("_GCM_") || suite.contains("_CHACHA20_"))
                    .filter(suite -> suite.startsWith("TLS_ECDHE_") || !suite.contains("_WITH_"))
                    .toArray(String[]::new));
            wanted.setUseCipherSuitesOrder(true);
            parameters.setSSLParameters(wanted);
        }
    }

    void open(HttpHandler handler, ExecutorService threads) {
        server.setExecutor(threads);
        server.createContext("/", handler);
        server.start();
    }

    AccessRules access() {
        return access;
    }

    boolean isTls() {
        return isTls;
    }

    /** The token of the data folder is for this machine alone. */
    boolean takesToken() {
        return !isTls && isLocal();
    }

    /** No other machine reaches it. */
    boolean isLocal() {
        return address().getAddress().isLoopbackAddress();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
