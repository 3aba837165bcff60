package org.tandemopc.service.rest;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.users.Role;

/** Walks the way to the members of a pair; each leg is told as it ends. A POST: it makes connections. */
final class CheckRoutes {
    private final ServiceFacade service;
    private final Semaphore checks = new Semaphore(RestLimits.CHECKS_MAX);

    CheckRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(Route.post(Role.ENGINEER, "/api/v1/pairs/{pair}/check", this::check, "member"));
    }

    private Reply check(Call call) throws Problem {
        PairHandle pair = service.pair(call.part("pair"));
        int count = pair.config().members().size();
        int only = (int) call.number("member", -1, 0, count - 1L);
        List<Integer> members =
                only >= 0 ? List.of(only) : IntStream.range(0, count).boxed().toList();
        return new Reply.Lines(sink -> {
            if (!checks.tryAcquire()) {
                sink.line(Problem.busy().json());
                return;
            }
            try {
                for (int member : members) {
                    walk(pair, member, sink);
                }
            } finally {
                checks.release();
            }
        });
    }

    private void walk(PairHandle pair, int member, Reply.Sink sink) throws InterruptedException, java.io.IOException {
        String machine = pair.config().members().get(member).machine();
        try {
            service.runtime().check(pair, member, leg -> {
                try {
                    sink.line(Views.leg(member, machine, leg));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause(); // whoever asked is gone: the walk ends here
        }
    }
}
