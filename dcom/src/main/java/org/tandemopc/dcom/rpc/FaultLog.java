package org.tandemopc.dcom.rpc;

import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each fault of a peer, and no more than a few a minute: whoever sends rubbish must not fill the disk too.
 * Thread-safe.
 */
public final class FaultLog {
    /** Where a line goes. Any thread. */
    @FunctionalInterface
    public interface Sink {
        /** @param error of ours; null: the fault is the peer's alone */
        void line(String line, @Nullable Throwable error);
    }

    static final int LINES_PER_MINUTE = 30;

    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]");
    private static final int LINE_MAX = 300;
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final LongSupplier clock;
    private final Sink sink;
    private long minuteStart;
    private int lines;
    private int untold;

    public FaultLog() {
        this(System::nanoTime, FaultLog::log);
    }

    /** Into another log than that of the program. */
    public FaultLog(Sink sink) {
        this(System::nanoTime, sink);
    }

    FaultLog(LongSupplier clock, Sink sink) {
        this.clock = clock;
        this.sink = sink;
        this.minuteStart = clock.getAsLong();
    }

    private static void log(String line, @Nullable Throwable error) {
        if (error == null) {
            LOG.warn("{}", line);
        } else {
            LOG.error("{}", line, error);
        }
    }

    /**
     * @param who the client
     * @param what may hold what the peer sent, such as a name
     */
    public void tell(Object who, String what) {
        tell(who, what, null);
    }

    /** @param error of ours; null: the fault is the peer's alone */
    public void tell(Object who, String what, @Nullable Throwable error) {
        int before = place();
        if (before >= 0) {
            String more = before == 0 ? "" : " (%d lines before it were left out)".formatted(before);
            sink.line("Client %s: %s%s".formatted(who, clean(what), more), error);
        }
    }

    /** One line, and not a long one. */
    private static String clean(String what) {
        String line = CONTROL.matcher(what).replaceAll("?");
        return line.length() <= LINE_MAX ? line : line.substring(0, LINE_MAX) + "…";
    }

    /** @return how many were left out before this line; -1: it is left out itself */
    private synchronized int place() {
        long now = clock.getAsLong();
        if (now - minuteStart >= MINUTE_NANOS) {
            minuteStart = now;
            lines = 0;
        }
        if (lines == LINES_PER_MINUTE) {
            untold++;
            return -1;
        }
        lines++;
        int before = untold;
        untold = 0;
        return before;
    }
}
