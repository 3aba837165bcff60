package org.tandemopc.it.node;

import java.nio.file.Path;
import java.util.List;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestFolder;

/** A node-opcua server with the counters of the simulator. */
public final class NodeServer extends NodePeer {
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

    public String url() {
        return "opc.tcp://127.0.0.1:" + port + "/sim";
    }

    public List<LedgerEntry> ledger() {
        return LedgerEntry.readAll(ledger);
    }
}
