package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** What a control link reports of monitor items, against simulated servers of each version. */
@Timeout(120)
class MonitorWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final MonitorPauses SHORT =
            new MonitorPauses(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(50));
    private static final DaSimulatorSettings SETTINGS = DaSimulatorSettings.at(InetAddress.ofLiteral("127.0.0.2"))
            .withPorts(PortPicker.pick(), PortPicker.pick())
            .withRates(100, 50, 50);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Heard heard = new Heard();
    private @Nullable DaSimulatedServer served;
    private DcomServer sinks;
    private DaControlLink link;

    private record Told(long revision, MonitorReport report) {}

    private static final class Heard implements ControlLink.Listener {
        final List<Told> all = new CopyOnWriteArrayList<>();
        final AtomicInteger openings = new AtomicInteger();

        @Override
        public void opened(ServerCondition condition) {
            openings.incrementAndGet();
        }

        @Override
        public void failed(LossCause cause, long code, String detail) {}

        @Override
        public void lost(LossCause cause, long code, String detail) {}

        @Override
        public void condition(ServerCondition condition) {}

        @Override
        public void timedOut(long silentNanos) {}

        @Override
        public void shutdownAnnounced(String detail) {}

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {
            reports.forEach(report -> all.add(new Told(revision, report)));
        }

        List<MonitorReport> of(long revision) {
            return all.stream()
                    .filter(one -> one.revision() == revision)
                    .map(Told::report)
                    .toList();
        }

        List<MonitorValue> values(long revision, int item) {
            return of(revision).stream()
                    .filter(MonitorReport.Value.class::isInstance)
                    .map(MonitorReport.Value.class::cast)
                    .filter(value -> value.item() == item)
                    .map(MonitorReport.Value::value)
                    .toList();
        }

        void await(long revision, MonitorReport wanted) {
            Await.until(wanted + " in " + all, PATIENCE, () -> of(revision).contains(wanted));
        }
    }

    private static MonitorItem item(String id, MonitorType type, long rateMs) {
        return new MonitorItem(id, type, Duration.ofMillis(rateMs), new MonitorTrigger.BadQuality(), false);
    }

    private static MonitorReport value(int item, MonitorValue.Quality quality, Object value) {
        return new MonitorReport.Value(item, MonitorValue.of(quality, value));
    }

    private static MonitorReport added(int item, long rateMs) {
        return new MonitorReport.Added(item, Duration.ofMillis(rateMs));
    }

    @BeforeEach
    void begin() throws Exception {
        serve(EnumSet.allOf(DaVersion.class));
        sinks = DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                .at(InetAddress.ofLiteral("127.0.0.1"))
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort()
                .withAccess(Access.ANYBODY));
        opened.add(sinks);
        RemoteHost host = RemoteHost.of(SETTINGS.addresses().getFirst()).withResolverPort(SETTINGS.resolverPort());
        link = link(new DaMemberAddress(0, host, SETTINGS.clsid()), sinks);
    }

    private DaControlLink link(DaMemberAddress address, DcomServer sinks) {
        DaConnector connector = new DaConnector(address, Logins.account(), sinks, new LastHeard(System::nanoTime));
        DaControlLink made = new DaControlLink(connector, Duration.ofSeconds(10), InstantSource.system(), SHORT, heard);
        opened.add(made::close);
        return made;
    }

    private void serve(Set<DaVersion> versions) throws Exception {
        if (served != null) {
            served.close();
        }
        served = DaSimulatedServer.start(SETTINGS.withVersions(versions));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        server().close();
    }

    private DaSimulatedServer server() {
        return Objects.requireNonNull(served);
    }

    private void open() {
        int before = heard.openings.get();
        link.open();
        Await.until("open", PATIENCE, () -> heard.openings.get() > before);
    }

    /** DA 1.0 alone has no OnDataChange, and is read. */
    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(
            value = {"MON-1", "MON-8", "MON-9"},
            protocol = Protocol.DA)
    void eachItemIsAddedWithTheRateOfTheServerAndTellsItsValuesAndQualities(DaVersion version) throws Exception {
        serve(EnumSet.of(version));
        open();
        link.monitor(1, List.of(item("static.1", MonitorType.DEFAULT, 100), item("static.2", MonitorType.STRING, 130)));

        heard.await(1, value(0, MonitorValue.Quality.GOOD, BigInteger.ONE));
        heard.await(1, value(1, MonitorValue.Quality.GOOD, "2"));
        assertThat(heard.of(1)).contains(added(0, 100), added(1, 150));
        assertThat(heard.of(1).indexOf(added(0, 100)))
                .isLessThan(heard.of(1).indexOf(value(0, MonitorValue.Quality.GOOD, BigInteger.ONE)));

        server().faults().quality("static.*", Optional.of(Quality.COMM_FAILURE));
        heard.await(1, value(0, MonitorValue.Quality.BAD, BigInteger.ONE));
        server().faults().quality("static.*", Optional.of(Quality.UNCERTAIN));
        heard.await(1, value(0, MonitorValue.Quality.UNCERTAIN, BigInteger.ONE));
    }

    /** What a server that is read says again and again is no news. */
    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(value = "MON-13", protocol = Protocol.DA)
    void aValueThatStandsStillIsToldOnce(DaVersion version) throws Exception {
        serve(EnumSet.of(version));
        open();
        server().faults().freeze("watchdog.0", true);
        link.monitor(
                1, List.of(item("watchdog.0", MonitorType.DEFAULT, 50), item("counter.0", MonitorType.DEFAULT, 50)));

        Await.until("the other goes on", PATIENCE, () -> heard.values(1, 1).size() > 5);

        assertThat(heard.values(1, 0)).hasSize(1);
        server().faults().freeze("watchdog.0", false);
        Await.until("it goes on", PATIENCE, () -> heard.values(1, 0).size() > 3);
    }

    /** By it a specificValue trigger knows a device in error, of which a server says that its quality is bad. */
    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(value = "MON-11", protocol = Protocol.DA)
    void aDeadValueIsToldThoughItsQualityIsBad(DaVersion version) throws Exception {
        serve(EnumSet.of(version));
        open();
        link.monitor(1, List.of(item("static.3", MonitorType.INT16, 100)));
        heard.await(1, value(0, MonitorValue.Quality.GOOD, BigInteger.valueOf(3)));

        server().faults().quality("static.3", Optional.of(Quality.DEVICE_FAILURE));

        heard.await(1, value(0, MonitorValue.Quality.BAD, BigInteger.valueOf(3)));
    }

    @Test
    @Requirement(value = "MON-16", protocol = Protocol.DA)
    void aRefusedItemIsToldWithItsNumberAndTakenLater() {
        server().faults().refuse("static.1", OpcResult.OPC_E_BADRIGHTS);
        open();
        link.monitor(1, List.of(item("nowhere", MonitorType.DEFAULT, 100), item("static.1", MonitorType.DEFAULT, 100)));

        heard.await(1, new MonitorReport.Refused(0, 0xC004_0007L));
        heard.await(1, new MonitorReport.Refused(1, 0xC004_0006L));
        server().faults().refuseNothing();

        heard.await(1, value(1, MonitorValue.Quality.GOOD, BigInteger.ONE));
        assertThat(heard.of(1)).doesNotContain(added(0, 100));
    }

    /** A server refuses to make one number of an array: it is taken as it is, so that it can be told as an array. */
    @Test
    @Requirement(value = "MON-12", protocol = Protocol.DA)
    void anArrayIsTakenThoughANumberWasAskedFor() {
        open();
        link.monitor(1, List.of(item("arrays.I4", MonitorType.INT32, 100)));

        heard.await(1, new MonitorReport.Value(0, MonitorValue.array(MonitorValue.Quality.GOOD)));
    }

    @Test
    @Requirement(value = "MON-7", protocol = Protocol.DA)
    void theServerIsAskedForTheTypeThatIsConfigured() {
        open();
        link.monitor(1, List.of(item("types.R8", MonitorType.INT16, 100), item("types.I4", MonitorType.STRING, 100)));

        heard.await(1, value(0, MonitorValue.Quality.GOOD, BigInteger.valueOf(-3)));
        heard.await(1, value(1, MonitorValue.Quality.GOOD, "-32000000"));
    }

    @Test
    void aNewListReplacesTheOldOneAndItsGroupsGo() {
        open();
        link.monitor(
                1, List.of(item("counter.0", MonitorType.DEFAULT, 50), item("counter.1", MonitorType.DEFAULT, 100)));
        Await.until("values", PATIENCE, () -> !heard.values(1, 1).isEmpty());
        assertThat(server().groups()).isEqualTo(2);

        link.monitor(2, List.of(item("static.3", MonitorType.DEFAULT, 100)));

        heard.await(2, value(0, MonitorValue.Quality.GOOD, BigInteger.valueOf(3)));
        int before = heard.of(1).size();
        Await.until("one group", PATIENCE, () -> server().groups() == 1);
        assertThat(heard.of(1)).hasSize(before);

        link.monitor(3, List.of());
        Await.until("no group", PATIENCE, () -> server().groups() == 0);
        assertThat(heard.of(3)).isEmpty();
    }

    @Test
    void whatWasToBeWatchedBeforeTheLinkOpenedIsWatchedOnEachConnection() {
        link.monitor(1, List.of(item("static.1", MonitorType.DEFAULT, 100)));
        open();
        heard.await(1, added(0, 100));

        link.close();
        Await.until("nothing is left", PATIENCE, () -> server().groups() == 0);
        heard.all.clear();
        open();

        heard.await(1, value(0, MonitorValue.Quality.GOOD, BigInteger.ONE));
    }

    /** No callback tells that a group has gone. */
    @Test
    void groupsThatTheServerHasLostAreMadeAnew() throws Exception {
        ModelServer model = new ModelServer(InetAddress.ofLiteral("127.0.0.3"));
        opened.add(model);
        model.set("Boiler.Level", new Variant.R8(1));
        link = link(new DaMemberAddress(0, model.address(), ModelServer.CLSID), sinks);
        open();
        link.monitor(1, List.of(item("Boiler.Level", MonitorType.DEFAULT, 100)));
        heard.await(1, value(0, MonitorValue.Quality.GOOD, 1.0));

        model.loseGroups();
        heard.await(1, new MonitorReport.Interrupted());
        Await.until("made anew", PATIENCE, () -> !model.groups().isEmpty());
        model.set("Boiler.Level", new Variant.R8(2));

        heard.await(1, value(0, MonitorValue.Quality.GOOD, 2.0));
    }

    /** Members are told the address that we connect from; at that nobody listens here. */
    @Test
    @Requirement(value = "MON-16", protocol = Protocol.DA)
    void itemsOfAServerThatCannotCallUsAreRefused() throws Exception {
        DcomServer unreachable =
                DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(InetAddress.ofLiteral("127.0.0.8"))
                        .withResolverPorts(PortRange.only(PortPicker.pick()))
                        .withOnePort());
        opened.add(unreachable);
        RemoteHost host = RemoteHost.of(SETTINGS.addresses().getFirst()).withResolverPort(SETTINGS.resolverPort());
        link = link(new DaMemberAddress(0, host, SETTINGS.clsid()), unreachable);
        open();
        link.monitor(1, List.of(item("static.1", MonitorType.DEFAULT, 100)));

        heard.await(1, new MonitorReport.Refused(0, 0x8004_0202L));
        link.close();
        Await.until("its groups go", PATIENCE, () -> server().groups() == 0);
    }

    @Test
    void afterTheCloseNothingIsReported() {
        open();
        link.monitor(1, List.of(item("counter.0", MonitorType.DEFAULT, 50)));
        Await.until("values", PATIENCE, () -> !heard.values(1, 0).isEmpty());

        link.close();
        Await.until("nothing is left", PATIENCE, () -> server().clients() == 0);
        int before = heard.all.size();
        open();

        Await.until("values again", PATIENCE, () -> heard.all.size() > before);
        assertThat(heard.all.get(before).report()).isEqualTo(added(0, 50));
    }
}
