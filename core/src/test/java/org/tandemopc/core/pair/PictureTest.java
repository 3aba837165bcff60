package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.PairState.Phase;

/** The picture of the machine must not rot: it is compared with every move that many random runs make. */
final class PictureTest {
    private static final Path SOURCE = Path.of("src/main/java/org/tandemopc/core/pair/PairMachine.java");
    private static final Pattern MOVE = Pattern.compile(" \\* +(\\w+) +-> +(\\w+) +: +(\\S.*)");
    private static final Pattern MORE = Pattern.compile(" \\* {28,}(\\w[\\w, ]*)");
    private static final int LONG_RUNS = 2500;
    private static final int SHORT_RUNS = 20_000;

    @Test
    void theTableInTheJavadocIsWhatTheMachineDoes() throws IOException {
        Map<String, TreeSet<String>> real = realMoves();
        Map<String, TreeSet<String>> drawn = drawnMoves();

        assertThat(render(drawn)).isEqualTo(render(real));
    }

    private static Map<String, TreeSet<String>> realMoves() {
        Map<String, TreeSet<String>> moves = new TreeMap<>();
        for (int seed = 1; seed <= LONG_RUNS + SHORT_RUNS; seed++) {
            int length = seed <= LONG_RUNS ? 200 : 15;
            SplittableRandom random = new SplittableRandom(seed);
            AnyEvents events = new AnyEvents(random);
            Pair pair = new Pair(Pair.settings(AnyEvents.MODES.get(seed % 3)));
            feed(moves, pair, new PairEvent.EnableRequested(pair.now(), "operator"));
            for (int i = 0; i < length; i++) {
                long end = pair.now() + random.nextLong(random.nextInt(20) == 0 ? 40_000_000_000L : 2_000_000_000L);
                for (PairEvent due = pair.due(end); due != null; due = pair.due(end)) {
                    feed(moves, pair, due);
                }
                boolean isKind = seed % 2 == 0 && random.nextInt(4) > 0;
                feed(moves, pair, isKind ? events.nextKind(pair) : events.next(pair));
            }
        }
        return moves;
    }

    private static void feed(Map<String, TreeSet<String>> moves, Pair pair, PairEvent event) {
        PairState before = pair.state();
        pair.on(event);
        if (isMove(before, pair.state())) {
            String move = name(before.phase()) + " -> " + name(pair.phase());
            moves.computeIfAbsent(move, _ -> new TreeSet<>())
                    .add(event.getClass().getSimpleName());
        }
    }

    private static boolean isMove(PairState before, PairState after) {
        return !name(before.phase()).equals(name(after.phase())) || before.epoch() != after.epoch();
    }

    private static String name(Phase phase) {
        return phase.getClass().getSimpleName();
    }

    private static Map<String, TreeSet<String>> drawnMoves() throws IOException {
        Map<String, TreeSet<String>> moves = new TreeMap<>();
        TreeSet<String> current = new TreeSet<>();
        for (String line : Files.readAllLines(SOURCE)) {
            Matcher move = MOVE.matcher(line);
            Matcher more = MORE.matcher(line);
            if (move.matches()) {
                current = new TreeSet<>(events(move.group(3)));
                moves.put(move.group(1) + " -> " + move.group(2), current);
            } else if (more.matches()) {
                current.addAll(events(more.group(1)));
            }
        }
        return moves;
    }

    private static List<String> events(String list) {
        return List.of(list.strip().replaceAll(",$", "").split(", *"));
    }

    private static String render(Map<String, TreeSet<String>> moves) {
        return moves.entrySet().stream()
                .map(e -> e.getKey() + " : " + String.join(", ", e.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
