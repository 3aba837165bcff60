package org.tandemopc.service.rest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Await;

/** Peers that ask and then take nothing, with more to tell them than the buffers of a connection hold. */
@Timeout(120)
class SlowReadersTest {
    private static final Duration CUT_OFF = Duration.ofSeconds(60);
    private static final String LONG = "x".repeat(1_900);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(folder);
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private void record() {
        service.protocol
                .planes
                .getFirst()
                .listener
                .record(new PairRecord(
                        RecordKind.GAP, LONG, "HMI", Map.of("a", LONG, "b", LONG, "c", LONG, "d", LONG, "e", LONG)));
    }

    private Socket asking(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1024);
        socket.connect(new InetSocketAddress("127.0.0.1", service.port()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\n" + service.usual()).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Whoever is cut off cannot send either. */
    private static boolean isCutOff(Socket socket) {
        try {
            socket.getOutputStream().write(' ');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Else a few dozen of them would keep everybody else out for ever. */
    @Test
    void whoeverTakesNothingOfAnAnswerIsCutOff() throws IOException {
        for (int i = 0; i < RestLimits.RECORDS_MAX; i++) {
            record();
        }
        Await.until(
                "all are recorded",
                RunningService.SOON,
                () -> service.pair().records().size() >= RestLimits.RECORDS_MAX);
        try (Socket socket = asking("/api/v1/records?limit=" + RestLimits.RECORDS_MAX)) {
            Await.until("it is cut off", CUT_OFF, () -> isCutOff(socket));
        }
    }

    @Test
    void placeOfAFollowerOfRecordsThatTakesNothingIsFreeAgain() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < RestLimits.STREAMS_MAX; i++) {
                sockets.add(asking("/api/v1/records?follow=true&limit=0"));
            }
            Await.until("all places are taken", RunningService.SOON, () -> follow() == 503);
            Thread writer = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    record();
                    LockSupport.parkNanos(1_000_000);
                }
            });
            try {
                Await.until("a place is free", CUT_OFF, () -> follow() == 200);
            } finally {
                writer.interrupt();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private int follow() {
        try {
            return service.begin("GET /api/v1/records?follow=true&limit=0 HTTP/1.1\r\n" + service.usual())
                    .status();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
