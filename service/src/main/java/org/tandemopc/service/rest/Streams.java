package org.tandemopc.service.rest;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long answers are sent: in pieces, each of which the peer has to take in time. On the virtual thread of the request. */
final class Streams {
    /** After how many milliseconds a browser comes again when its stream ended. */
    private static final int RETRY_MS = 2_000;

    private static final int PIECE_BYTES = 64 << 10;
    private static final ScheduledThreadPoolExecutor WATCH = watch();

    private Streams() {}

    private static ScheduledThreadPoolExecutor watch() {
        ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("rest-writes").factory());
        watch.setRemoveOnCancelPolicy(true);
        return watch;
    }

    /** Asked before each event; throws if the peer may hear no more. */
    interface Permission {
        void ask() throws IOException;
    }

    /** Sends events until the peer is gone, takes none or may hear none. */
    static void events(HttpExchange exchange, Reply.Events events, Permission permission)
            throws IOException, InterruptedException {
        String given = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = new InTime(exchange.getResponseBody())) {
            out.write(("retry: " + RETRY_MS + "\n\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            events.writer()
                    .write(
                            (name, id, json) -> {
                                permission.ask();
                                // JSON has no line end in it, so one line of data holds it.
                                String head =
                                        "event: " + name + "\n" + (id.isEmpty() ? "" : "id: " + id + "\n") + "data: ";
                                out.write(head.getBytes(StandardCharsets.US_ASCII));
                                out.write(json);
                                out.write(new byte[] {'\n', '\n'});
                                out.flush();
                            },
                            given == null ? "" : given);
        }
    }

    static void download(HttpExchange exchange, Reply.Download download) throws IOException {
        exchange.getResponseHeaders()
                .set("Content-Disposition", "attachment; filename=\"" + download.fileName() + "\"");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = new InTime(exchange.getResponseBody())) {
            download.writer().write(out);
        }
    }

    /**
     * Interrupts its thread when a piece is not taken in {@link RestLimits#WRITE_SECONDS_MAX}: that closes the connection,
     * which closing it from outside would not, for the closing writes too.
     */
    static final class InTime extends FilterOutputStream {
        private final Thread writer = Thread.currentThread();
        private final long millis;

        InTime(OutputStream out) {
            this(out, TimeUnit.SECONDS.toMillis(RestLimits.WRITE_SECONDS_MAX));
        }

        InTime(OutputStream out, long millis) {
            super(out);
            this.millis = millis;
        }

        /** A write that may block. */
        private interface Write {
            void run() throws IOException;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte @Nullable [] bytes, int from, int count) throws IOException {
            for (int at = from; at < from + count; at += PIECE_BYTES) {
                int begin = at;
                inTime(() -> out.write(bytes, begin, Math.min(PIECE_BYTES, from + count - begin)));
            }
        }

        @Override
        public void flush() throws IOException {
            inTime(out::flush);
        }

        @Override
        public void close() throws IOException {
            inTime(out::close);
        }

        private void inTime(Write write) throws IOException {
            Future<?> cut = WATCH.schedule(writer::interrupt, millis, TimeUnit.MILLISECONDS);
            try {
                write.run();
            } finally {
                cut.cancel(false);
            }
        }
    }
}
