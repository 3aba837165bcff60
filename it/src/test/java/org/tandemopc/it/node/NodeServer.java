package org.tandemopc.it.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tandemopc.it.pair.Security;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.MemberProcess;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.TestFolder;

/** A node-opcua server with the counters of the simulator. */
public final class NodeServer extends NodePeer implements MemberProcess {
    private final int port;
    private final Path ledger;
    private final Path emitted;

    private NodeServer(
            TestFolder folder, int port, Path ledger, Path emitted, int counters, int periodMs, Security security) {
        super(
                "server.js",
                folder,
                List.of(
                        String.valueOf(port),
                        String.valueOf(counters),
                        String.valueOf(periodMs),
                        security.ofNode(),
                        ledger.toString(),
                        emitted.toString(),
                        folder.path().resolve("keys").toString()));
        this.port = port;
        this.ledger = ledger;
        this.emitted = emitted;
    }

    /** Starts without waiting, so that several can start at the same time; {@link #awaitReady()} must follow. */
    public static NodeServer launchOnly(int counters, int periodMs, Security security) {
        TestFolder folder = new TestFolder("node-server");
        return new NodeServer(
                folder,
                PortPicker.pick(),
                emptyFile(folder, "ledger.jsonl"),
                emptyFile(folder, "emitted.txt"),
                counters,
                periodMs,
                security);
    }

    public static NodeServer start(int counters, int periodMs, Security security) {
        NodeServer server = launchOnly(counters, periodMs, security);
        server.awaitReady();
        return server;
    }

    @Override
    public void awaitReady() {
        super.awaitReady();
    }

    /** The ticks that the counters were set to, in all lives of the server. */
    public Set<Long> emittedTicks() {
        try {
            return Files.readAllLines(emitted).stream()
                    .map(Long::valueOf)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String url() {
        return "opc.tcp://127.0.0.1:" + port + "/sim";
    }

    @Override
    public void kill() {
        process.signal(Posix.Signal.KILL);
    }

    /** It announces its end whenever it is told to end. */
    @Override
    public void announceStop() {
        terminate();
    }

    @Override
    public void terminate() {
        process.signal(Posix.Signal.TERM);
    }

    @Override
    public void freeze() {
        process.freeze();
    }

    @Override
    public void thaw() {
        process.signal(Posix.Signal.CONT);
    }

    @Override
    public void awaitEnd(Duration atMost) {
        Await.until("the node-opcua server has ended", atMost, () -> !process.isAlive());
    }

    @Override
    public void restart() {
        process.close();
        process = launch();
        awaitReady();
    }

    @Override
    public List<LedgerEntry> ledger() {
        return LedgerEntry.readAll(ledger);
    }
}
