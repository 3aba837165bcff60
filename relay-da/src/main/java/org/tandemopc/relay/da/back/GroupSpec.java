package org.tandemopc.relay.da.back;

import java.util.Optional;

/**
 * What a client's group is to be at a member. Immutable.
 *
 * @param handle Tandem's own, which the member gets as the client's handle of the group
 * @param rateMs 0 to 4,294,967,295
 * @param timeBias minutes; empty: the member's own
 * @param percentDeadband 0 to 100
 * @param isEnabled whether changes are told without being asked for (SetEnable)
 * @param isAdvised whether the member tells us anything at all
 */
public record GroupSpec(
        int handle,
        String name,
        boolean isActive,
        long rateMs,
        Optional<Integer> timeBias,
        float percentDeadband,
        int lcid,
        boolean isEnabled,
        boolean isAdvised) {}
