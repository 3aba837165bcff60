package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.RecordOrder;
import org.tandemopc.service.RecordQuery;

/** The diagnostics records: a page, or a stream that goes on. */
final class RecordRoutes {
    private static final int UNSENT_MAX = 1_000;
    private static final long BEAT_SECONDS = 5;

    private final ServiceFacade service;

    RecordRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/records",
                        call -> reply(service.runtime().pairs(), call),
                        "kind",
                        "severity",
                        "text",
                        "since",
                        "until",
                        "limit",
                        "follow"),
                Route.get(
                        "/api/v1/pairs/{pair}/records",
                        call -> reply(List.of(service.pair(call.part("pair"))), call),
                        "kind",
                        "severity",
                        "text",
                        "since",
                        "until",
                        "after",
                        "limit",
                        "follow"));
    }

    private static Reply reply(List<PairHandle> pairs, Call call) throws Problem {
        int limit = (int) call.number("limit", RestLimits.RECORDS_DEFAULT, 0, RestLimits.RECORDS_MAX);
        long after = call.number("after", 0, 0, Long.MAX_VALUE);
        RecordQuery query = query(call, limit, after);
        if (call.flag("follow")) {
            return new Reply.Lines(sink -> follow(pairs, query, limit, sink));
        }
        List<LoggedRecord> page = page(pairs, query, limit);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("records", page.stream().map(Views::record).toList());
        json.put(
                "last", page.stream().mapToLong(LoggedRecord::number).max().orElse(after));
        return Reply.ok(json);
    }

    /** The newest ones; after a number, the oldest ones after it, so that all can be read page by page. */
    private static RecordQuery query(Call call, int limit, long after) throws Problem {
        int count = Math.max(1, limit);
        RecordQuery query = (call.query("after").isPresent()
                        ? RecordQuery.since(after, count)
                        : RecordQuery.newest(count))
                .between(
                        call.instant("since").orElse(null),
                        call.instant("until").orElse(null));
        Optional<String> kind = call.query("kind");
        if (kind.isPresent()) {
            query = query.ofKinds(Set.of(named(RecordKind.values(), RecordKind::name, "kind", kind.get())));
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

    private static List<LoggedRecord> page(List<PairHandle> pairs, RecordQuery query, int limit) {
        if (limit == 0) {
            return List.of();
        }
        if (pairs.size() == 1) {
            return pairs.getFirst().records(query).records();
        }
        List<List<LoggedRecord>> logs = pairs.stream().map(PairHandle::records).toList();
        return query.of(RecordOrder.merged(logs, LoggedRecord::at)).records();
    }

    private static void follow(List<PairHandle> pairs, RecordQuery query, int limit, Reply.Sink sink)
            throws IOException, InterruptedException {
        ArrayBlockingQueue<LoggedRecord> unsent = new ArrayBlockingQueue<>(UNSENT_MAX);
        AtomicLong missed = new AtomicLong();
        List<AutoCloseable> subscriptions = new ArrayList<>();
        try {
            // Listening first, then looking at what is there: nothing falls between, and what is in both is sent once.
            for (PairHandle pair : pairs) {
                subscriptions.add(pair.listen(record -> offer(record, unsent, missed)));
            }
            Map<String, Long> sent = new HashMap<>();
            for (LoggedRecord record : page(pairs, query, limit)) {
                send(record, sent, sink);
            }
            sink.beat(); // whoever follows learns that the service listens
            while (true) {
                LoggedRecord record = unsent.poll(BEAT_SECONDS, TimeUnit.SECONDS);
                if (record == null) {
                    sink.beat();
                } else if (query.asksFor(record)) {
                    send(record, sent, sink);
                }
                long gone = missed.getAndSet(0);
                if (gone > 0) {
                    sink.line(Map.of("missed", gone));
                }
            }
        } finally {
            subscriptions.forEach(RecordRoutes::close);
        }
    }

    private static void send(LoggedRecord record, Map<String, Long> sent, Reply.Sink sink) throws IOException {
        if (record.number() > sent.getOrDefault(record.pair(), 0L)) {
            sent.put(record.pair(), record.number());
            sink.line(Views.record(record));
        }
    }

    /** A follower that is too slow misses the oldest, and is told how many. */
    private static void offer(LoggedRecord record, ArrayBlockingQueue<LoggedRecord> unsent, AtomicLong missed) {
        while (!unsent.offer(record)) {
            if (unsent.poll() != null) {
                missed.incrementAndGet();
            }
        }
    }

    private static void close(AutoCloseable subscription) {
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException("a listener cannot be taken off", e);
        }
    }
}
