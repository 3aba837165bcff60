package org.tandemopc.relay.delivery;

/**
 * The requests of one client session between arrival and answer: holds them during a switch, sends each with the epoch
 * it was admitted in, repeats what may be repeated, never what may not (I1, I2, S1-S5). One owner; no locks; time is an
 * argument.
 *
 * @param <R> the protocol's request, opaque
 * @param <A> the protocol's answer, opaque
 */
public final class RequestDesk<R, A> {
    /** Where sent requests and outcomes go; called inside the step. */
    public interface Output<R, A> {
        /**
         * Hand the request to the member's link.
         *
         * @return false if it was certainly not handed to a socket (then it may be sent elsewhere)
         */
        boolean send(long id, int member, long epoch, R request);

        void complete(long id, R request, Outcome<A> outcome);
    }

    /** @param requestsMax requests under way at once; beyond it a new one is answered NotSent */
    public RequestDesk(int requestsMax, Output<R, A> output) {
        throw new UnsupportedOperationException();
    }

    /**
     * A client's request arrived.
     *
     * @param repeatable whether sending it twice does no harm (Read, Browse); false for writes and calls
     * @param deadlineNanos answered at the latest then
     * @param holdNanos how long it may wait for a member
     */
    public void submit(long id, R request, boolean repeatable, long deadlineNanos, long holdNanos, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The member answered. Refused (and counted) if that is not the sending that waits for it. */
    public void answered(long id, int member, long epoch, A answer, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * The sending failed.
     *
     * @param certainlyNotSent no byte of it left
     */
    public void failed(long id, int member, long epoch, boolean certainlyNotSent, String why, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** All links of this session to the member are gone: what was sent there has no answer coming. */
    public void linkLost(int member, String why, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Requests wait from now on; what was sent before may still be answered until its link is dropped. */
    public void hold(long epoch, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Requests go to this member; those on hold are sent now, in the order of their arrival. */
    public void release(long epoch, int member, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** No member: what waits and what comes is answered at once as not sent. */
    public void strand(long epoch, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    public long nextTickNanos() {
        throw new UnsupportedOperationException();
    }

    public void tick(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Answers refused because their sending was over: late answers of a former active (S8). */
    public long lateAnswers() {
        throw new UnsupportedOperationException();
    }
}
