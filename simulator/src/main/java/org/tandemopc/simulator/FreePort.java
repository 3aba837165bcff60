package org.tandemopc.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports below 32768, where the system's own choice for outgoing connections begins. */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int END = 32_768;
    private static final int TRIES_MAX = 200;

    private FreePort() {}

    /** @throws IOException no such host, or none of many that were tried is free */
    public static int find(String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(address, port)) {
                return port;
            }
        }
        throw new IOException("no free port between " + FIRST + " and " + (END - 1) + " on " + host);
    }

    private static boolean isFree(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
