package org.tandemopc.core.monitor;

/** Of the monitor item test of a member. */
public enum MonitorResult {
    /** Not connected, or not every item is known yet, or nothing is monitored. */
    UNTESTED,
    PASSED,
    FAILED
}
