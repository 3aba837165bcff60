package org.tandemopc.core.monitor;

import java.util.List;

/** What {@link MonitorMachine} answers. */
public record MonitorStep(MonitorState state, List<MonitorEffect> effects) {
    public MonitorStep {
        effects = List.copyOf(effects);
    }
}
