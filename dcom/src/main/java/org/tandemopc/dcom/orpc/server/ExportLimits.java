package org.tandemopc.dcom.orpc.server;

/**
 * What strangers can make an exporter hold. What goes beyond is refused with E_OUTOFMEMORY, and nothing that is within suffers.
 *
 * @param objectsMax of all clients
 * @param objectsPerClientMax that one account at one address made the exporter hand out first
 * @param holdersMax clients that are known by name to have references on one interface of one object: private ones of more
 *     are refused, public ones of more are kept until nobody pings the object
 */
public record ExportLimits(int objectsMax, int objectsPerClientMax, int holdersMax) {
    /** 100,000 objects, 10,000 for one client. */
    public static final ExportLimits DEFAULT = new ExportLimits(100_000, 10_000, 256);

    /** @throws IllegalArgumentException a number that is not positive */
    public ExportLimits {
        if (objectsMax < 1 || objectsPerClientMax < 1 || holdersMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
