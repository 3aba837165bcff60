package org.tandemopc.bench.world;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, by the {@code jcmd} of our own JDK. */
public final class Heap {
    private static final Pattern USED = Pattern.compile("total [^\\n]*?used (\\d+)K");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    /** One collection leaves what waits for a reference's handler, and what that gives free is the next one's. */
    private static final int COLLECTIONS_MAX = 8;

    private static final long STEADY_BYTES = 64 << 10;

    private Heap() {}

    /**
     * Bytes that are in use after a collection, and after the next ones as long as those still find something. Blocks as long
     * as that takes.
     *
     * @throws AssertionError when the process does not say
     */
    public static long used(long pid) {
        long before = Long.MAX_VALUE;
        long now = collected(pid);
        for (int i = 1; i < COLLECTIONS_MAX && before - now > STEADY_BYTES; i++) {
            before = now;
            now = collected(pid);
        }
        return now;
    }

    private static long collected(long pid) {
        String unused = Jcmd.ask(pid, "GC.run");
        long kilobytes = parse(Jcmd.ask(pid, "GC.heap_info"));
        if (kilobytes == 0) {
            throw new AssertionError("process " + pid + " says nothing of its heap");
        }
        return kilobytes << 10;
    }

    /** The sum of the heap's parts, in KB. */
    static long parse(String heapInfo) {
        long sum = 0;
        Matcher matcher = USED.matcher(heapInfo);
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1));
        }
        return sum;
    }

    /** Threads of the operating system. */
    public static int threads(long pid) {
        Matcher matcher = THREADS.matcher(Machine.read("/proc/" + pid + "/status"));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
