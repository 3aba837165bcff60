package org.tandemopc.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.Route;
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

/** A protocol without wires: keeps what it was told, in order, and lets the test speak for the members. */
public final class FakeProtocol implements Protocol {
    /** A front door cannot be opened here. */
    static final int TAKEN_PORT = 4999;

    public final List<String> calls = new CopyOnWriteArrayList<>();
    /** No pair of this name can be made. */
    static final String BROKEN = "broken";

    /** No front door can be opened any more, neither another one nor the one before. */
    volatile boolean losesDoor;

    /** Happens when {@link #BROKEN} is to be made. */
    volatile Runnable onBroken = () -> {};

    final List<String> made = new CopyOnWriteArrayList<>();
    public final List<FakePlane> planes = new ArrayList<>();

    @Override
    public Plane pair(PairConfig pair, RelayListener listener) {
        if (pair.name().equals(BROKEN)) {
            onBroken.run();
            throw new IllegalStateException("planted defect");
        }
        made.add(pair.name());
        FakePlane plane = new FakePlane(listener);
        planes.add(plane);
        return plane;
    }

    @Override
    public void start() {
        calls.add("start");
    }

    @Override
    public void reopen(DoorConfig wanted) throws IOException {
        OpcUaConfig frontDoor = (OpcUaConfig) wanted;
        if (frontDoor.port() == TAKEN_PORT) {
            throw new IOException("Cannot listen on port " + TAKEN_PORT + ".");
        }
        calls.add("reopen " + frontDoor.port());
        if (losesDoor) {
            throw new FrontDoorLostException(
                    new IOException("Cannot listen on port " + frontDoor.port() + "."),
                    new IOException("Cannot listen on the port from before."));
        }
    }

    @Override
    public InetSocketAddress boundAddress() {
        return InetSocketAddress.createUnresolved("localhost", 4840);
    }

    @Override
    public String endpointUrl(PairConfig pair) {
        return "opc.tcp://localhost:4840" + pair.path();
    }

    @Override
    public void check(PairConfig pair, int member, Consumer<LegResult> legs) {
        legs.accept(new LegResult(LegResult.Leg.NAME, true, "'host' is 10.0.0.1.", "", 1_000_000));
        if (member == 0) {
            legs.accept(new LegResult(LegResult.Leg.PORT, true, "A connection opens.", "", 2_000_000));
        } else {
            legs.accept(new LegResult(LegResult.Leg.PORT, false, "Nothing listens.", "Start the server.", 2_000_000));
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
            public void trust(Side side, String thumbprint) {
                calls.add("trust " + side + " " + thumbprint);
            }

            @Override
            public void remove(Side side, String thumbprint) {
                calls.add("remove " + side + " " + thumbprint);
            }
        });
    }

    public final FakeDiscovery discovery = new FakeDiscovery();

    @Override
    public Discovery discovery() {
        return discovery;
    }

    @Override
    public void close() {
        calls.add("close");
    }

    public final class FakePlane implements Plane {
        public final RelayListener listener;
        public final List<ControlLink.Listener> links = new CopyOnWriteArrayList<>();

        FakePlane(RelayListener listener) {
            this.listener = listener;
        }

        @Override
        public Relay relay() {
            return new FakeRelay(calls);
        }

        @Override
        public ControlLink control(int member, ControlLink.Listener linkListener) {
            links.add(linkListener);
            return new FakeLink("link" + member, calls);
        }

        @Override
        public void remove() {
            calls.add("remove");
        }
    }

    /** Notes each order. */
    static final class FakeLink implements ControlLink {
        private final String name;
        private final List<String> calls;

        FakeLink(String name, List<String> calls) {
            this.name = name;
            this.calls = calls;
        }

        @Override
        public void open() {
            calls.add(name + " open");
        }

        @Override
        public void close() {
            calls.add(name + " close");
        }

        @Override
        public void probe(long timeoutMs) {
            calls.add(name + " probe " + timeoutMs);
        }

        @Override
        public void monitor(long revision, List<MonitorItem> items) {
            calls.add(name + " monitor r" + revision + " "
                    + items.stream().map(MonitorItem::item).collect(Collectors.joining(",")));
        }
    }

    /** Notes each order. */
    record FakeRelay(List<String> calls) implements Relay {
        @Override
        public void admit() {
            calls.add("admit");
        }

        @Override
        public void attach(int member) {
            calls.add("attach " + member);
        }

        @Override
        public void detach(int member) {
            calls.add("detach " + member);
        }

        @Override
        public void hold(long epoch) {
            calls.add("hold e" + epoch);
        }

        @Override
        public void rehome(long epoch, int member) {
            if (member > 1) {
                throw new IllegalStateException("planted defect");
            }
            calls.add("rehome e" + epoch + " " + member);
        }

        @Override
        public void release(Route route) {
            calls.add("release e" + route.epoch() + " " + route.member());
        }

        @Override
        public void strand(long epoch) {
            calls.add("strand e" + epoch);
        }

        @Override
        public void closeSessions(long epoch) {
            calls.add("closeSessions e" + epoch);
        }

        @Override
        public void showServiceLevel(int level) {
            calls.add("level " + level);
        }

        @Override
        public void settings(PairSettings settings) {
            calls.add("settings " + settings.mode());
        }

        @Override
        public RelaySnapshot snapshot() {
            return new RelaySnapshot(new Route(0, Route.NONE), 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
    }
}
