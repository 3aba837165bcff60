package org.tandemopc.bench.world;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, by the {@code jcmd} of our own JDK. */
public final class Heap {
    private static final Pattern USED = Pattern.compile("total [^\\n]*?used (\\d+)K");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    private Heap() {}

    /**
     * Bytes that are in use after a collection. Blocks as long as that takes.
     *
     * @throws AssertionError when the process does not say
     */
    public static long used(long pid) {
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
