package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.relay.da.ModelServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** A login that was refused twice is not tried by itself; who enables the pair anew wants it tried. */
@Timeout(60)
class LoginsAgainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final class Heard implements ControlLink.Listener {
        final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public void opened(ServerCondition condition) {
            all.add("opened");
        }

        @Override
        public void failed(LossCause cause, long code, String detail) {
            all.add(detail.contains("is not tried") ? "not tried" : "refused");
        }

        @Override
        public void lost(LossCause cause, long code, String detail) {}

        @Override
        public void condition(ServerCondition condition) {}

        @Override
        public void timedOut(long silentNanos) {}

        @Override
        public void shutdownAnnounced(String detail) {}

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {}
    }

    @Test
    void refusedLoginsAreTriedAgainWhenTheLinkWasClosedAndIsOpenedNotWhenItIsMerelyOpenedAgain() throws Exception {
        Heard heard = new Heard();
        try (ModelServer model = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
                DcomServer sinks =
                        DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                                .at(InetAddress.ofLiteral("127.0.0.1"))
                                .withResolverPorts(PortRange.only(PortPicker.pick()))
                                .withOnePort()
                                .withAccess(Access.ANYBODY))) {
            DaMemberAddress address = new DaMemberAddress(0, model.address(), ModelServer.CLSID);
            DaConnector connector = new DaConnector(address, Logins.changing(), sinks, new LastHeard(System::nanoTime));
            DaControlLink link = new DaControlLink(connector, PATIENCE, InstantSource.system(), heard);

            Logins.changeTo("forgotten");
            for (String news : List.of("refused", "refused", "not tried")) {
                open(link, heard);
                assertThat(heard.all.getLast()).isEqualTo(news);
            }
            Logins.changeTo("Secret1!");
            open(link, heard);
            assertThat(heard.all.getLast()).isEqualTo("not tried");

            link.close();
            open(link, heard);

            assertThat(heard.all.getLast()).isEqualTo("opened");
            link.close();
        }
    }

    private static void open(DaControlLink link, Heard heard) {
        int before = heard.all.size();
        link.open();
        Await.until("an answer to open", PATIENCE, () -> heard.all.size() > before);
    }
}
