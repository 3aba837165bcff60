package org.tandemopc.bench.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import org.tandemopc.dcom.rpc.EndpointMapper;

/** Addresses of this machine for servers of DCOM: most clients know no port but 135, so each server has an address of its own. */
public final class LoopbackAddress {
    private static final int TRIES_MAX = 50;

    private LoopbackAddress() {}

    /**
     * One at whose port 135 nobody listens.
     *
     * @throws IOException the port cannot be opened at any of those that were tried, as who runs this is not root
     */
    public static InetAddress free() throws IOException {
        IOException why = new IOException("not tried");
        for (int i = 0; i < TRIES_MAX; i++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            InetAddress address = InetAddress.getByAddress(new byte[] {
                127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
            });
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(address, EndpointMapper.PORT));
                return address;
            } catch (IOException e) {
                why = e;
            }
        }
        throw new IOException("port 135 cannot be opened: the benchmarks of DCOM need root", why);
    }
}
