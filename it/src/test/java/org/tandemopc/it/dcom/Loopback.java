package org.tandemopc.it.dcom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Addresses of this machine that are nobody else's: most peers can only call port 135. */
public final class Loopback {
    private static final int TRIES_MAX = 50;
    private static final int MAPPER_PORT = 135;

    private Loopback() {}

    /** An address of loopback on which nobody listens at port 135. Needs root, or the right to open that port. */
    public static InetAddress withFreePort135() {
        IOException why = new IOException("not tried");
        for (int i = 0; i < TRIES_MAX; i++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            byte[] octets = {
                127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
            };
            try {
                InetAddress address = InetAddress.getByAddress(octets);
                try (ServerSocket probe = new ServerSocket()) {
                    probe.bind(new InetSocketAddress(address, MAPPER_PORT));
                }
                return address;
            } catch (IOException e) {
                why = e;
            }
        }
        throw new UncheckedIOException("port 135 cannot be opened: the tests of DCOM need root", why);
    }
}
