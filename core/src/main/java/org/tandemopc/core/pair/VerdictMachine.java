package org.tandemopc.core.pair;

import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.MemberHealth.MonitorTest;
import org.tandemopc.core.pair.Verdict.Grade;

/**
 * Turns what is known of a member into a verdict, with the evidence.
 *
 * <p>A member is a colleague on the phone: hung up is hung up, and one question without an answer in time counts as hung
 * up as well (GAP-3), unless {@link PatiencePolicy} bears with it. While they talk, they are believed: what they say of their own state and ServiceLevel, and what the
 * monitor items show. Refused: counting misses or weighing answer times. A wrong suspicion costs one switch that the
 * clients do not notice; a late one costs every client data.
 */
final class VerdictMachine {
    /** OPC UA Part 4, 6.6.2.4.2: from here to 255 the sub-range Healthy; 2 to below it Degraded. */
    static final int SERVICE_LEVEL_HEALTHY = 200;

    /** The highest ServiceLevel of a server without data (NoData is 1, Maintenance 0). */
    static final int SERVICE_LEVEL_NO_DATA = 1;

    private VerdictMachine() {}

    static Verdict judge(MemberHealth health) {
        MemberHealth.Loss doubt = health.doubt();
        ServerCondition condition = health.condition();
        if (!health.isOpen() || condition == null) {
            return down(health.loss());
        }
        if (doubt != null) {
            return new Verdict(Grade.UNUSABLE, doubt.cause(), doubt.evidence());
        }
        if (!isRunning(condition.state())) {
            return new Verdict(Grade.UNUSABLE, LossCause.NOT_RUNNING, "state " + condition.state());
        }
        if (condition.serviceLevel() <= SERVICE_LEVEL_NO_DATA) {
            return new Verdict(Grade.UNUSABLE, LossCause.SERVICE_LEVEL, "ServiceLevel " + condition.serviceLevel());
        }
        if (health.monitorTest() == MonitorTest.FAILED) {
            return new Verdict(
                    Grade.UNUSABLE, LossCause.MONITOR_TEST, "monitor item test in error: " + health.testEvidence());
        }
        boolean isHealthy = condition.serviceLevel() >= SERVICE_LEVEL_HEALTHY;
        return new Verdict(
                isHealthy ? Grade.HEALTHY : Grade.DEGRADED,
                LossCause.START,
                "ServiceLevel " + condition.serviceLevel() + (health.isOverdue() ? ", an answer is overdue" : ""));
    }

    /** S35: whether a missed answer proves nothing, because it was our own process that did not run. */
    static boolean forgivesMiss(MemberHealth health, long graceUntilNanos, long nowNanos) {
        return nowNanos < graceUntilNanos && !health.missForgiven();
    }

    /** DA's TEST counts as running (architecture, ServiceLevel). */
    static boolean isRunning(ServerCondition.State state) {
        return state == ServerCondition.State.RUNNING || state == ServerCondition.State.TEST;
    }

    private static Verdict down(MemberHealth.@Nullable Loss loss) {
        return loss == null ? Verdict.NOT_CONNECTED : new Verdict(Grade.DOWN, loss.cause(), loss.evidence());
    }
}
