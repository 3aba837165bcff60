package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * What came of reading a configuration.
 *
 * @param config with the pairs that have no error; empty when the front door itself cannot be configured
 * @param problems all of them, in the order of the file
 */
public record ConfigReading(Optional<TandemConfig> config, List<ConfigProblem> problems) {
    public ConfigReading {
        problems = List.copyOf(problems);
    }

    public boolean hasErrors() {
        return problems.stream().anyMatch(ConfigProblem::isError);
    }
}
