package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** The control link against a server of the model, over DCOM. */
@Timeout(120)
class DaControlLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.2");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Heard heard = new Heard();
    private ModelServer model;
    private DcomServer sinks;
    private DaControlLink link;

    /** What a link has reported, a line each. */
    private static final class Heard implements ControlLink.Listener {
        final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public void opened(ServerCondition condition) {
            all.add("opened " + condition.state());
        }

        @Override
        public void failed(LossCause cause, long code, String detail) {
            all.add("failed %s %08X".formatted(cause, code));
        }

        @Override
        public void lost(LossCause cause, long code, String detail) {
            all.add("lost " + cause);
        }

        @Override
        public void condition(ServerCondition condition) {
            all.add("condition " + condition.state() + (condition.clockSkewNanos() == Long.MIN_VALUE ? "" : " timed"));
        }

        @Override
        public void timedOut(long silentNanos) {
            all.add("timed out" + (silentNanos < PATIENCE.toNanos() ? "" : " after ages"));
        }

        @Override
        public void shutdownAnnounced(String detail) {
            all.add("shutdown " + detail);
        }

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {
            all.add("monitored " + revision + " " + reports);
        }

        void await(String line) {
            Await.until(line + " in " + all, PATIENCE, () -> all.contains(line));
        }
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    @BeforeEach
    void begin() throws Exception {
        model = open(new ModelServer(HOST));
        sinks = open(DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort()
                .withAccess(Access.ANYBODY)));
        link = link(ModelServer.CLSID, Logins.account());
    }

    private DaControlLink link(Guid clsid, ClientSecurity account) {
        return link(connector(clsid, account), Duration.ofSeconds(10));
    }

    private DaConnector connector(Guid clsid, ClientSecurity account) {
        return new DaConnector(
                new DaMemberAddress(0, model.address(), clsid), account, sinks, new LastHeard(System::nanoTime));
    }

    private DaControlLink link(DaConnector connector, Duration connectTimeout) {
        DaControlLink made = new DaControlLink(connector, connectTimeout, InstantSource.system(), heard);
        open(made::close);
        return made;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void opensAndAnswersProbesWithTheStateOfTheServer() {
        link.open();
        heard.await("opened RUNNING");

        model.state(OpcServerState.SUSPENDED);
        link.probe(5_000);

        heard.await("condition SUSPENDED timed");
    }

    @Test
    void aServerInTestCountsAsRunning() {
        model.state(OpcServerState.TEST);
        link.open();

        heard.await("opened RUNNING");
    }

    @Test
    void aServerThatGivesNoStatusLivesAllTheSame() {
        link.open();
        heard.await("opened RUNNING");

        model.refuseStatus();
        link.probe(5_000);

        heard.await("condition UNKNOWN");
    }

    /** Whose groups take longer than clients can wait for: it serves, is asked again, and no group of ours stays there. */
    @Test
    void aMemberThatSaysTooLateWhatItOffersIsKnownAfterwards() {
        model.holdGroups();
        DaConnector connector = connector(ModelServer.CLSID, Logins.account());
        link(connector, Duration.ofSeconds(3)).open();
        heard.await("opened RUNNING");
        assertThat(connector.offered()).isEmpty();
        Await.until("it is asked again", PATIENCE, () -> model.groupsToAsk() == 2);

        model.thaw();

        Await.until("it is known", PATIENCE, () -> connector.offered().isPresent());
        Await.until("no group is left", PATIENCE, () -> model.groupsToAsk() == 0);
    }

    @Test
    void theNoticeThatTheServerStopsIsReportedWithItsReason() throws Exception {
        link.open();
        heard.await("opened RUNNING");

        model.shutDown("maintenance");

        heard.await("shutdown ShutdownRequest: maintenance");
    }

    @Test
    void aServerThatDiesIsLostWithoutAnyProbe() {
        link.open();
        heard.await("opened RUNNING");

        model.kill();

        heard.await("lost CONNECTION_CLOSED");
    }

    @Test
    void aServerThatHangsTimesOutAndAnswersAgainLater() {
        link.open();
        heard.await("opened RUNNING");

        model.hang();
        link.probe(200);
        heard.await("timed out");
        model.thaw();
        link.probe(5_000);

        heard.await("condition RUNNING timed");
        assertThat(heard.all).containsExactly("opened RUNNING", "timed out", "condition RUNNING timed");
    }

    @Test
    void aQuestionIsNotAskedWhileAnotherIsUnderWay() {
        link.open();
        heard.await("opened RUNNING");
        model.hang();

        link.probe(400);
        link.probe(1);
        link.probe(1);

        heard.await("timed out");
        model.thaw();
        link.probe(5_000);
        heard.await("condition RUNNING timed");
        assertThat(heard.all).filteredOn(line -> line.startsWith("timed out")).hasSize(1);
    }

    @Test
    void whatALinkThatWasClosedWouldHaveReportedIsReportedByNobody() throws Exception {
        link.open();
        heard.await("opened RUNNING");
        model.hang();
        link.probe(200);

        link.close();
        link.open();
        model.thaw();

        Await.until("opened anew", PATIENCE, () -> heard.all.size() == 2);
        link.probe(5_000);
        heard.await("condition RUNNING timed");
        assertThat(heard.all).containsExactly("opened RUNNING", "opened RUNNING", "condition RUNNING timed");
    }

    @Test
    void aServerThatCameBackIsOpenedAnew() throws Exception {
        link.open();
        heard.await("opened RUNNING");
        model.kill();
        heard.await("lost CONNECTION_CLOSED");

        model.start();
        link.open();

        Await.until("opened again", PATIENCE, () -> heard.all.size() == 3);
        assertThat(heard.all.getLast()).isEqualTo("opened RUNNING");
    }

    @Test
    void aClassThatIsNotThereIsToldByItsNumber() {
        link(Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c7ffff"), Logins.account()).open();

        heard.await("failed CONNECT_FAILED 80040154");
    }

    @Test
    void aHostThatNobodyListensAtFails() {
        model.kill();
        link.open();

        heard.await("failed CONNECT_FAILED 800706BA");
    }

    @Test
    void anAccountThatTheServerDoesNotKnowFails() {
        link(ModelServer.CLSID, Logins.stranger()).open();

        Await.until("failed", PATIENCE, () -> !heard.all.isEmpty());
        assertThat(heard.all).allMatch(line -> line.startsWith("failed CONNECT_FAILED"));
    }
}
