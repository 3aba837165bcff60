package org.tandemopc.core.monitor;

/**
 * Whose items they are, for records.
 *
 * @param server published name of the pair
 * @param machine host or URL as configured
 */
public record MonitorSubject(String server, int member, String machine) {}
