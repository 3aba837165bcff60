package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** A Tandem that runs the text of a configuration with one pair, as the program does, but without an interface for commands. */
final class PairUnderTest implements AutoCloseable {
    static final String NAME = "Plant.Server.1";

    private final Spec spec;
    private final DataFolder data;
    private final ConfigStore store;
    private final TandemRuntime runtime;
    private final Configurations configurations;

    /**
     * What the configuration says.
     *
     * @param members as their sections
     */
    record Spec(String listen, String mode, boolean failback, int intervalMs, int timeoutMs, List<String> members) {
        Spec {
            members = List.copyOf(members);
        }

        /** No failback; questions each 200 ms, answers within 500. */
        static Spec of(Mode mode, List<String> members) {
            return new Spec(
                    "127.0.0.4:" + PortPicker.pick(), mode.name().toLowerCase(Locale.ROOT), false, 200, 500, members);
        }

        static Spec of(Mode mode, MemberUnderTest... members) {
            return of(mode, List.of(members).stream().map(Spec::member).toList());
        }

        static String member(MemberUnderTest member) {
            return member(member.host(), member.port());
        }

        static String member(String host, int port) {
            return member(host, port, Rig.PAIR_CLSID);
        }

        static String member(String host, int port, Guid clsid) {
            return """
                  - host: %s
                    port: %d
                    clsid: %s
                    user: opc
                    password: Secret1!
            """.formatted(host, port, clsid);
        }

        Spec withMode(Mode other) {
            String text = other.name().toLowerCase(Locale.ROOT);
            return new Spec(listen, text, failback, intervalMs, timeoutMs, members);
        }

        Spec withFailback(boolean on) {
            return new Spec(listen, mode, on, intervalMs, timeoutMs, members);
        }

        Spec withStatus(int everyMs, int withinMs) {
            return new Spec(listen, mode, failback, everyMs, withinMs, members);
        }

        Spec withListen(String address) {
            return new Spec(address, mode, failback, intervalMs, timeoutMs, members);
        }

        String text() {
            return """
            version: 1
            opcda:
              listen: %s
              accounts:
                - user: opc
                  password: Secret1!
            pairs:
            """.formatted(listen) + pair(NAME);
        }

        /** A section of the list of pairs. */
        String pair(String name) {
            return """
              - name: %s
                mode: %s
                failback: %s
                statusInterval: %dms
                statusTimeout: %dms
                members:
            """.formatted(name, mode, failback, intervalMs, timeoutMs) + String.join("", members);
        }
    }

    PairUnderTest(Path folder, Spec spec) throws IOException {
        this(folder, spec, spec.text());
    }

    PairUnderTest(Path folder, Spec spec, String text) throws IOException {
        this.spec = spec;
        Files.createDirectories(folder);
        Path file = folder.resolve("tandem.yaml");
        Files.writeString(file, text);
        data = DataFolder.hold(folder.resolve("data"));
        store = new ConfigStore(file, data.path(), Map.of());
        ConfigReading reading = store.load();
        assertThat(reading.hasErrors()).as(reading.problems().toString()).isFalse();
        runtime = new TandemRuntime(
                reading.config().orElseThrow(), door -> new DaProtocol((OpcDaConfig) door), data, true);
        configurations = new LiveConfigurations(store, runtime);
        runtime.start();
    }

    /** As soon as the primary serves, and the secondary could where the mode connects it. */
    static PairUnderTest serving(Path folder, Spec spec) throws IOException {
        PairUnderTest pair = new PairUnderTest(folder, spec);
        pair.awaitServing(0);
        if (!spec.mode().equals("cold")) {
            pair.awaitReady(1);
        }
        return pair;
    }

    Spec spec() {
        return spec;
    }

    TandemRuntime runtime() {
        return runtime;
    }

    /** The text that runs, and how it is changed. */
    Configurations configurations() {
        return configurations;
    }

    void apply(String text) {
        assertThat(configurations.apply(text, null, "test")).isInstanceOf(Configurations.Outcome.Applied.class);
    }

    RemoteHost host() {
        int port = runtime.boundAddress(ProtocolKind.OPC_DA).orElseThrow().getPort();
        String address = spec.listen().substring(0, spec.listen().indexOf(':'));
        return RemoteHost.of(InetAddress.ofLiteral(address)).withResolverPort(port);
    }

    PairHandle pair() {
        return runtime.pair(NAME).orElseThrow();
    }

    PairSnapshot snapshot() {
        return pair().snapshot();
    }

    int active() {
        return snapshot().active();
    }

    void awaitServing(int member) {
        Await.until("member " + member + " serves", Rig.PATIENCE, () -> isServing(member));
    }

    boolean isServing(int member) {
        PairSnapshot now = snapshot();
        return now.phase().equals("serving") && now.active() == member;
    }

    void awaitPhase(String phase) {
        Await.until(phase, Rig.PATIENCE, () -> snapshot().phase().equals(phase));
    }

    /** The member could take over at once. */
    void awaitReady(int member) {
        Await.until(
                "member " + member + " is ready",
                Rig.PATIENCE,
                () -> snapshot().members().get(member).isReady());
    }

    void switchTo(int member) {
        assertThat(pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        awaitServing(member);
    }

    List<PairRecord> records() {
        return pair().records().stream().map(LoggedRecord::record).toList();
    }

    List<PairRecord> records(RecordKind kind) {
        return records().stream().filter(one -> one.kind() == kind).toList();
    }

    void awaitRecords(RecordKind kind, int count) {
        Await.until(
                count + " records " + kind + " in " + records(),
                Rig.PATIENCE,
                () -> records(kind).size() >= count);
    }

    List<String> texts() {
        return records().stream().map(PairRecord::text).toList();
    }

    @Override
    public void close() throws IOException {
        runtime.close();
        data.close();
    }
}
