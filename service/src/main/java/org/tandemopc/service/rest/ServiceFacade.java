package org.tandemopc.service.rest;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.Certificates;
import org.tandemopc.service.ConfigEdits;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;

/**
 * What of the service can be shown and commanded.
 *
 * @param configurations null: the configuration of this service cannot be changed while it runs (an embedded one)
 * @param edits null as well then
 * @param certificates null: the protocol keeps none
 * @param version of this build
 * @param build the commit that it was built of; null where that is not known
 * @param configFile what the service was started with; null for an embedded one
 */
public record ServiceFacade(
        TandemRuntime runtime,
        @Nullable Configurations configurations,
        @Nullable ConfigEdits edits,
        @Nullable Certificates certificates,
        String version,
        @Nullable String build,
        @Nullable Path configFile,
        Instant startedAt) {
    /** Of a build of which nothing is known. */
    public ServiceFacade(
            TandemRuntime runtime,
            @Nullable Configurations configurations,
            @Nullable ConfigEdits edits,
            @Nullable Certificates certificates,
            String version,
            @Nullable Path configFile,
            Instant startedAt) {
        this(runtime, configurations, edits, certificates, version, null, configFile, startedAt);
    }

    PairHandle pair(String name) throws Problem {
        return runtime.pair(name)
                .orElseThrow(() -> new Problem(
                        404,
                        "no-such-pair",
                        "There is no pair of that name.",
                        "'tandem pairs' lists the names; capitals count."));
    }

    Configurations someConfigurations() throws Problem {
        if (configurations == null) {
            throw Problem.notAvailable("The configuration");
        }
        return configurations;
    }

    ConfigEdits someEdits() throws Problem {
        if (edits == null) {
            throw Problem.notAvailable("Editing the configuration");
        }
        return edits;
    }

    Certificates someCertificates() throws Problem {
        if (certificates == null) {
            throw Problem.notAvailable("The certificates");
        }
        return certificates;
    }
}
