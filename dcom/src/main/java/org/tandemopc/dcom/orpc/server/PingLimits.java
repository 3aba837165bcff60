package org.tandemopc.dcom.orpc.server;

import java.time.Duration;

/**
 * How long the silent live, and what strangers can make a resolver hold for that.
 *
 * @param timeout without ping or call until a client is given up; three periods of two minutes ([MS-DCOM] 3.1.2.2), and more for
 *     clients that ping every four minutes, as j-Interop does
 * @param setsMax of all clients
 * @param setsPerClientMax of one account at one address
 * @param objectsPerSetMax OIDs in one set
 * @param objectsPerClientMax OIDs in all sets of one account at one address; one in two sets counts twice
 * @param objectsMax OIDs in all sets
 */
public record PingLimits(
        Duration timeout,
        int setsMax,
        int setsPerClientMax,
        int objectsPerSetMax,
        int objectsPerClientMax,
        int objectsMax) {
    /** 6 minutes; 10,000 sets, 256 of one client; 10,000 objects in one, 20,000 of one client, 200,000 in all. */
    public static final PingLimits DEFAULT =
            new PingLimits(Duration.ofMinutes(6), 10_000, 256, 10_000, 20_000, 200_000);

    /** For servers with clients on j-Interop: one lost ping of theirs is 8 minutes of silence. */
    public static final Duration FOUR_MINUTE_PINGS = Duration.ofMinutes(10);

    /** @throws IllegalArgumentException a number or time that is not positive */
    public PingLimits {
        if (!timeout.isPositive()
                || setsMax < 1
                || setsPerClientMax < 1
                || objectsPerSetMax < 1
                || objectsPerClientMax < 1
                || objectsMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    public PingLimits withTimeout(Duration changed) {
        return new PingLimits(changed, setsMax, setsPerClientMax, objectsPerSetMax, objectsPerClientMax, objectsMax);
    }
}
