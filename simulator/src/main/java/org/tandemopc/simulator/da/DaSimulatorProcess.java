package org.tandemopc.simulator.da;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.tandemopc.simulator.ControlPort;
import org.tandemopc.simulator.Foreground;
import org.tandemopc.simulator.LineConsole;

/**
 * A simulated DA server as a process has it: with a fault console and its port, and gone or there, as the console says. Any thread.
 */
final class DaSimulatorProcess implements Foreground.Server {
    private static final int START_TRIES_MAX = 5;

    private final DaSimulatorSettings settings;
    private final CountDownLatch exit = new CountDownLatch(1);
    private final LineConsole console = new DaFaultConsole(this);
    private final ControlPort control;
    private @Nullable DaSimulatedServer server;
    private boolean isClosed;

    private DaSimulatorProcess(DaSimulatorSettings settings, DaSimulatedServer server, int controlPort)
            throws IOException {
        this.settings = settings;
        this.server = server;
        this.control = ControlPort.open(controlPort, console);
    }

    /** @throws IOException with a message for people: a port is not to be had, or the ledger cannot be written */
    static DaSimulatorProcess start(DaSimulatorOptions options) throws IOException {
        for (int i = 1; ; i++) {
            DaSimulatorSettings settings = options.settingsAtFreePort();
            DaSimulatedServer server;
            try {
                server = DaSimulatedServer.start(settings);
            } catch (IOException e) {
                if (options.port() != 0 || i == START_TRIES_MAX) {
                    throw new IOException(refusal(settings, e), e);
                }
                continue;
            }
            try {
                return new DaSimulatorProcess(settings, server, options.controlPort());
            } catch (IOException e) {
                server.close();
                throw new IOException(
                        "cannot listen on control port " + options.controlPort() + ": " + e.getMessage(), e);
            }
        }
    }

    private static String refusal(DaSimulatorSettings settings, IOException why) {
        return "simulated DA server %s cannot start at %s, port %d: %s; ports below 1024 need root, and --port 0 takes a free one"
                .formatted(
                        settings.name(),
                        settings.addresses().getFirst().getHostAddress(),
                        settings.resolverPort(),
                        why.getMessage());
    }

    /** {@code opcda://host:port/ProgID/{CLSID}}, in one spelling for servers whose port is 135 or another one. */
    @Override
    public String url() {
        return "opcda://%s:%d/%s/{%s}"
                .formatted(
                        settings.addresses().getFirst().getHostAddress(),
                        settings.resolverPort(),
                        settings.progId(),
                        settings.clsid());
    }

    @Override
    public int controlPort() {
        return control.port();
    }

    @Override
    public LineConsole console() {
        return console;
    }

    DaSimulatorSettings settings() {
        return settings;
    }

    /** @throws IllegalStateException it has vanished */
    synchronized DaSimulatedServer server() {
        if (server == null) {
            throw new IllegalStateException("the server has vanished: revive brings it back");
        }
        return server;
    }

    /** No listener, connections reset, and all that clients had is forgotten; the process stays. */
    synchronized void vanish() {
        server().vanish();
        server = null;
    }

    /** As after a start of the process, at the same ports where they were given; without any fault. */
    synchronized void revive() throws IOException {
        if (server != null || isClosed) {
            throw new IllegalStateException(isClosed ? "the server ends" : "the server is there");
        }
        server = DaSimulatedServer.start(settings);
    }

    @Override
    public void requestExit() {
        exit.countDown();
    }

    @Override
    public void awaitExit() throws InterruptedException {
        exit.await();
    }

    @Override
    public synchronized void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        control.close();
        if (server != null) {
            server.close();
        }
        exit.countDown();
    }
}
