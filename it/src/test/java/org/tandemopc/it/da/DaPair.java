package org.tandemopc.it.da;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.history.Tenure;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.RpcMessages;

/**
 * Two simulated servers in this process, on addresses of their own, each behind a proxy, and a Tandem process with a pair of them. Callbacks
 * of the servers do not go through the proxies: Tandem says where it is called back by the address of its connection and its own port,
 * and a server follows no reference to anywhere else. What the servers do is in their {@link #ledgers()}, whenever they were started.
 */
final class DaPair implements AutoCloseable {
    static final String NAME = "Tandem.SimulatedDA.1";
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Object STARTING = new Object();

    private final List<DaSimulatorSettings> settings = new ArrayList<>();
    private final List<DaSimulatedServer> servers = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<TandemRecord> records = new ArrayList<>();
    private final TestFolder folder = new TestFolder("da-pair");
    private final InetAddress front = Loopback.withFreePort135();
    private final TandemProcess tandem;
    private final Mode mode;
    private long lastRecord;

    /** Serves from the primary when it returns; both members are connected unless the mode is cold. */
    DaPair(Mode mode) {
        try {
            for (int member = 0; member < 2; member++) {
                InetAddress behind = Loopback.withFreePort135();
                InetAddress shown = Loopback.withFreePort135();
                proxies.add(FaultProxy.between(atResolver(shown), atResolver(behind), RpcMessages.FRAMER));
                DaSimulatorSettings one = DaSimulatorSettings.at(behind)
                        .withPorts(EndpointMapper.PORT, EndpointMapper.PORT)
                        .withPublished(shown)
                        .withRates(200, 10, 10)
                        .withLedger(ledger(member));
                settings.add(one);
                servers.add(DaSimulatedServer.start(one));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.mode = mode;
        tandem = started(mode, yaml(mode));
        awaitStandbyReady(1);
        lastRecord = tandem.newestRecords(NAME, 1).getLast().number();
    }

    /** One after the other: those that start at once keep each other waiting. Whichever server answered first, the primary serves. */
    private static TandemProcess started(Mode mode, String yaml) {
        synchronized (STARTING) {
            TandemProcess tandem = TandemProcess.startWithConfiguration(yaml);
            tandem.awaitPhase(NAME, "serving", PATIENCE);
            if (tandem.figure(NAME, "active") != 0) {
                if (mode != Mode.COLD) {
                    tandem.awaitStandby(NAME, 0, PATIENCE);
                }
                var unused = tandem.command("switch " + NAME + " 0");
            }
            tandem.awaitServing(NAME, 0, PATIENCE);
            return tandem;
        }
    }

    /** The member could take over at once; in cold mode nothing is waited for. */
    void awaitStandbyReady(int member) {
        if (mode != Mode.COLD) {
            tandem.awaitStandby(NAME, member, PATIENCE);
        }
    }

    private Path ledger(int member) {
        return folder.path().resolve("ledger-%d.jsonl".formatted(member));
    }

    /** What each member has done, whole. */
    List<List<LedgerEntry>> ledgers() {
        return List.of(LedgerEntry.readAll(ledger(0)), LedgerEntry.readAll(ledger(1)));
    }

    /** What Tandem wrote down since this was made; to be called often enough that less than 1,000 records come between. */
    List<TandemRecord> records() {
        for (TandemRecord record : tandem.recordsAfter(NAME, lastRecord)) {
            records.add(record);
            lastRecord = record.number();
        }
        return List.copyOf(records);
    }

    /** When each member was the active one, until now. */
    List<Tenure> tenures() {
        List<String> machines = settings.stream()
                .map(one -> one.published().getFirst().getHostAddress())
                .toList();
        return Tenure.of(
                records().stream().filter(one -> one.kind().equals("PROMOTED")).toList(), 0, machines::indexOf);
    }

    /** No member could take over. */
    void awaitStandbyLost(int member) {
        Await.until(
                "the standby is not ready",
                PATIENCE,
                () -> tandem.status(NAME, "ready").charAt(member) == '0');
    }

    private String yaml(Mode mode) {
        StringBuilder yaml = new StringBuilder("""
                version: 1
                opcda:
                  listen: %s:135
                  level: connect
                  oldClients: true
                  accounts:
                    - user: %s
                      password: %s
                pairs:
                  - name: %s
                    mode: %s
                    failback: false
                    holdTimeout: 20s
                    statusInterval: 500ms
                    statusTimeout: 1500ms
                    members:
                """.formatted(
                front.getHostAddress(), USER, PASSWORD, NAME, mode.name().toLowerCase(Locale.ROOT)));
        for (DaSimulatorSettings one : settings) {
            yaml.append("""
                          - host: %s
                            clsid: "%s"
                            user: %s
                            password: %s
                    """.formatted(one.published().getFirst().getHostAddress(), one.clsid(), USER, PASSWORD)
                    .indent(0));
        }
        return yaml.toString();
    }

    private static InetSocketAddress atResolver(InetAddress address) {
        return new InetSocketAddress(address, EndpointMapper.PORT);
    }

    /** Where clients activate. */
    InetAddress front() {
        return front;
    }

    /** The way from Tandem to the member. */
    FaultProxy proxy(int member) {
        return proxies.get(member);
    }

    DaSimulatedServer server(int member) {
        return servers.get(member);
    }

    TandemProcess tandem() {
        return tandem;
    }

    int active() {
        return Integer.parseInt(tandem.status(NAME, "active"));
    }

    /** The pair shall be as new for the next fault, not warier with each. */
    void forgetFaults() {
        var unused = tandem.command("reset " + NAME);
    }

    void awaitServing(int member) {
        tandem.awaitServing(NAME, member, PATIENCE);
    }

    void awaitPhase(String phase) {
        tandem.awaitPhase(NAME, phase, PATIENCE);
    }

    long epoch() {
        return tandem.figure(NAME, "epoch");
    }

    /** Starts a server that has gone anew, at its address. */
    void revive(int member) {
        try {
            servers.set(member, DaSimulatedServer.start(settings.get(member)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tandem.close();
        proxies.forEach(FaultProxy::close);
        servers.forEach(DaSimulatedServer::close);
        folder.close();
    }
}
