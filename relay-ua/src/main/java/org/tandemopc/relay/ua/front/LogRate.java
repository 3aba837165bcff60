package org.tandemopc.relay.ua.front;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Lines about peers' faults, at most {@value #PER_SECOND_MAX} a second in all: peers must not fill the disk. */
final class LogRate {
    private static final int PER_SECOND_MAX = 10;

    private long secondBeganNanos = System.nanoTime();
    private int inThisSecond;
    private long suppressed;

    synchronized void warn(Logger log, String line) {
        long now = System.nanoTime();
        if (now - secondBeganNanos >= TimeUnit.SECONDS.toNanos(1)) {
            if (suppressed > 0) {
                log.warn("{} more lines like these left out", suppressed);
            }
            secondBeganNanos = now;
            inThisSecond = 0;
            suppressed = 0;
        }
        if (++inThisSecond <= PER_SECOND_MAX) {
            log.warn("{}", line);
        } else {
            suppressed++;
        }
    }
}
