package org.tandemopc.app.command;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.FakeDiscovery;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.relay.SessionSnapshot;

/** A protocol without wires whose members are always well and whose relay does at once what it is told. */
final class ObedientProtocol implements Protocol {
    static final ServerCondition RUNNING =
            new ServerCondition(ServerCondition.State.RUNNING, 255, 3_000_000, 1_500_000);
    static final Instant SINCE = Instant.parse("2026-11-29T08:00:00Z");

    /** What is reopened stays closed. */
    volatile boolean losesDoor;
    /** Happens after each leg of a check; what it throws ends the walk there. */
    volatile Consumer<LegResult.Leg> afterLeg = leg -> {};
    /** Of pairs that are not of OPC UA, by their names. */
    final Map<String, String> endpoints = new ConcurrentHashMap<>();

    volatile List<LegResult.Leg> walk = LegResult.Leg.UA;
    /** Happens before a relay says that it is at its new member. */
    volatile Runnable beforeRehomed = () -> {};

    @Override
    public Plane pair(PairConfig pair, RelayListener listener) {
        return new ObedientPlane(listener, () -> beforeRehomed.run());
    }

    @Override
    public void start() {}

    @Override
    public InetSocketAddress boundAddress() {
        return InetSocketAddress.createUnresolved("localhost", 4840);
    }

    @Override
    public String endpointUrl(PairConfig pair) {
        return endpoints.getOrDefault(pair.name(), "opc.tcp://localhost:4840" + pair.path());
    }

    @Override
    public void reopen(DoorConfig wanted) throws IOException {
        if (losesDoor) {
            throw new FrontDoorLostException(new IOException("in use"), new IOException("in use"));
        }
    }

    @Override
    public Optional<Certificates> certificates() {
        return Optional.of(new Certificates() {
            @Override
            public List<Entry> entries() {
                return List.of();
            }

            @Override
            public void trust(Side side, String thumbprint) {}

            @Override
            public void remove(Side side, String thumbprint) {}
        });
    }

    @Override
    public void check(PairConfig pair, int member, Consumer<LegResult> legs) {
        for (LegResult.Leg leg : walk) {
            if (pair.name().equals("plant2") && member == 1 && leg == LegResult.Leg.PORT) {
                legs.accept(new LegResult(leg, false, "Nothing listens.\u001b[2J", "Start the server.", 2_000_000));
                return;
            }
            legs.accept(new LegResult(leg, true, "As it should be.", "", 1_000_000));
            afterLeg.accept(leg);
        }
    }

    final FakeDiscovery discovery = new FakeDiscovery();

    @Override
    public Discovery discovery() {
        return discovery;
    }

    @Override
    public void close() {}

    private record ObedientPlane(RelayListener listener, Runnable beforeRehomed) implements Plane {
        @Override
        public Relay relay() {
            return new ObedientRelay(listener, beforeRehomed);
        }

        @Override
        public ControlLink control(int member, ControlLink.Listener link) {
            return new ControlLink() {
                private final List<MonitorReport> reports = new CopyOnWriteArrayList<>();
                private volatile long monitoring;

                @Override
                public void open() {
                    soon(() -> {
                        link.opened(RUNNING);
                        link.monitored(monitoring, reports);
                    });
                }

                @Override
                public void close() {}

                @Override
                public void monitor(long revision, List<MonitorItem> items) {
                    monitoring = revision;
                    for (int item = 0; item < items.size(); item++) {
                        reports.addAll(monitored(item, items.get(item).item()));
                    }
                }

                @Override
                public void probe(long timeoutMs) {
                    soon(() -> link.condition(RUNNING));
                }
            };
        }

        @Override
        public void remove() {}
    }

    /** An item that is called so is missing; every other one changes. */
    private static List<MonitorReport> monitored(int item, String name) {
        if (name.contains("missing")) {
            return List.of(new MonitorReport.Refused(item, 0x80340000L));
        }
        List<MonitorReport> reports = new ArrayList<>();
        reports.add(new MonitorReport.Added(item, Duration.ofMillis(750)));
        for (int value = 0; value < 10; value++) {
            reports.add(new MonitorReport.Value(item, MonitorValue.of(MonitorValue.Quality.GOOD, value)));
        }
        return reports;
    }

    private static void soon(Runnable report) {
        var unused = Thread.ofVirtual().start(report);
    }

    private record ObedientRelay(RelayListener listener, Runnable beforeRehomed) implements Relay {
        @Override
        public void admit() {}

        @Override
        public void settings(PairSettings settings) {}

        @Override
        public void attach(int member) {
            soon(() -> listener.synchronizedOn(member));
        }

        @Override
        public void detach(int member) {}

        @Override
        public void hold(long epoch) {}

        @Override
        public void rehome(long epoch, int member) {
            soon(() -> {
                beforeRehomed.run();
                listener.rehomed(epoch, RehomeReport.EMPTY);
            });
        }

        @Override
        public void release(Route route) {}

        @Override
        public void strand(long epoch) {}

        @Override
        public void closeSessions(long epoch) {}

        @Override
        public void showServiceLevel(int level) {}

        @Override
        public RelaySnapshot snapshot() {
            return new RelaySnapshot(new Route(0, Route.NONE), 1, 2, 30, 0, 0, 0, 0, 0, 0);
        }

        /** Its client calls itself what it likes. */
        @Override
        public List<SessionSnapshot> sessions() {
            return List.of(new SessionSnapshot("eve\u001b[31m\u202etxt", "urn:eve", "10.0.0.9", SINCE, 2, 30));
        }
    }
}
