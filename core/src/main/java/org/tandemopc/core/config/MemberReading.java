package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * A member that was read by itself, as a form has it before there is a pair.
 *
 * @param member empty: it has an error
 * @param problems with paths within the member's settings
 */
public record MemberReading(Optional<MemberConfig> member, List<ConfigProblem> problems) {
    public MemberReading {
        problems = List.copyOf(problems);
    }
}
