package org.tandemopc.service.rest;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.RecordOrder;
import org.tandemopc.service.RecordQuery;
import org.tandemopc.service.users.Role;

/**
 * What happens, as it happens, for consoles: {@code status} at once, whenever it changed (at most twice a second) and at least
 * every five seconds; {@code record} for each new record; {@code configuration} after each save; {@code missed} where a stream
 * could not keep up or comes back too late. A stream that comes again with the id of the last event it had goes on behind it.
 */
final class LiveRoutes {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ServiceFacade service;
    private final LiveRecords records = new LiveRecords(new SecureRandom().nextLong() >>> 1);
    private final LatestStatus status;

    /** Listens to the records from now on, for as long as the service lives. */
    LiveRoutes(ServiceFacade service, Supplier<Map<String, Object>> status) {
        this.service = service;
        this.status = new LatestStatus(status, System::nanoTime);
        service.runtime().listen(records);
    }

    List<Route> routes() {
        return List.of(Route.get(
                Role.VIEWER, "/api/v1/live", call -> new Reply.Events((sink, id) -> new Stream(sink).run(id))));
    }

    /** One stream. One thread. */
    private final class Stream {
        private final Reply.EventSink sink;
        /** The newest record of each pair that was sent from its log, and not as it came. */
        private final Map<String, Long> there = new HashMap<>();

        private String news = "";
        private String version = "";
        private long sentAt;
        private long behind;

        Stream(Reply.EventSink sink) {
            this.sink = sink;
        }

        void run(String lastId) throws IOException, InterruptedException {
            behind = records.last();
            version = status.now().version();
            tellStatus(status.now());
            Optional<LiveRecords.Place> place = records.place(lastId);
            if (place.isPresent()) {
                goOn(place.get());
            }
            long nextLook = System.nanoTime() + LOOK_NANOS;
            while (true) {
                LiveRecords.Batch batch = records.await(behind, nextLook - System.nanoTime());
                tell(batch);
                if (nextLook - System.nanoTime() <= 0) {
                    look();
                    nextLook = System.nanoTime() + LOOK_NANOS;
                }
            }
        }

        /** After a restart of the service the numbers are others: what is in the logs since then is sent. */
        private void goOn(LiveRecords.Place place) throws IOException {
            if (place.number().isPresent()) {
                behind = place.number().get();
                return;
            }
            RecordQuery query = RecordQuery.since(0, RestLimits.RECORDS_MAX)
                    .between(Instant.ofEpochMilli(place.millis()).plusMillis(1), null);
            List<List<LoggedRecord>> logs =
                    service.runtime().pairs().stream().map(PairHandle::records).toList();
            for (LoggedRecord record :
                    query.of(RecordOrder.merged(logs, LoggedRecord::at)).records()) {
                there.put(record.pair(), record.number());
                tell(record, behind);
            }
        }

        private void tell(LiveRecords.Batch batch) throws IOException {
            if (batch.missed() > 0) {
                sink.event("missed", "", Json.bytes(Map.of("missed", batch.missed())));
            }
            long number = batch.last() - batch.records().size();
            for (LoggedRecord record : batch.records()) {
                number++;
                if (record.number() > there.getOrDefault(record.pair(), 0L)) {
                    there.remove(record.pair());
                    tell(record, number);
                }
            }
            behind = batch.last();
        }

        private void tell(LoggedRecord record, long number) throws IOException {
            sink.event("record", records.id(number, record), Json.bytes(Views.record(record)));
        }

        private void look() throws IOException {
            LatestStatus.Taken now = status.now();
            if (!now.version().equals(version)) {
                version = now.version();
                sink.event("configuration", "", Json.bytes(Map.of("version", version)));
            }
            if (!now.news().equals(news) || System.nanoTime() - sentAt >= BEAT_NANOS) {
                tellStatus(now);
            }
        }

        private void tellStatus(LatestStatus.Taken now) throws IOException {
            news = now.news();
            sentAt = System.nanoTime();
            sink.event("status", "", now.bytes());
        }
    }
}
