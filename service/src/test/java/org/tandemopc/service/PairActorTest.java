package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.pair.Timer;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ControlLink;

class PairActorTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final Mailbox box = new Mailbox();
    private final List<PairEvent> seen = new ArrayList<>();
    private final List<EventLog> logs = new ArrayList<>();

    @AfterEach
    void closeLogs() {
        logs.forEach(EventLog::close);
    }

    @Test
    void eventIsStampedWhenItIsTakenNotWhenItIsSent() {
        PairActor actor = actor((state, event) -> {
            seen.add(event);
            return new Step(state, List.of());
        });
        box.fact(0, now -> new PairEvent.ProbeTimedOut(now, 0, Long.MAX_VALUE));
        time.pauseMs(700);

        actor.runPending();

        assertThat(seen).containsExactly(new PairEvent.ProbeTimedOut(1_700_000_000L, 0, Long.MAX_VALUE));
    }

    @Test
    void effectsArePerformedInTheirOrderAndAnswersComeBackAsEvents() {
        List<String> calls = new ArrayList<>();
        EventLog log = log();
        EffectPerformer performer = performer(calls, log);
        PairActor actor = new PairActor(
                serving(),
                box,
                (state, event) -> {
                    seen.add(event);
                    return new Step(
                            state,
                            event instanceof PairEvent.SwitchRequested
                                    ? List.of(
                                            new PairEffect.HoldRelays(2),
                                            new PairEffect.OpenLink(1),
                                            new PairEffect.RehomeRelays(2, 1),
                                            new PairEffect.ReleaseRelays(new Route(2, 1)),
                                            new PairEffect.Detach(0),
                                            new PairEffect.CloseLink(0),
                                            new PairEffect.StartTimer(
                                                    new Timer(Timer.Kind.FAILBACK, 2, 0, 1),
                                                    time.getAsLong() + 5_000_000L))
                                    : List.of());
                },
                time,
                new PairJournal(Fixtures.disk(folder)),
                performer::perform,
                log);
        box.order(now -> new PairEvent.SwitchRequested(now, "ann", 1));

        actor.runPending();
        time.advanceMs(10);
        actor.runPending();

        assertThat(calls)
                .containsExactly("hold e2", "link1 open", "rehome e2 1", "release e2 1", "detach 0", "link0 close");
        assertThat(seen.getLast())
                .isEqualTo(new PairEvent.TimerFired(time.getAsLong(), new Timer(Timer.Kind.FAILBACK, 2, 0, 1)));
    }

    /** The machine waits for the answer to a re-homing: it must come even from a relay with a defect. */
    @Test
    void orderThatCannotBeHandedOverIsAnsweredAsFailedAndTheOthersAreStillCarriedOut() {
        List<String> calls = new ArrayList<>();
        EventLog log = log();
        EffectPerformer performer = performer(calls, log);
        PairActor actor = new PairActor(
                serving(),
                box,
                (state, event) -> {
                    seen.add(event);
                    return new Step(
                            state,
                            event instanceof PairEvent.PinReleased
                                    ? List.of(new PairEffect.RehomeRelays(7, 9), new PairEffect.Detach(0))
                                    : List.of());
                },
                time,
                new PairJournal(Fixtures.disk(folder)),
                performer::perform,
                log);
        box.order(now -> new PairEvent.PinReleased(now, "ann"));

        actor.runPending();

        assertThat(calls).containsExactly("detach 0");
        assertThat(seen.getLast())
                .isInstanceOfSatisfying(
                        PairEvent.RelayFailed.class, e -> assertThat(e.epoch()).isEqualTo(7));
        assertThat(log.newest()).extracting(r -> r.record().kind()).containsExactly(RecordKind.PROGRAM_ERROR);
    }

    /** Whoever waits for the end of a pair must not go on before its sessions and links were told to close. */
    @Test
    void stateIsPerformedOnlyWhenItsEffectsWereOrdered() {
        PairState next = PairMachine.initial(Fixtures.SETTINGS);
        List<PairState> seenMeanwhile = new ArrayList<>();
        AtomicReference<PairActor> actor = new AtomicReference<>();
        PairState before = serving();
        actor.set(new PairActor(
                before,
                box,
                (state, event) -> new Step(next, List.of()),
                time,
                new PairJournal(Fixtures.disk(folder)),
                _ -> seenMeanwhile.addAll(
                        List.of(actor.get().state(), actor.get().performed())),
                log()));
        box.fact(0, now -> new PairEvent.ProbeTimedOut(now, 0, 0));

        actor.get().runPending();

        assertThat(seenMeanwhile).containsExactly(next, before);
        assertThat(actor.get().performed()).isSameAs(next);
    }

    @Test
    void defectGivesUpTheEventKeepsTheStateAndIsRecorded() {
        EventLog log = log();
        PairActor actor = actorWithDefect(log);
        box.fact(0, now -> new PairEvent.ProbeTimedOut(now, 0, Long.MAX_VALUE));
        box.fact(1, now -> new PairEvent.LinkOpened(now, 1, Fixtures.RUNNING));

        actor.runPending();

        assertThat(actor.state()).isEqualTo(serving());
        assertThat(seen).containsExactly(new PairEvent.LinkOpened(1_000_000_000L, 1, Fixtures.RUNNING));
        assertThat(log.newest()).extracting(r -> r.record().kind()).containsExactly(RecordKind.PROGRAM_ERROR);
    }

    @Test
    void threeDefectsWithinAMinutePinThePairToItsActiveMember() {
        PairActor actor = actorWithDefect(log());
        for (int i = 0; i < 3; i++) {
            box.fact(0, now -> new PairEvent.ProbeTimedOut(now, 0, Long.MAX_VALUE));
        }

        actor.runPending();

        assertThat(seen).containsExactly(new PairEvent.PinRequested(1_000_000_000L, "tandem", 1));
    }

    @Test
    void threeDefectsInMoreThanAMinutePinNothing() {
        PairActor actor = actorWithDefect(log());
        for (int i = 0; i < 3; i++) {
            box.fact(0, now -> new PairEvent.ProbeTimedOut(now, 0, Long.MAX_VALUE));
            actor.runPending();
            time.pauseMs(31_000);
        }

        assertThat(seen).isEmpty();
    }

    private PairActor actor(BiFunction<PairState, PairEvent, Step> machine) {
        EventLog log = log();
        return new PairActor(
                PairMachine.initial(Fixtures.SETTINGS),
                box,
                machine,
                time,
                new PairJournal(Fixtures.disk(folder)),
                _ -> {},
                log);
    }

    /** A machine that cannot bear a probe that timed out. */
    private PairActor actorWithDefect(EventLog log) {
        return new PairActor(
                serving(),
                box,
                (state, event) -> {
                    if (event instanceof PairEvent.ProbeTimedOut) {
                        throw new IllegalStateException("planted");
                    }
                    seen.add(event);
                    return new Step(state, List.of());
                },
                time,
                new PairJournal(Fixtures.disk(folder)),
                _ -> {},
                log);
    }

    private EffectPerformer performer(List<String> calls, EventLog log) {
        PauseDetector pauses = new PauseDetector(time, time);
        ProbeRunner probes = new ProbeRunner(time, time, pauses, Fixtures.SETTINGS);
        List<ControlLink> links =
                List.of(new FakeProtocol.FakeLink("link0", calls), new FakeProtocol.FakeLink("link1", calls));
        links.forEach(probes::add);
        MonitorRunner monitors = Fixtures.monitors(time, time, pauses, box, log);
        links.forEach(monitors::add);
        return new EffectPerformer(
                new FakeProtocol.FakeRelay(calls),
                links,
                probes,
                monitors,
                new Timers(time, time, pauses, box),
                log,
                box);
    }

    private static PairState serving() {
        ServerCondition running = new ServerCondition(ServerCondition.State.RUNNING, 255, 0, 0);
        PairState state = PairMachine.initial(Fixtures.SETTINGS);
        for (PairEvent event : List.<PairEvent>of(
                new PairEvent.EnableRequested(0, "test"),
                new PairEvent.LinkFailed(0, 0, LossCause.CONNECT_FAILED, 0, "refused"),
                new PairEvent.LinkOpened(0, 1, running),
                new PairEvent.RelayRehomed(0, 1, RehomeReport.EMPTY))) {
            state = PairMachine.next(state, event).state();
        }
        return state;
    }

    private EventLog log() {
        EventLog log = Fixtures.log(Fixtures.disk(folder.resolve("log")));
        logs.add(log);
        return log;
    }
}
