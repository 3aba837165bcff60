package org.tandemopc.core.monitor;

import java.time.Duration;

/**
 * A value that is watched on every connected member (MON-1).
 *
 * @param item fully qualified id in the protocol's own form; OPC UA: {@code ns=2;s=name} or {@code nsu=uri;s=name}
 * @param updateRate how often the server is asked to look, 50 ms to 1 h
 * @param uncertainIsBad whether uncertain quality puts a {@link MonitorTrigger.BadQuality} item in error; else it
 *     changes nothing (MON-9, GAP-5)
 * @param accessPath of OPC DA, for servers that ask for one (MON-5); empty: the server chooses
 */
public record MonitorItem(
        String item,
        MonitorType type,
        Duration updateRate,
        MonitorTrigger trigger,
        boolean uncertainIsBad,
        String accessPath) {
    /** Without access path. */
    public MonitorItem(
            String item, MonitorType type, Duration updateRate, MonitorTrigger trigger, boolean uncertainIsBad) {
        this(item, type, updateRate, trigger, uncertainIsBad, "");
    }
}
