package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happened, one line per event in fixed columns, to be read down the page: seconds, who, what, details. Off in the
 * mass runs; a failing seed is run again with it on.
 */
final class Timeline {
    private static final int LINES_MAX = 200_000;

    private final boolean on;
    private final List<String> lines = new ArrayList<>();

    Timeline(boolean on) {
        this.on = on;
    }

    boolean on() {
        return on;
    }

    /** Call only if {@link #on()}: building the details costs more than the event. */
    void line(long nowNanos, String who, String what, Object details) {
        if (lines.size() < LINES_MAX) {
            lines.add(String.format(Locale.ROOT, "%12.6f  %-9s %-20s %s", nowNanos / 1e9, who, what, details));
        }
    }

    List<String> lines() {
        return lines;
    }
}
