package org.tandemopc.service;

import java.io.IOException;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.relay.Protocol;

/** Makes the protocol of a front door; given by whoever puts the modules together. */
@FunctionalInterface
public interface ProtocolFactory {
    /**
     * Not started yet.
     *
     * @throws IOException with a sentence for people: key material that can be neither read nor made, no port for callbacks
     */
    Protocol make(DoorConfig door) throws IOException;
}
