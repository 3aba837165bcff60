package org.tandemopc.service.rest;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.RecordOrder;
import org.tandemopc.service.RecordPage;
import org.tandemopc.service.RecordQuery;
import org.tandemopc.service.users.Role;

/** The diagnostics records: a page, or a stream that goes on. */
final class RecordRoutes {
    private static final long BEAT_SECONDS = 5;

    private final ServiceFacade service;

    RecordRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        Role.VIEWER,
                        "/api/v1/records",
                        call -> reply(Optional.empty(), call),
                        "kind",
                        "severity",
                        "text",
                        "since",
                        "until",
                        "from",
                        "to",
                        "limit",
                        "follow"),
                Route.get(
                        Role.VIEWER,
                        "/api/v1/pairs/{pair}/records",
                        call -> reply(
                                Optional.of(service.pair(call.part("pair")).name()), call),
                        "kind",
                        "severity",
                        "text",
                        "since",
                        "until",
                        "from",
                        "to",
                        "after",
                        "before",
                        "limit",
                        "follow"));
    }

    /** @param only the pair whose records they are; empty = of all */
    private Reply reply(Optional<String> only, Call call) throws Problem {
        int limit = (int) call.number("limit", RestLimits.RECORDS_DEFAULT, 0, RestLimits.RECORDS_MAX);
        long after = call.number("after", 0, 0, Long.MAX_VALUE);
        RecordQuery query = query(call, limit, after);
        if (call.flag("follow")) {
            return new Reply.Lines(sink -> follow(only, query, limit, sink));
        }
        RecordPage page = found(only, query, limit);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("records", page.records().stream().map(Views::record).toList());
        json.put(
                "last",
                page.records().stream().mapToLong(LoggedRecord::number).max().orElse(after));
        json.put("more", page.hasMore());
        return Reply.ok(json);
    }

    /** The newest ones; after a number, the oldest ones after it, so that all can be read page by page. */
    static RecordQuery query(Call call, int limit, long after) throws Problem {
        int count = Math.max(1, limit);
        RecordQuery query = (call.query("after").isPresent()
                        ? RecordQuery.since(after, count)
                        : RecordQuery.newest(count))
                .before(call.number("before", Long.MAX_VALUE, 1, Long.MAX_VALUE))
                .between(instant(call, "since", "from"), instant(call, "until", "to"));
        Optional<String> kinds = call.query("kind");
        if (kinds.isPresent()) {
            query = query.ofKinds(kinds(kinds.get()));
        }
        Optional<String> severity = call.query("severity");
        if (severity.isPresent()) {
            RecordKind.Severity least = named(RecordKind.Severity.values(), Views::lower, "severity", severity.get());
            query = query.ofSeverities(EnumSet.range(least, RecordKind.Severity.ERROR));
        }
        try {
            return query.containing(call.query("text").orElse(""));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** @param names with commas between; how long they are in all is bounded as each parameter is */
    private static Set<RecordKind> kinds(String names) throws Problem {
        EnumSet<RecordKind> kinds = EnumSet.noneOf(RecordKind.class);
        for (String name : names.split(",", -1)) {
            kinds.add(named(RecordKind.values(), RecordKind::name, "kind", name.strip()));
        }
        return kinds;
    }

    /** Both names mean the same. */
    private static @Nullable Instant instant(Call call, String name, String other) throws Problem {
        Optional<Instant> given = call.instant(name);
        if (given.isPresent() && call.query(other).isPresent()) {
            throw Problem.badRequest("'%s' and '%s' mean the same: give one of them.".formatted(name, other));
        }
        return given.isPresent() ? given.get() : call.instant(other).orElse(null);
    }

    private static <E extends Enum<E>> E named(E[] all, Function<E, String> called, String parameter, String name)
            throws Problem {
        for (E each : all) {
            if (called.apply(each).equalsIgnoreCase(name)) {
                return each;
            }
        }
        throw Problem.badRequest("'" + parameter + "' is one of "
                + Arrays.stream(all).map(called).collect(Collectors.joining(", ")) + ".");
    }

    private List<LoggedRecord> page(Optional<String> only, RecordQuery query, int limit) {
        return found(only, query, limit).records();
    }

    private RecordPage found(Optional<String> only, RecordQuery query, int limit) {
        if (limit == 0) {
            return new RecordPage(List.of(), false, 0);
        }
        List<List<LoggedRecord>> logs = service.runtime().pairs().stream()
                .filter(pair -> only.isEmpty() || only.get().equals(pair.name()))
                .map(PairHandle::records)
                .toList();
        return query.of(RecordOrder.merged(logs, LoggedRecord::at));
    }

    private void follow(Optional<String> only, RecordQuery query, int limit, Reply.Sink sink)
            throws IOException, InterruptedException {
        Follower follower = new Follower(only);
        // Listening first, then looking at what is there: nothing falls between, and what is in both is sent once.
        try (var _ = service.runtime().listen(follower)) {
            Map<String, Long> there = new HashMap<>();
            for (LoggedRecord record : page(only, query, limit)) {
                there.put(record.pair(), record.number());
                sink.line(Views.record(record));
            }
            sink.beat(); // whoever follows learns that the service listens
            if (only.isPresent() && isGone(only.get())) {
                follower.removed(only.get());
            }
            boolean goesOn = true;
            while (goesOn) {
                goesOn = tell(follower.await(BEAT_SECONDS), query, there, sink) || only.isEmpty();
                long gone = follower.missed();
                if (gone > 0) {
                    sink.line(Map.of("missed", gone));
                }
            }
        }
    }

    /** Removed between the question and the listening. */
    private boolean isGone(String pair) {
        return service.runtime().config().pairs().stream()
                .noneMatch(p -> p.name().equals(pair));
    }

    /**
     * Sends one line.
     *
     * @param there the newest of each pair that was sent before the first news of it
     * @return whether there is more of this pair to come
     */
    private static boolean tell(
            Follower.@Nullable News news, RecordQuery query, Map<String, Long> there, Reply.Sink sink)
            throws IOException {
        switch (news) {
            case null -> sink.beat();
            case Follower.News.Recorded(var record) -> {
                if (record.number() > there.getOrDefault(record.pair(), 0L)) {
                    // From here on all is new, also should the numbers begin anew.
                    there.remove(record.pair());
                    if (query.asksFor(record)) {
                        sink.line(Views.record(record));
                    }
                }
            }
            case Follower.News.Removed(var pair) -> {
                there.remove(pair);
                sink.line(Map.of("removed", pair));
                return false;
            }
        }
        return true;
    }
}
