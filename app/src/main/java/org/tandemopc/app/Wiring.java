package org.tandemopc.app;

import java.io.IOException;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.ua.UaProtocol;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.TandemRuntime;

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
        Protocol opcUa = new UaProtocol(config.opcua(), data.path().resolve("pki"));
        return new TandemRuntime(config, opcUa, data, enableAll);
    }

    /**
     * The configuration of a running service, for whoever shows or changes it.
     *
     * @param store that the runtime's configuration was loaded from
     */
    public static Configurations configurations(ConfigStore store, TandemRuntime runtime) {
        return new LiveConfigurations(store, runtime);
    }
}
