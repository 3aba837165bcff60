package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.MemberHealth;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.pair.Timer;
import org.tandemopc.core.pair.Timers;

/**
 * A journal file is good for what it is kept for: from each of its checkpoints on, the events that it holds lead to the
 * states that it holds. Events of every kind in any order, from one seed.
 */
class JournalReplayTest {
    private static final int EVENTS = 3 * PairJournal.CHECKPOINT_EVERY;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Set<Class<?>> kinds = new HashSet<>();
    private final Set<Class<?>> phases = new HashSet<>();

    @ParameterizedTest
    @EnumSource
    void everyCheckpointOfAFileReplaysToItsEnd(Mode mode) throws IOException {
        PairState end = write(mode);

        List<String> lines = lines();
        List<Integer> checkpoints = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).startsWith("{\"checkpoint\""))
                .boxed()
                .toList();
        assertThat(checkpoints).hasSize(EVENTS / PairJournal.CHECKPOINT_EVERY);
        assertThat(lines).hasSize(EVENTS + checkpoints.size());
        for (int from : checkpoints) {
            assertThat(replay(lines.subList(from, lines.size()))).isEqualTo(end);
        }
        assertThat(kinds).as("kinds of events").containsExactlyInAnyOrder(PairEvent.class.getPermittedSubclasses());
        assertThat(phases)
                .as("phases that were read back")
                .containsExactlyInAnyOrder(PairState.Phase.class.getPermittedSubclasses());
    }

    /** @return the last state */
    private PairState write(Mode mode) throws IOException {
        AnyEvents events = new AnyEvents(new SplittableRandom(7), mode);
        SegmentLog disk = Fixtures.disk(folder);
        PairJournal journal = new PairJournal(disk);
        PairState state = PairMachine.initial(events.settings());
        for (int i = 0; i < EVENTS; i++) {
            PairEvent event = events.next(state);
            // Around a checkpoint something must change, or its place would not matter.
            while (i % PairJournal.CHECKPOINT_EVERY == 0
                    && PairMachine.next(state, event).state().equals(state)) {
                event = events.next(state);
            }
            Step step = PairMachine.next(state, event);
            journal.add(state, event, step.effects(), step.state());
            disk.drain(false);
            state = step.state();
            kinds.add(event.getClass());
            phases.add(state.phase().getClass());
            // Any turn may be the one of the next checkpoint.
            assertThat(JsonLines.readCheckpoint(JsonLines.checkpoint(state))).isEqualTo(state);
        }
        disk.close();
        return state;
    }

    /** @param lines from a checkpoint on */
    private static PairState replay(List<String> lines) {
        PairState state = JsonLines.readCheckpoint(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("{\"checkpoint\"")) {
                assertThat(JsonLines.readCheckpoint(line)).isEqualTo(state);
            } else {
                state = PairMachine.next(state, JsonLines.readEvent(line)).state();
                assertThat(line).endsWith("\"state\":\"" + JsonLines.hash(state) + "\"}");
            }
        }
        return state;
    }

    /** The check itself: a file in which one event is another one does not replay. */
    @Test
    void fileWithAWrongEventDoesNotReplay() throws IOException {
        write(Mode.WARM);
        List<String> lines = new ArrayList<>(lines());
        int enabled = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).contains("\"is\":\"EnableRequested\""))
                .findFirst()
                .orElseThrow();
        lines.set(enabled, lines.get(enabled).replace("EnableRequested", "DisableRequested"));

        assertThat(isReplayed(lines)).isFalse();
    }

    private static boolean isReplayed(List<String> lines) {
        try {
            var unused = replay(lines);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    /** With sense or without; now and then what a world that works would say, so that each phase is reached. */
    private static final class AnyEvents {
        private final SplittableRandom random;
        private final Mode mode;
        private long nowNanos = 1_000_000_000L;

        AnyEvents(SplittableRandom random, Mode mode) {
            this.random = random;
            this.mode = mode;
        }

        PairSettings settings() {
            return PairSettings.of("plant1", mode, "opc.tcp://a:4840", "opc.tcp://b:4840");
        }

        PairEvent next(PairState state) {
            nowNanos += random.nextLong(random.nextInt(20) == 0 ? 40_000_000_000L : 2_000_000_000L);
            return random.nextInt(3) == 0 ? sensible(state) : any(state);
        }

        private PairEvent sensible(PairState state) {
            if (state.phase() instanceof PairState.Phase.Disabled) {
                return new PairEvent.EnableRequested(nowNanos, "ann");
            }
            for (int i = 0; i < state.members().size(); i++) {
                if (state.members().get(i).link() == MemberHealth.Link.OPENING) {
                    return new PairEvent.LinkOpened(nowNanos, i, Fixtures.RUNNING);
                }
            }
            return new PairEvent.RelayRehomed(nowNanos, state.epoch(), new RehomeReport(3, 1, 1, 1, 4, 2));
        }

        private PairEvent any(PairState state) {
            int member = random.nextInt(2);
            return switch (random.nextInt(23)) {
                case 0 -> new PairEvent.EnableRequested(nowNanos, "ann");
                case 1 -> new PairEvent.DisableRequested(nowNanos, "ann");
                case 2 -> new PairEvent.PassThroughRequested(nowNanos, "ann");
                case 3 -> new PairEvent.LinkOpened(nowNanos, member, condition());
                case 4 -> new PairEvent.LinkFailed(nowNanos, member, cause(), 0x80AC_0000L, "\"refused\"\n");
                case 5 -> new PairEvent.LinkLost(nowNanos, member, cause(), 0x80AE_0000L, "reset");
                case 6 -> new PairEvent.ConditionReported(nowNanos, member, condition());
                case 7 ->
                    new PairEvent.ProbeTimedOut(
                            nowNanos, member, random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(2_000_000_000L));
                case 8 -> new PairEvent.ShutdownAnnounced(nowNanos, member, "soon");
                case 9 -> new PairEvent.FirstNotificationMissing(nowNanos, member, "subscription 1");
                case 10 -> new PairEvent.MemberSynchronized(nowNanos, member);
                case 11 -> new PairEvent.MonitorTestChanged(nowNanos, member, random.nextBoolean(), "1 of 2");
                case 12 -> new PairEvent.RelayRehomed(nowNanos, state.epoch(), RehomeReport.EMPTY);
                case 13 -> new PairEvent.RelayFailed(nowNanos, state.epoch(), "no session");
                case 14, 15 -> new PairEvent.TimerFired(nowNanos, timer(state));
                case 16 -> new PairEvent.SwitchRequested(nowNanos, "ann", member);
                case 17 -> new PairEvent.PinRequested(nowNanos, "ann", member);
                case 18 -> new PairEvent.PinReleased(nowNanos, "ann");
                case 19 -> new PairEvent.DampingReset(nowNanos, "ann");
                case 20 -> new PairEvent.OwnPauseNoticed(nowNanos, random.nextLong(60_000_000_000L));
                case 21 -> new PairEvent.MemberLags(nowNanos, member, random.nextBoolean());
                default -> new PairEvent.SettingsChanged(nowNanos, settings().withMonitored(random.nextBoolean()));
            };
        }

        private LossCause cause() {
            return random.nextBoolean() ? LossCause.CONNECTION_CLOSED : LossCause.NO_ANSWER;
        }

        private ServerCondition condition() {
            ServerCondition.State[] states = ServerCondition.State.values();
            return random.nextBoolean()
                    ? Fixtures.RUNNING
                    : new ServerCondition(
                            states[random.nextInt(states.length)], random.nextInt(256), Long.MIN_VALUE, 1_000_000);
        }

        private Timer timer(PairState state) {
            List<Timers.Pending> pending = state.timers().pending();
            return pending.isEmpty()
                    ? new Timer(Timer.Kind.SWITCH_DEADLINE, 1, Route.NONE, 1)
                    : pending.get(random.nextInt(pending.size())).timer();
        }
    }
}
