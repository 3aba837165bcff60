package org.tandemopc.core.pair;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that the machine knows of one member. Every method gives the health after one fact; none reads a clock.
 *
 * @param link of the control link
 * @param linkSinceNanos since when it is so
 * @param condition what the server said of itself last, while the link is open
 * @param loss why the link is not open; null before the first attempt ended. While the link is open: null, or why the
 *     one before was lost if the server was still shutting down
 * @param doubt a reason to leave and reopen a link that is still open: shutdown announced, no first notification, the
 *     relay could not follow
 * @param monitorTest result of the monitor items of this member
 * @param testEvidence for that result, in words
 * @param isTestOwed the last result before the link ended was an error: it must pass before another member is left for
 *     the same reason
 * @param isSynchronized the relay had everything there once since the member was attached: it could take over
 * @param laggingSinceNanos since when a client has asked for something that is not there yet, {@link #NOT_LAGGING} if
 *     none has
 * @param attachedIn the relay may connect to it, and treats it as this mode wants; null if it may not
 * @param failureRecorded the failed attempts since the last connection have their one record
 * @param shutdownRecorded the shutdown that it announced has its one record; until it is seen in another state, over
 *     however many connections
 * @param skewRecorded the difference of its clock has its one record of this connection
 * @param mark what the present search for a usable member has found about it
 * @param attempts to connect since the link last was open for {@link #STABLE_NANOS}, or a person pinned the
 *     pair to the member while none served
 * @param missForgiven the one miss that a pause of our own excuses has happened (S35)
 * @param pausesBorne how many pauses of our own have excused it since it last told its status; none while there is no
 *     connection
 * @param overdueSinceNanos since when the member owes an answer about its status and is kept all the same
 *     ({@code PatiencePolicy}), {@link #NOT_OVERDUE} if it does not
 * @param usableSinceNanos since when the verdict has been usable; meaningless while it is not
 */
public record MemberHealth(
        Link link,
        long linkSinceNanos,
        @Nullable ServerCondition condition,
        @Nullable Loss loss,
        @Nullable Loss doubt,
        MonitorTest monitorTest,
        String testEvidence,
        boolean isTestOwed,
        boolean isSynchronized,
        long laggingSinceNanos,
        @Nullable Mode attachedIn,
        boolean failureRecorded,
        boolean shutdownRecorded,
        boolean skewRecorded,
        SearchMark mark,
        int attempts,
        boolean missForgiven,
        int pausesBorne,
        long overdueSinceNanos,
        Verdict verdict,
        long usableSinceNanos,
        Damping damping) {
    /** A link that was open for less than this ended an attempt, not a connection: its back-off goes on growing. */
    static final long STABLE_NANOS = 10_000_000_000L;

    /**
     * A member that tells nothing for as many pauses of our own is not excused by the next one: on a machine that stands
     * still again and again clients would never hear that a server is dead (S12).
     */
    static final int PAUSES_MAX = 3;

    static final long NOT_OVERDUE = Long.MAX_VALUE;
    static final long NOT_LAGGING = Long.MAX_VALUE;

    /**
     * So long a planned switch waits for a member that lags. Clients that ask for something new all the time must not
     * keep the pair from ever returning to its primary.
     */
    static final long LAG_MAX_NANOS = 10_000_000_000L;

    static final MemberHealth UNKNOWN = new MemberHealth(
            Link.CLOSED,
            0,
            null,
            null,
            null,
            MonitorTest.UNTESTED,
            "",
            false,
            false,
            NOT_LAGGING,
            null,
            false,
            false,
            false,
            SearchMark.UNTRIED,
            0,
            false,
            0,
            NOT_OVERDUE,
            Verdict.NOT_CONNECTED,
            0,
            Damping.NONE);

    public enum Link {
        CLOSED,
        OPENING,
        OPEN
    }

    public enum MonitorTest {
        UNTESTED,
        PASSED,
        FAILED
    }

    /** Where the search for a usable member stands with one member. */
    public enum SearchMark {
        UNTRIED,
        /** Cold mode only: it answered and called itself unusable; the others are tried before it is taken. */
        REJECTED,
        FAILED
    }

    /**
     * Why a member was lost.
     *
     * @param code StatusCode or HRESULT as unsigned 32 bits, 0 where there is none
     */
    public record Loss(LossCause cause, long code, String evidence) {
        /** The first cause stays the cause: a server that announced its end and then hangs up has shut down. */
        Loss followedBy(Loss later) {
            return new Loss(cause, later.code(), evidence + ", then " + later.evidence());
        }
    }

    boolean isOpen() {
        return link == Link.OPEN;
    }

    MemberHealth opening(long nowNanos) {
        return edited(d -> {
            d.link = Link.OPENING;
            d.linkSinceNanos = nowNanos;
            d.attempts++;
        });
    }

    /** Why it was lost before counts until it is well again: one that shuts down may let us in once more. */
    MemberHealth opened(ServerCondition reported, long nowNanos) {
        return edited(d -> {
            d.loss = reported.state() == ServerCondition.State.SHUTDOWN ? loss : null;
            d.link = Link.OPEN;
            d.linkSinceNanos = nowNanos;
            d.condition = reported;
            d.failureRecorded = false;
            d.skewRecorded = false;
            d.shutdownRecorded &= isShutdown(reported);
            d.overdueSinceNanos = NOT_OVERDUE;
            d.pausesBorne = 0;
        });
    }

    /** The link ended or could not be opened, or we closed it (no loss then). */
    MemberHealth closed(@Nullable Loss why, SearchMark newMark, long nowNanos) {
        boolean wasStable = isOpen() && nowNanos - linkSinceNanos >= STABLE_NANOS;
        return edited(d -> {
            d.link = Link.CLOSED;
            d.linkSinceNanos = nowNanos;
            d.condition = null;
            d.overdueSinceNanos = NOT_OVERDUE;
            d.loss = why;
            d.doubt = null;
            d.isTestOwed = isTestOwed || monitorTest == MonitorTest.FAILED;
            d.monitorTest = MonitorTest.UNTESTED;
            d.testEvidence = "";
            d.isSynchronized = false;
            d.laggingSinceNanos = NOT_LAGGING;
            d.attachedIn = null;
            d.mark = newMark;
            d.attempts = wasStable ? 0 : attempts;
        });
    }

    MemberHealth withCondition(ServerCondition reported) {
        boolean withdrawn = isLeavingForShutdown() && withdrawsShutdown(reported);
        return edited(d -> {
            d.condition = reported;
            d.doubt = withdrawn ? null : doubt;
            d.shutdownRecorded &= isShutdown(reported) || (isLeavingForShutdown() && !withdrawn);
            d.overdueSinceNanos = NOT_OVERDUE;
            d.pausesBorne = 0;
        });
    }

    /**
     * It called its state Shutdown and does no more, on one connection. An answer that was on its way when the server
     * announced its end takes nothing back.
     */
    private boolean withdrawsShutdown(ServerCondition reported) {
        return condition != null && isShutdown(condition) && !isShutdown(reported);
    }

    /** The connection that is open is left because the server announced its end on it. */
    boolean isLeavingForShutdown() {
        return doubt != null && doubt.cause() == LossCause.SHUTDOWN_ANNOUNCED;
    }

    private static boolean isShutdown(ServerCondition condition) {
        return condition.state() == ServerCondition.State.SHUTDOWN;
    }

    boolean isOverdue() {
        return overdueSinceNanos != NOT_OVERDUE;
    }

    /** An answer about its status did not come in time; the first of several counts. */
    MemberHealth overdue(long nowNanos) {
        return edited(d -> d.overdueSinceNanos = Math.min(overdueSinceNanos, nowNanos));
    }

    /** For so long it was not it that did not answer, but we who did not listen: a miss is excused, and time does not count. */
    MemberHealth excusedBy(long pausedNanos, long nowNanos) {
        if (pausesBorne >= PAUSES_MAX) {
            return this;
        }
        return edited(d -> {
            d.pausesBorne += link == Link.CLOSED ? 0 : 1;
            d.missForgiven = false;
            if (isOverdue()) {
                d.overdueSinceNanos = Math.min(nowNanos, overdueSinceNanos + pausedNanos);
            }
        });
    }

    MemberHealth doubted(Loss why) {
        return edited(d -> d.doubt = why);
    }

    MemberHealth tested(MonitorTest result, String evidence) {
        return edited(d -> {
            d.monitorTest = result;
            d.testEvidence = evidence;
            d.isTestOwed = false;
        });
    }

    MemberHealth synchronizedNow() {
        return edited(d -> {
            d.isSynchronized = true;
            d.laggingSinceNanos = NOT_LAGGING;
        });
    }

    MemberHealth lagging(boolean lags, long nowNanos) {
        return edited(d -> d.laggingSinceNanos = lags ? nowNanos : NOT_LAGGING);
    }

    /** A client has asked for something that is not there yet: a switch to it now would cost that one values. */
    boolean lags() {
        return laggingSinceNanos != NOT_LAGGING;
    }

    /** The relay could switch to it now without a gap. */
    public boolean isUpToDate() {
        return isSynchronized && !lags();
    }

    /** Nothing is lost by a switch to it, or it was waited for long enough. */
    boolean mayTakeOver(long nowNanos) {
        return isSynchronized && nowNanos >= lagEndNanos();
    }

    /** Until when a planned switch waits for it at the most; long ago if it does not lag. */
    long lagEndNanos() {
        return lags() ? laggingSinceNanos + LAG_MAX_NANOS : Long.MIN_VALUE;
    }

    boolean isAttached() {
        return attachedIn != null;
    }

    MemberHealth attached(Mode mode) {
        return edited(d -> d.attachedIn = mode);
    }

    /** What the relay parked there was measured for a shorter silence: it has to be attached anew. */
    MemberHealth outdated() {
        return attachedIn == Mode.WARM ? edited(d -> d.attachedIn = Mode.COLD) : this;
    }

    MemberHealth detached() {
        return edited(d -> {
            d.attachedIn = null;
            d.isSynchronized = false;
            d.laggingSinceNanos = NOT_LAGGING;
        });
    }

    MemberHealth withFailureRecorded() {
        return edited(d -> d.failureRecorded = true);
    }

    MemberHealth withShutdownRecorded() {
        return edited(d -> d.shutdownRecorded = true);
    }

    MemberHealth withSkewRecorded() {
        return edited(d -> d.skewRecorded = true);
    }

    /** But one that is under way, or has led to the link that is open. */
    MemberHealth withAttemptsForgotten() {
        return edited(d -> d.attempts = link == Link.CLOSED ? 0 : 1);
    }

    MemberHealth marked(SearchMark newMark) {
        return edited(d -> d.mark = newMark);
    }

    MemberHealth withMissForgiven() {
        return edited(d -> d.missForgiven = true);
    }

    /** With a new verdict; becoming usable starts {@code usableSinceNanos}. */
    MemberHealth judged(Verdict judged, long nowNanos) {
        return edited(d -> {
            d.usableSinceNanos = judged.isUsable() && !verdict.isUsable() ? nowNanos : usableSinceNanos;
            d.verdict = judged;
        });
    }

    MemberHealth damped(Damping newDamping) {
        return edited(d -> d.damping = newDamping);
    }

    private MemberHealth edited(Consumer<Draft> edit) {
        Draft draft = new Draft(this);
        edit.accept(draft);
        return draft.done();
    }

    /** The fields for the length of one edit, so that an edit names only what it changes. */
    private static final class Draft {
        private Link link;
        private long linkSinceNanos;
        private @Nullable ServerCondition condition;
        private @Nullable Loss loss;
        private @Nullable Loss doubt;
        private MonitorTest monitorTest;
        private String testEvidence;
        private boolean isTestOwed;
        private boolean isSynchronized;
        private long laggingSinceNanos;
        private @Nullable Mode attachedIn;
        private boolean failureRecorded;
        private boolean shutdownRecorded;
        private boolean skewRecorded;
        private SearchMark mark;
        private int attempts;
        private boolean missForgiven;
        private int pausesBorne;
        private long overdueSinceNanos;
        private Verdict verdict;
        private long usableSinceNanos;
        private Damping damping;

        private Draft(MemberHealth health) {
            link = health.link;
            linkSinceNanos = health.linkSinceNanos;
            condition = health.condition;
            loss = health.loss;
            doubt = health.doubt;
            monitorTest = health.monitorTest;
            testEvidence = health.testEvidence;
            isTestOwed = health.isTestOwed;
            isSynchronized = health.isSynchronized;
            laggingSinceNanos = health.laggingSinceNanos;
            attachedIn = health.attachedIn;
            failureRecorded = health.failureRecorded;
            shutdownRecorded = health.shutdownRecorded;
            skewRecorded = health.skewRecorded;
            mark = health.mark;
            attempts = health.attempts;
            missForgiven = health.missForgiven;
            pausesBorne = health.pausesBorne;
            overdueSinceNanos = health.overdueSinceNanos;
            verdict = health.verdict;
            usableSinceNanos = health.usableSinceNanos;
            damping = health.damping;
        }

        private MemberHealth done() {
            return new MemberHealth(
                    link,
                    linkSinceNanos,
                    condition,
                    loss,
                    doubt,
                    monitorTest,
                    testEvidence,
                    isTestOwed,
                    isSynchronized,
                    laggingSinceNanos,
                    attachedIn,
                    failureRecorded,
                    shutdownRecorded,
                    skewRecorded,
                    mark,
                    attempts,
                    missForgiven,
                    pausesBorne,
                    overdueSinceNanos,
                    verdict,
                    usableSinceNanos,
                    damping);
        }
    }
}
