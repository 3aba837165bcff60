package org.tandemopc.service.rest;

import java.util.Map;

/** What a peer of the REST interface can cost at most. */
final class RestLimits {
    static final int BODY_BYTES_MAX = 1 << 20;
    static final int CONNECTIONS_MAX = 64;
    /** Requests that are worked on at the same time; the next one is told to come again. */
    static final int REQUESTS_MAX = 32;
    /** Streams that stay open: consoles, followers of records, and checks. */
    static final int STREAMS_MAX = 16;

    /** For one piece of an answer, a stream or a file: whoever takes none for so long is cut off. */
    static final int WRITE_SECONDS_MAX = 5;

    /** Between two looks at the files of the certificate; a renewed one counts after two that find it alike. */
    static final int CERTIFICATE_LOOK_SECONDS = 1;

    static final int CHECKS_MAX = 4;
    /** Searches for hosts, servers and items. */
    static final int SEARCHES_MAX = 4;

    static final int HEADERS_MAX = 50;
    static final int HEADER_BYTES_MAX = 16 << 10;
    /** For a whole request, headers and body, from its first byte. */
    static final int REQUEST_SECONDS_MAX = 10;
    /** For a connection on which no request is under way. */
    static final int IDLE_SECONDS_MAX = 30;

    static final int RECORDS_MAX = 1_000;
    static final int RECORDS_DEFAULT = 200;
    static final int JSON_DEPTH_MAX = 20;

    /** The JDK's server reads its limits once, when its first server is made; a limit that a person sets stays. */
    private static final Map<String, String> OF_THE_SERVER = Map.of(
            "jdk.httpserver.maxConnections", String.valueOf(CONNECTIONS_MAX),
            "sun.net.httpserver.maxReqHeaders", String.valueOf(HEADERS_MAX),
            "sun.net.httpserver.maxReqHeaderSize", String.valueOf(HEADER_BYTES_MAX),
            "sun.net.httpserver.maxReqTime", String.valueOf(REQUEST_SECONDS_MAX),
            "sun.net.httpserver.idleInterval", String.valueOf(IDLE_SECONDS_MAX),
            // What is left of a refused request is not read: a peer that announces a body and does not send it would
            // hold its connection.
            "sun.net.httpserver.drainAmount", "0",
            // Without it each small answer waits 40 ms for the peer's acknowledgement.
            "sun.net.httpserver.nodelay", "true");

    private RestLimits() {}

    static void install() {
        OF_THE_SERVER.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
