package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;

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
                        RecordFilter.PARAMETERS));
    }

    private static Reply reply(List<PairHandle> pairs, Call call) throws Problem {
        RecordFilter filter = RecordFilter.of(call);
        int limit = (int) call.number("limit", RestLimits.RECORDS_DEFAULT, 0, RestLimits.RECORDS_MAX);
        long after = call.number("after", -1, 0, Long.MAX_VALUE);
        if (call.flag("follow")) {
            return new Reply.Lines(sink -> follow(pairs, filter, limit, after, sink));
        }
        List<LoggedRecord> page = page(pairs, filter, limit, after);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("records", page.stream().map(Views::record).toList());
        json.put("last", page.isEmpty() ? Math.max(after, 0) : page.getLast().number());
        return Reply.ok(json);
    }

    /** The newest ones; after a number, the oldest ones after it, so that all can be read page by page. */
    private static List<LoggedRecord> page(List<PairHandle> pairs, RecordFilter filter, int limit, long after) {
        List<LoggedRecord> wanted = pairs.stream()
                .flatMap(pair -> pair.records().stream())
                .filter(record -> record.number() > after)
                .filter(filter::wants)
                .sorted(Comparator.comparing(LoggedRecord::at))
                .toList();
        int size = wanted.size();
        if (size <= limit) {
            return wanted;
        }
        return after >= 0 ? wanted.subList(0, limit) : wanted.subList(size - limit, size);
    }

    private static void follow(List<PairHandle> pairs, RecordFilter filter, int limit, long after, Reply.Sink sink)
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
            for (LoggedRecord record : page(pairs, filter, limit, after)) {
                send(record, sent, sink);
            }
            sink.beat(); // whoever follows learns that the service listens
            while (true) {
                LoggedRecord record = unsent.poll(BEAT_SECONDS, TimeUnit.SECONDS);
                if (record == null) {
                    sink.beat();
                } else if (filter.wants(record)) {
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
