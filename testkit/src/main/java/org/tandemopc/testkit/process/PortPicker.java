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
 * below the simulator's own choice. Never the same one twice in a JVM, nor one of another JVM of the same run of tests:
 * what one of them has not opened yet, or lets go to open it again, looks free to the other.
 */
public final class PortPicker {
    private static final int FIRST = 10_000;
    private static final int END = 20_000;
    private static final int TRIES_MAX = 500;
    private static final int FORKS_MAX = 4;
    /** The number that the build gives to each JVM that runs tests, from 1; any where there is but one. */
    private static final int FORK = Math.floorMod(Integer.getInteger("tandem.test.fork", 0), FORKS_MAX);

    private static final Set<Integer> PICKED = ConcurrentHashMap.newKeySet();

    private PortPicker() {}

    public static int pick() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = FORK + FORKS_MAX * ThreadLocalRandom.current().nextInt(FIRST / FORKS_MAX, END / FORKS_MAX);
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
