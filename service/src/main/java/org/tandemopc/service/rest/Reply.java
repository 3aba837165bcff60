package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.Map;

/** What a route answers. */
sealed interface Reply {
    /** @param body maps, lists, texts, numbers */
    record Json(int status, Object body) implements Reply {}

    record Page(String contentType, String body) implements Reply {}

    /** JSON objects as they come, one a line. */
    record Lines(Writer writer) implements Reply {}

    /** A file of the console. No record: nobody compares them, and its bytes are not copied. */
    final class Asset implements Reply {
        private final int status;
        private final String contentType;
        private final byte[] body;
        private final Map<String, String> headers;

        /**
         * @param status 200, or 304 with an empty body
         * @param headers beside, or in place of, those that every answer has
         */
        Asset(int status, String contentType, byte[] body, Map<String, String> headers) {
            this.status = status;
            this.contentType = contentType;
            this.body = body;
            this.headers = Map.copyOf(headers);
        }

        int status() {
            return status;
        }

        String contentType() {
            return contentType;
        }

        byte[] body() {
            return body;
        }

        Map<String, String> headers() {
            return headers;
        }
    }

    /** @param headers beside those that every answer has, as a cookie */
    record With(Reply reply, Map<String, String> headers) implements Reply {}

    /** Server-sent events as they come (HTML Standard, 9.2). */
    record Events(EventWriter writer) implements Reply {}

    /** A file that a browser saves. @param fileName letters, digits, '-', '_' and '.' */
    record Download(String contentType, String fileName, BytesWriter writer) implements Reply {}

    /** @param afterwards done once the answer is sent, also when the peer is gone */
    record Last(Json reply, Runnable afterwards) implements Reply {}

    /** Writes until the peer is gone. */
    interface EventWriter {
        /** @param lastId of the event that the peer had last; empty for one that comes for the first time */
        void write(EventSink sink, String lastId) throws IOException, InterruptedException;
    }

    /** Takes one event at a time; each is sent at once. */
    interface EventSink {
        /** @param id letters, digits and '-'; empty: what the peer had last is not changed */
        void event(String name, String id, byte[] json) throws IOException;
    }

    interface BytesWriter {
        void write(java.io.OutputStream out) throws IOException;
    }

    /** Writes until it is done, or the peer is gone. */
    interface Writer {
        void write(Sink sink) throws IOException, InterruptedException;
    }

    /** Takes one line at a time; each is sent at once. */
    interface Sink {
        void line(Object json) throws IOException;

        /** An empty line: finds out whether the peer is still there, and may still ask. */
        void beat() throws IOException;
    }

    static Reply ok(Object body) {
        return new Json(200, body);
    }
}
