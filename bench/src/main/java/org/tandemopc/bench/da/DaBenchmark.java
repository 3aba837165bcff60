package org.tandemopc.bench.da;

import java.util.Arrays;
import java.util.List;

/** A benchmark of this package, and what it finds. */
public enum DaBenchmark {
    READS("B-D1", "OPC DA, sequential reads"),
    CALLS("B-C4", "OPC DA, calls of our client and of Utgard's"),
    VALUES("B-D2", "OPC DA, a stream of values"),
    FAULTS("B-D3", "OPC DA, the active server dies or hangs, hot"),
    CLIENTS("B-D4", "OPC DA, many clients");

    /**
     * A figure.
     *
     * @param field its name in a line of results
     * @param heading the same for people
     */
    record Column(String field, String heading) {}

    private final String id;
    private final String text;

    DaBenchmark(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static DaBenchmark of(String id) {
        return Arrays.stream(values())
                .filter(each -> each.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no benchmark '" + id + "'."));
    }

    public String id() {
        return id;
    }

    public String text() {
        return text;
    }

    /** Who has to have a result. */
    List<String> subjects() {
        return switch (this) {
            case READS -> List.of("direct", "haproxy", "tandem");
            case CALLS -> List.of(DaCaller.Whose.OURS.word(), DaCaller.Whose.UTGARD.word());
            case VALUES -> List.of("direct", "tandem");
            case FAULTS, CLIENTS -> List.of("tandem");
        };
    }

    List<Column> columns() {
        return switch (this) {
            case READS ->
                List.of(
                        new Column("p50Us", "p50 us"),
                        new Column("p99Us", "p99 us"),
                        new Column("serverCpuUs", "CPU us/read servers"),
                        new Column("clientCpuUs", "client"),
                        new Column("proxyCpuUs", "proxy"));
            case CALLS ->
                List.of(
                        new Column("perSecond", "calls/s"),
                        new Column("p50Us", "p50 us"),
                        new Column("p99Us", "p99 us"),
                        new Column("clientCpuUs", "CPU us/call client"));
            case VALUES ->
                List.of(
                        new Column("perSecond", "values/s"),
                        new Column("shown", "ticks that the server showed"),
                        new Column("serverCpuUs", "CPU us/value servers"),
                        new Column("clientCpuUs", "client"),
                        new Column("proxyCpuUs", "proxy"),
                        new Column("troubles", "members lost meanwhile"));
            case FAULTS ->
                List.of(
                        new Column("gapMs", "gap ms"),
                        new Column("longestBeforeMs", "longest interval before ms"),
                        new Column("longestAfterMs", "after ms"),
                        new Column("slowestReadMs", "slowest read ms"),
                        new Column("alarms", "false alarms"));
            case CLIENTS ->
                List.of(
                        new Column("perSecond", "items made/s"),
                        new Column("heapKilobytes", "heap KB/client"),
                        new Column("heapBytes", "heap bytes/item"),
                        new Column("threads", "threads"),
                        new Column("cpuPercent", "CPU % steady"));
        };
    }
}
