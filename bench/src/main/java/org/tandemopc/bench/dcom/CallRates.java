package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.tandemopc.bench.dcom.CallerProcess.Block;
import org.tandemopc.bench.dcom.CallerProcess.Subject;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.rpc.AuthLevel;

/**
 * B-C1: calls of one client, ours and j-Interop's, in interleaved blocks on one server, with one value and with 1,000, one after the
 * other and of eight threads at once on one object, at the levels that j-Interop knows. B-C2: what each level costs our client a
 * value, beside what the JDK's own HMAC-MD5 and RC4 need for the same octets.
 */
final class CallRates {
    private static final int[] VALUES = {1, 1_000};
    private static final List<Integer> ALONE = List.of(1);
    private static final List<Integer> ALONE_AND_AT_ONCE = List.of(1, 8);
    private static final int WARM_UP_BLOCKS = 10;

    private final int blocks;
    private final int calls;
    private final Consumer<String> results;
    private final PrintStream progress;

    /**
     * @param blocks of each client and kind of call that count
     * @param calls in a block of one-value calls; a quarter in one of 1,000 values
     */
    CallRates(int blocks, int calls, Consumer<String> results, PrintStream progress) {
        this.blocks = blocks;
        this.calls = calls;
        this.results = results;
        this.progress = progress;
    }

    private record Place(String who, AuthLevel level, int values, int callers) {}

    /** All blocks of one client and kind: medians of the blocks' own. */
    private static final class Sum {
        private final List<Block> blocks = new ArrayList<>();
        private int calls;

        void add(Block block, int more) {
            blocks.add(block);
            calls += more;
        }

        double p50Micros() {
            return median(blocks.stream().mapToLong(Block::p50).toArray());
        }

        double p99Micros() {
            return median(blocks.stream().mapToLong(Block::p99).toArray());
        }

        double callsPerSecond() {
            return calls
                    * (double) TimeUnit.SECONDS.toNanos(1)
                    / blocks.stream().mapToLong(Block::total).sum();
        }

        double cpuMicros() {
            return blocks.stream().mapToDouble(Block::cpuMicros).sum() / calls;
        }

        private static double median(long[] nanos) {
            Arrays.sort(nanos);
            return nanos[nanos.length / 2] / 1_000.0;
        }
    }

    void run(CallServer server) throws IOException {
        for (AuthLevel level : List.of(AuthLevel.CONNECT, AuthLevel.PKT_PRIVACY)) {
            progress.println("B-C1 at " + level);
            Map<String, CallerProcess> callers = new LinkedHashMap<>();
            try {
                for (Subject subject : Subject.values()) {
                    callers.put(subject.word(), new CallerProcess(subject, server, level));
                }
                report("B-C1", measure(callers, word -> level, ALONE_AND_AT_ONCE));
            } finally {
                callers.values().forEach(CallerProcess::close);
            }
        }
        progress.println("B-C2");
        Map<String, CallerProcess> callers = new LinkedHashMap<>();
        try {
            for (AuthLevel level : List.of(AuthLevel.CONNECT, AuthLevel.PKT_INTEGRITY, AuthLevel.PKT_PRIVACY)) {
                callers.put(level.name(), new CallerProcess(Subject.OURS, server, level));
            }
            Map<Place, Sum> sums = measure(callers, AuthLevel::valueOf, ALONE);
            report("B-C2", sums);
            reportCost(sums);
        } finally {
            callers.values().forEach(CallerProcess::close);
        }
    }

    private interface LevelOf {
        AuthLevel of(String who);
    }

    private Map<Place, Sum> measure(Map<String, CallerProcess> callers, LevelOf levels, List<Integer> atOnce) {
        Map<Place, Sum> sums = new LinkedHashMap<>();
        List<String> names = List.copyOf(callers.keySet());
        for (int block = -Math.min(WARM_UP_BLOCKS, blocks); block < blocks; block++) {
            for (int threads : atOnce) {
                for (int values : VALUES) {
                    int share = Math.max(1, (values == 1 ? calls : calls / 4) / threads);
                    for (int i = 0; i < names.size(); i++) {
                        // each comes first, second and last equally often
                        String who = names.get(Math.floorMod(i + block, names.size()));
                        CallerProcess caller = callers.get(who);
                        if (caller == null) {
                            throw new IllegalStateException(who);
                        }
                        Block done = caller.block(values, share * threads, threads);
                        if (block >= 0) {
                            sums.computeIfAbsent(new Place(who, levels.of(who), values, threads), place -> new Sum())
                                    .add(done, share * threads);
                        }
                    }
                }
            }
        }
        return sums;
    }

    private void report(String bench, Map<Place, Sum> sums) {
        sums.forEach((place, sum) -> {
            results.accept(new JsonLine()
                    .put("bench", bench)
                    .put("subject", bench.equals("B-C1") ? place.who() : Subject.OURS.word())
                    .put("level", place.level().name())
                    .put("values", place.values())
                    .put("callers", place.callers())
                    .put("calls", sum.calls)
                    .put("p50Us", sum.p50Micros())
                    .put("p99Us", sum.p99Micros())
                    .put("callsPerSecond", sum.callsPerSecond())
                    .put("clientCpuUs", sum.cpuMicros())
                    .put("psiSomeAvg10", Machine.pressure())
                    .toString());
        });
    }

    /** Of one value among 1,000, there and back: protected at one end and unprotected at the other. */
    private void reportCost(Map<Place, Sum> sums) {
        double plain = p50(sums, AuthLevel.CONNECT);
        CryptoFloor floor = CryptoFloor.measure(1_000 * Double.BYTES);
        results.accept(new JsonLine()
                .put("bench", "B-C2")
                .put("subject", "cost per value")
                .put("signNs", p50(sums, AuthLevel.PKT_INTEGRITY) - plain)
                .put("signFloorNs", floor.signNanos() / 1_000)
                .put("sealNs", p50(sums, AuthLevel.PKT_PRIVACY) - plain)
                .put("sealFloorNs", (floor.signNanos() + floor.sealNanos()) / 1_000)
                .toString());
    }

    /** In nanoseconds a value. */
    private static double p50(Map<Place, Sum> sums, AuthLevel level) {
        Sum sum = sums.get(new Place(level.name(), level, 1_000, 1));
        if (sum == null) {
            throw new IllegalStateException("no calls at " + level);
        }
        return sum.p50Micros();
    }
}
