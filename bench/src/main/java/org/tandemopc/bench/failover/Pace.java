package org.tandemopc.bench.failover;

import java.time.Duration;

/**
 * How fast Tandem watches its members, and how long nothing must have happened before a fault.
 *
 * @param coldQuiet in cold mode Tandem waits longer and longer before it connects, until a member has been well for 10 s:
 *     a fault in that time would measure the damping
 */
public record Pace(Duration statusInterval, Duration statusTimeout, Duration quiet, Duration coldQuiet) {
    /** The 1.5 s that are the control, and some. */
    private static final Duration QUIET = Duration.ofMillis(1_700);

    /** For figures. */
    public static final Pace FAST =
            new Pace(Duration.ofMillis(50), Duration.ofMillis(100), QUIET, Duration.ofMillis(10_500));

    /** For a machine that builds something else at the same time, where loss is judged and no time. */
    public static final Pace PATIENT = new Pace(Duration.ofMillis(250), Duration.ofMillis(1000), QUIET, QUIET);

    /** The product's own defaults. */
    static final Pace DEFAULTS = new Pace(Duration.ofMillis(2500), Duration.ofMillis(1000), QUIET, QUIET);

    Pace of(Subject subject) {
        return subject == Subject.TANDEM_HOT_DEFAULTS ? DEFAULTS : this;
    }

    Duration quietBefore(Subject subject) {
        return subject == Subject.TANDEM_COLD ? coldQuiet : quiet;
    }
}
