package org.tandemopc.simulation;

import org.tandemopc.relay.delivery.RequestDesk;

/** What the shell uses of {@link RequestDesk}; forwards. Planted bugs override. */
class DeskPort {
    private final RequestDesk<SimRequest, SimAnswer> engine;

    DeskPort(int requestsMax, RequestDesk.Output<SimRequest, SimAnswer> output) {
        engine = new RequestDesk<>(requestsMax, output);
    }

    void submit(long id, SimRequest request, boolean repeatable, long deadline, long hold, long now) {
        engine.submit(id, request, repeatable, deadline, hold, now);
    }

    void answered(long id, int member, long epoch, SimAnswer answer, long now) {
        engine.answered(id, member, epoch, answer, now);
    }

    void failed(long id, int member, long epoch, boolean certainlyNotSent, String why, long now) {
        engine.failed(id, member, epoch, certainlyNotSent, why, now);
    }

    void linkLost(int member, String why, long now) {
        engine.linkLost(member, why, now);
    }

    void hold(long epoch, long now) {
        engine.hold(epoch, now);
    }

    void release(long epoch, int member, long now) {
        engine.release(epoch, member, now);
    }

    void strand(long epoch, long now) {
        engine.strand(epoch, now);
    }

    long nextTickNanos() {
        return engine.nextTickNanos();
    }

    void tick(long now) {
        engine.tick(now);
    }
}
