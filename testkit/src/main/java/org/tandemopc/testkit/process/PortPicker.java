package org.tandemopc.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on loopback between 10000 and 19999: below the range that the system takes for outgoing connections, and
 * below the simulator's own choice. Never the same one twice in a JVM.
 */
public final class PortPicker {
    private static final int FIRST = 10_000;
    private static final int END = 20_000;
    private static final int TRIES_MAX = 500;
    private static final Set<Integer> PICKED = ConcurrentHashMap.newKeySet();

    private PortPicker() {}

    public static int pick() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && PICKED.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + (END - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
