package org.tandemopc.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PortSpan;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.da.DaProtocol;
import org.tandemopc.relay.ua.UaProtocol;
import org.tandemopc.relay.ua.security.CertificateFolderException;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.TextEdits;
import org.tandemopc.service.rest.ServiceFacade;

/** Puts the modules together. */
public final class Wiring {
    private Wiring() {}

    /**
     * A service with its front door, not yet started.
     *
     * @param data held by the caller until the runtime is closed; keys and trust lists are under {@code pki}
     * @throws IOException with a sentence for people: key material or trust lists that can be neither read nor
     *     made
     */
    public static TandemRuntime runtime(TandemConfig config, DataFolder data, boolean enableAll) throws IOException {
        return new TandemRuntime(config, door -> make(door, data.path()), data, enableAll);
    }

    /**
     * A protocol, not yet started: a check needs no more.
     *
     * @param data keys and trust lists are under {@code pki}, and made there if there are none
     * @throws IOException with a sentence for people: another user's folder, key material or trust lists that
     *     can be neither read nor made, no port for callbacks
     */
    public static Protocol protocol(DoorConfig door, Path data) throws IOException {
        DataFolder.refuseOfAnotherUser(data);
        return make(door, data);
    }

    /**
     * A protocol that serves nobody, to look for servers with.
     *
     * @param data as of {@link #protocol}
     * @throws IOException as of {@link #protocol}
     */
    public static Protocol searching(ProtocolKind kind, Path data) throws IOException {
        return switch (kind) {
            case OPC_UA -> protocol(OpcUaConfig.open("127.0.0.1", 0), data);
            case OPC_DA ->
                make(
                        new OpcDaConfig(
                                "127.0.0.1",
                                OpcDaConfig.RESOLVER_PORT,
                                Optional.empty(),
                                PortSpan.ANY,
                                DaLevel.INTEGRITY,
                                false,
                                List.of(),
                                DaLevel.INTEGRITY),
                        data);
        };
    }

    private static Protocol make(DoorConfig door, Path data) throws IOException {
        return switch (door) {
            case OpcUaConfig opcua -> opcua(opcua, data);
            case OpcDaConfig opcda -> new DaProtocol(opcda);
        };
    }

    private static Protocol opcua(OpcUaConfig config, Path data) throws IOException {
        Path pki = data.resolve("pki");
        SecurityPolicies.prepare();
        try {
            return new UaProtocol(config, pki);
        } catch (CertificateFolderException e) {
            // Says itself what is to be done, and it is not what is done about keys.
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Tandem's own keys cannot be used: " + FileTrouble.of(e) + ". Correct that, or move the files in "
                            + pki.resolve("own")
                            + " away: new ones are made, which clients and servers must then be told"
                            + " to trust.",
                    e);
        }
    }

    /**
     * What commands and consoles can see and order of a service.
     *
     * @param store that the runtime's configuration was loaded from
     * @param configFile what the service was started with
     */
    public static ServiceFacade facade(TandemRuntime runtime, ConfigStore store, Path configFile) {
        return new ServiceFacade(
                runtime,
                configurations(store, runtime),
                new TextEdits(),
                runtime.certificates(),
                Version.text(),
                Version.commit().orElse(null),
                configFile.toAbsolutePath(),
                Instant.now());
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
