package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * How a pair is published to OPC DA clients.
 *
 * @param clsid by which clients activate it; empty: see {@link DaIdentity#of}
 * @param readers users of the front door that may connect; empty: every one of its accounts
 * @param writers users that may write, among those that may connect; empty: every one of them
 */
public record DaPublication(Optional<UUID> clsid, Optional<List<String>> readers, Optional<List<String>> writers) {
    /** Everybody who can log in may read and write. */
    public static final DaPublication DEFAULT = new DaPublication(Optional.empty(), Optional.empty(), Optional.empty());

    public DaPublication {
        readers = readers.map(List::copyOf);
        writers = writers.map(List::copyOf);
    }
}
