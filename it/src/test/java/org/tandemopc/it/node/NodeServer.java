package org.tandemopc.it.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    private NodeServer(TestFolder folder, int port, Path ledger, int counters, int periodMs) {
        super(
                "server.js",
                folder,
                List.of(
                        String.valueOf(port),
                        String.valueOf(counters),
                        String.valueOf(periodMs),
                        ledger.toString(),
                        folder.path().resolve("keys").toString()));
        this.port = port;
        this.ledger = ledger;
    }

    public static NodeServer start(int counters, int periodMs) {
        TestFolder folder = new TestFolder("node-server");
        NodeServer server =
                new NodeServer(folder, PortPicker.pick(), emptyFile(folder, "ledger.jsonl"), counters, periodMs);
        server.awaitReady();
        return server;
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
        process.signal(Posix.Signal.STOP);
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
