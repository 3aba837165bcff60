package org.tandemopc.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.ua.UaProtocol;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.rest.ServiceFacade;

/** Puts the modules together. */
public final class Wiring {
    private Wiring() {}

    /**
     * A service with its front door, not yet started.
     *
     * @param data held by the caller until the runtime is closed; keys and trust lists are under {@code pki}
     * @throws IOException with a sentence for people: key material that can be neither read nor made
     */
    public static TandemRuntime runtime(TandemConfig config, DataFolder data, boolean enableAll) throws IOException {
        return new TandemRuntime(config, protocol(config, data.path()), data, enableAll);
    }

    /**
     * The protocols, not yet started: a check needs no more.
     *
     * @param data keys and trust lists are under {@code pki}, and made there if there are none
     */
    public static Protocol protocol(TandemConfig config, Path data) throws IOException {
        return new UaProtocol(config.opcua(), data.resolve("pki"));
    }

    /**
     * What commands and consoles can see and order of a service. The one place where the configuration, its edits and the
     * certificates are given to the REST interface: as long as they are null here, it answers that they cannot be reached.
     *
     * @param configFile what the service was started with
     */
    public static ServiceFacade facade(TandemRuntime runtime, Path configFile) {
        return new ServiceFacade(runtime, null, null, null, Version.text(), configFile.toAbsolutePath(), Instant.now());
    }
}
