package org.tandemopc.bench.dcom;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestFolder;

/**
 * B-C3: clients that connect, log in, have an object made, call it and go, again and again; and clients that vanish with what they
 * have, many at once. Memory, threads and descriptors of client and server together come back to where they were.
 */
final class Cycles {
    /** The server gives up who is silent for so long; it forgets no sooner than it must. */
    static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int WARM_UP = 200;

    /** More than before, of the JVM's own and of what is compiled meanwhile; a leak of one cycle would be seen at 1 KiB. */
    private static final long HEAP_MORE_MAX = 10L << 20;

    private static final int DESCRIPTORS_MORE_MAX = 4;
    private static final int SETTLE_LOOKS_MAX = 20;
    private static final long SETTLE_LOOK_NANOS = 500_000_000;

    private final Consumer<String> results;
    private final PrintStream progress;

    Cycles(Consumer<String> results, PrintStream progress) {
        this.results = results;
        this.progress = progress;
    }

    private record Residue(long heapBytes, long threads, long descriptors) {
        static Residue now() throws IOException {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Residue(heap, dcomThreads(), descriptorsOpen());
        }

        /** Once memory has settled below the bound: what is only not collected yet is no leak, and a leak does not go away. */
        static Residue settled(Residue before) throws IOException {
            Residue now = now();
            for (int i = 0; i < SETTLE_LOOKS_MAX && now.heapBytes() - before.heapBytes() > HEAP_MORE_MAX; i++) {
                LockSupport.parkNanos(SETTLE_LOOK_NANOS);
                now = now();
            }
            return now;
        }

        private static long dcomThreads() throws IOException {
            try (TestFolder folder = new TestFolder("threads")) {
                Path dump = folder.path().resolve("dump");
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
                try (Stream<String> lines = Files.lines(dump)) {
                    return lines.filter(line -> line.startsWith("#") && line.contains("\"dcom-"))
                            .count();
                }
            }
        }

        private static long descriptorsOpen() throws IOException {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return open.count();
            }
        }
    }

    /** @return what is broken; empty: nothing */
    List<String> run(CallServer server, int cycles, int vanishing)
            throws IOException, RpcFaultException, MalformedException {
        for (int i = 0; i < WARM_UP; i++) {
            cycle(server);
        }
        awaitQuiet(server);
        Residue before = Residue.now();
        progress.println("B-C3: " + cycles + " cycles");
        long start = System.nanoTime();
        for (int i = 0; i < cycles; i++) {
            cycle(server);
        }
        long nanos = System.nanoTime() - start;
        awaitQuiet(server);
        List<String> broken = new ArrayList<>(judge("cycles", cycles, nanos, before));

        progress.println("B-C3: " + vanishing + " vanish");
        start = System.nanoTime();
        List<CallClient> all = new ArrayList<>();
        // no more at once than one address may have
        int atOnce = 100;
        for (int i = 0; i < vanishing; i++) {
            all.add(client(server));
            if (all.size() == atOnce || i == vanishing - 1) {
                all.forEach(CallClient::close);
                all.clear();
            }
        }
        nanos = System.nanoTime() - start;
        int held = server.server().objects();
        awaitQuiet(server);
        progress.println("B-C3: " + held + " objects were left behind, and taken back");
        broken.addAll(judge("vanishing", vanishing, nanos, before));
        return broken;
    }

    private static CallClient client(CallServer server) throws IOException, RpcFaultException, MalformedException {
        return CallClient.connect(server.resolver(), server.objects(), AuthLevel.PKT_PRIVACY);
    }

    private static void cycle(CallServer server) throws IOException, RpcFaultException, MalformedException {
        try (CallClient client = client(server)) {
            client.values(1);
        }
    }

    private static void awaitQuiet(CallServer server) {
        Await.until("no connections", PATIENCE, () -> server.server().connections() == 0);
        Await.until("no objects", PATIENCE, () -> server.server().objects() == 0);
    }

    private List<String> judge(String what, int count, long nanos, Residue before) throws IOException {
        Residue after = Residue.settled(before);
        long heapMore = after.heapBytes() - before.heapBytes();
        long threadsMore = after.threads() - before.threads();
        long descriptorsMore = after.descriptors() - before.descriptors();
        results.accept(new JsonLine()
                .put("bench", "B-C3")
                .put("subject", what)
                .put("count", count)
                .put("perSecond", count * 1e9 / nanos)
                .put("heapMoreBytes", heapMore)
                .put("threadsMore", threadsMore)
                .put("descriptorsMore", descriptorsMore)
                .toString());
        List<String> broken = new ArrayList<>();
        if (heapMore > HEAP_MORE_MAX) {
            broken.add("B-C3 " + what + ": " + heapMore + " octets of heap more than before");
        }
        if (threadsMore > 0) {
            broken.add("B-C3 " + what + ": " + threadsMore + " threads more than before");
        }
        if (descriptorsMore > DESCRIPTORS_MORE_MAX) {
            broken.add("B-C3 " + what + ": " + descriptorsMore + " descriptors more than before");
        }
        return broken;
    }
}
