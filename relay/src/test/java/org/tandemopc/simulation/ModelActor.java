package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.RelayListener;

/**
 * The owner of the pair's state, and the shells around it: takes one event at a time, stamps it, asks the machine, hands
 * the effects over and waits for none of them. Events and orders take a moment from one owner to the next, in order.
 */
final class ModelActor implements RelayListener {
    private static final double STALE_ORDERS = 0.03;

    private final World world;
    private final List<ModelControl> controls = new ArrayList<>();
    private final ModelRelay relay;
    private final long[] probeRound = new long[2];
    private final long[] suspectedAt = {Long.MIN_VALUE / 2, Long.MIN_VALUE / 2};
    private PairState state;
    private long lastEvent;
    private long lastOrder;

    ModelActor(World world, ModelRelay relay) {
        this.world = world;
        this.relay = relay;
        this.state = PairMachine.initial(world.knobs.settings());
        for (int m = 0; m < 2; m++) {
            controls.add(new ModelControl(world, m, new Ears(m)));
        }
    }

    PairState state() {
        return state;
    }

    ModelControl control(int member) {
        return controls.get(member);
    }

    /** Puts an event into the mailbox; it is stamped when it is taken out. */
    void offer(LongFunction<PairEvent> event) {
        lastEvent = Math.max(lastEvent, world.time.now() + world.net.between(0, world.knobs.hop));
        world.host.at(lastEvent, () -> turn(event.apply(world.time.now())));
    }

    /** After a pause of our own the news of it is there before anything that rests on waiting. */
    void pauseNoticed(long nanos) {
        turn(new PairEvent.OwnPauseNoticed(world.time.now(), nanos));
    }

    private void turn(PairEvent event) {
        PairState before = state;
        Step step = world.plant.next(before, event);
        state = step.state();
        if (world.log.on()) {
            world.log.line(
                    world.time.now(),
                    "machine",
                    event.getClass().getSimpleName(),
                    "e" + state.epoch() + " " + state.phase().getClass().getSimpleName() + "  " + event);
        }
        world.checker.decisions.decided(event, step);
        for (PairEffect effect : step.effects()) {
            perform(effect);
        }
    }

    private void perform(PairEffect effect) {
        if (world.log.on()) {
            world.log.line(world.time.now(), "  order", effect.getClass().getSimpleName(), effect);
        }
        switch (effect) {
            case PairEffect.OpenLink e -> controls.get(e.member()).open();
            case PairEffect.CloseLink e -> {
                probeRound[e.member()]++;
                controls.get(e.member()).close();
            }
            case PairEffect.ProbeNow e -> probe(e.member());
            case PairEffect.AdmitClients _ -> relay.admit();
            case PairEffect.Attach e -> order(() -> relay.attach(e.member()));
            case PairEffect.Detach e -> order(() -> relay.detach(e.member()));
            case PairEffect.HoldRelays e -> order(e.epoch(), () -> relay.hold(e.epoch()));
            case PairEffect.RehomeRelays e -> order(e.epoch(), () -> relay.rehome(e.epoch(), e.member()));
            case PairEffect.ReleaseRelays e -> order(e.route().epoch(), () -> relay.release(e.route()));
            case PairEffect.StrandRelays e -> order(e.epoch(), () -> relay.strand(e.epoch()));
            case PairEffect.CloseRelays e -> order(() -> relay.closeSessions(e.epoch()));
            case PairEffect.ShowServiceLevel e -> {}
            case PairEffect.UseSettings e -> {}
            case PairEffect.StartTimer e ->
                world.host.at(e.atNanos(), () -> offer(at -> new PairEvent.TimerFired(at, e.timer())));
            case PairEffect.Record e -> {}
        }
    }

    /** Orders to the relay keep their order. */
    private void order(Runnable order) {
        lastOrder = Math.max(lastOrder, world.time.now() + world.net.between(0, world.knobs.hop));
        world.host.at(lastOrder, order);
    }

    /** As {@link #order}, but now and then one is given again, late: whoever gets it must refuse an old one (M2). */
    private void order(long epoch, Runnable order) {
        order(order);
        if (world.net.in(STALE_ORDERS)) {
            world.host.after(world.net.between(0, 4 * VirtualTime.SECOND), () -> {
                if (epoch < world.checker.decisions.highestOrdered()) {
                    order.run();
                }
            });
        }
    }

    /** The monitor items of a member are tested: they fail while its items are frozen. */
    void reportMonitorTest(int member) {
        if (world.knobs.monitorItems) {
            boolean passed = !world.server(member).frozenItems;
            controls.get(member)
                    .push(() -> offer(at -> new PairEvent.MonitorTestChanged(at, member, passed, "item 7")));
        }
    }

    private void probe(int member) {
        controls.get(member).probe(world.knobs.pingTimeout / VirtualTime.MS);
    }

    private void probeEvery(int member, long round) {
        world.host.after(world.knobs.pingInterval, () -> {
            if (round == probeRound[member]) {
                probe(member);
                probeEvery(member, round);
            }
        });
    }

    // ---- what the relay reports

    @Override
    public void rehomed(long epoch, RehomeReport report) {
        world.checker.delivery.checkMoved(relay.target());
        offer(at -> new PairEvent.RelayRehomed(at, epoch, report));
    }

    @Override
    public void rehomeFailed(long epoch, String why) {
        offer(at -> new PairEvent.RelayFailed(at, epoch, why));
    }

    @Override
    public void synchronizedOn(int member) {
        offer(at -> new PairEvent.MemberSynchronized(at, member));
    }

    @Override
    public void lagsOn(int member, boolean lags) {
        offer(at -> new PairEvent.MemberLags(at, member, lags));
    }

    @Override
    public void suspects(int member, String evidence) {
        long now = world.time.now();
        if (now - suspectedAt[member] >= 50 * VirtualTime.MS) {
            suspectedAt[member] = now;
            world.host.after(0, () -> probe(member));
        }
    }

    @Override
    public void firstNotificationMissing(int member, String detail) {
        offer(at -> new PairEvent.FirstNotificationMissing(at, member, detail));
    }

    @Override
    public void record(PairRecord record) {
        world.checker.decisions.recorded(record);
    }

    private final class Ears implements ControlLink.Listener {
        private final int member;

        Ears(int member) {
            this.member = member;
        }

        @Override
        public void opened(ServerCondition condition) {
            long round = ++probeRound[member];
            probeEvery(member, round);
            offer(at -> new PairEvent.LinkOpened(at, member, condition));
            world.host.after(300 * VirtualTime.MS, () -> reportMonitorTest(member));
        }

        @Override
        public void failed(LossCause cause, long code, String detail) {
            offer(at -> new PairEvent.LinkFailed(at, member, cause, code, detail));
        }

        @Override
        public void lost(LossCause cause, long code, String detail) {
            probeRound[member]++;
            offer(at -> new PairEvent.LinkLost(at, member, cause, code, detail));
        }

        @Override
        public void condition(ServerCondition condition) {
            offer(at -> new PairEvent.ConditionReported(at, member, condition));
        }

        @Override
        public void timedOut(long silentNanos) {
            offer(at -> new PairEvent.ProbeTimedOut(at, member, silentNanos));
        }

        @Override
        public void shutdownAnnounced(String detail) {
            offer(at -> new PairEvent.ShutdownAnnounced(at, member, detail));
        }

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {
            throw new IllegalStateException("nobody monitors here");
        }
    }
}
