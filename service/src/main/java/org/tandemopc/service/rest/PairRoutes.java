package org.tandemopc.service.rest;

import java.util.List;
import java.util.Map;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.users.Role;

/** What a pair is, and what people order of it. */
final class PairRoutes {
    private static final String PAIR = "/api/v1/pairs/{pair}";

    private final ServiceFacade service;

    PairRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/api/v1/pairs", call -> Reply.ok(Map.of("pairs", all()))),
                Route.get(Role.VIEWER, PAIR, call -> Reply.ok(view(pair(call)))),
                Route.get(
                        Role.VIEWER,
                        PAIR + "/sessions",
                        call -> Reply.ok(Map.of(
                                "sessions",
                                pair(call).sessions().stream()
                                        .map(Views::session)
                                        .toList()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/switch",
                        call -> ordered(call, pair(call).switchTo(call.member("member"), call.by()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/pin",
                        call -> ordered(call, pair(call).pin(call.member("member"), call.by()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/unpin",
                        call -> ordered(call, pair(call).unpin(call.by()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/enable",
                        call -> ordered(call, pair(call).enable(call.by()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/disable",
                        call -> ordered(call, pair(call).disable(call.by()))),
                Route.post(
                        Role.OPERATOR,
                        PAIR + "/reset-damping",
                        call -> ordered(call, pair(call).resetDamping(call.by()))));
    }

    private PairHandle pair(Call call) throws Problem {
        return service.pair(call.part("pair"));
    }

    List<Map<String, Object>> all() {
        return service.runtime().pairs().stream().map(this::view).toList();
    }

    private Map<String, Object> view(PairHandle pair) {
        Map<String, Object> json = Views.pair(
                pair.snapshot(), pair.isEnabled(), service.runtime().endpointUrl(pair), pair.recordsFolder());
        json.put(
                "notifications",
                Views.notifications(service.runtime().notifications().status(pair.name())));
        return json;
    }

    /** Accepted means that it will be decided on: what comes of it is in the pair's phase and records. */
    private static Reply ordered(Call call, OrderAnswer answer) throws Problem {
        return switch (answer) {
            case OrderAnswer.Accepted _ -> new Reply.Json(202, Map.of("accepted", true, "pair", call.part("pair")));
            case OrderAnswer.Refused refused ->
                throw new Problem(409, "refused", refused.reason(), "Look at 'tandem status' for what the pair does.");
        };
    }
}
