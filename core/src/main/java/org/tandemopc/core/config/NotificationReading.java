package org.tandemopc.core.config;

import java.util.List;

/** What came of reading a section {@code notifications} by itself. @param problems all of them, in its order */
public record NotificationReading(NotificationConfig config, List<ConfigProblem> problems) {
    public NotificationReading {
        problems = List.copyOf(problems);
    }

    public boolean hasErrors() {
        return problems.stream().anyMatch(ConfigProblem::isError);
    }
}
