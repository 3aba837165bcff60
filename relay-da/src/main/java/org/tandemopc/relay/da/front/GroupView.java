package org.tandemopc.relay.da.front;

/**
 * A group as its client sees it, whichever member is active. Immutable.
 *
 * @param serverHandle Tandem's own
 * @param rateMs as it was revised by the slower of the members that were connected when it was set; 0 to 4,294,967,295
 * @param timeBias minutes
 * @param percentDeadband 0 to 100
 */
record GroupView(
        String name,
        int serverHandle,
        int clientHandle,
        boolean isActive,
        long rateMs,
        int timeBias,
        float percentDeadband,
        int lcid,
        boolean isEnabled) {
    GroupView withName(String other) {
        return new GroupView(
                other, serverHandle, clientHandle, isActive, rateMs, timeBias, percentDeadband, lcid, isEnabled);
    }

    GroupView withRate(long other) {
        return new GroupView(
                name, serverHandle, clientHandle, isActive, other, timeBias, percentDeadband, lcid, isEnabled);
    }

    GroupView withEnabled(boolean enabled) {
        return new GroupView(
                name, serverHandle, clientHandle, isActive, rateMs, timeBias, percentDeadband, lcid, enabled);
    }
}
