package org.tandemopc.bench.load;

import java.util.Arrays;
import java.util.List;

/** A benchmark of this package, and what it finds. */
public enum Load {
    READS("B-T1", "reads in a pipeline"),
    VALUES("B-T2", "a stream of values"),
    ITEMS("B-S1", "many monitored items"),
    SESSIONS("B-S2", "many sessions");

    /**
     * A figure.
     *
     * @param field its name in a line of results
     * @param heading the same for people
     */
    record Column(String field, String heading) {}

    private final String id;
    private final String text;

    Load(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Load of(String id) {
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

    List<Column> columns() {
        return switch (this) {
            case READS ->
                List.of(
                        new Column("perSecond", "reads/s"),
                        new Column("serverCpuUs", "CPU us/read servers"),
                        new Column("clientCpuUs", "client"),
                        new Column("proxyCpuUs", "proxy"));
            case VALUES ->
                List.of(
                        new Column("perSecond", "values/s"),
                        new Column("delivered", "of those offered"),
                        new Column("serverCpuUs", "CPU us/value servers"),
                        new Column("clientCpuUs", "client"),
                        new Column("proxyCpuUs", "proxy"),
                        new Column("troubles", "members lost meanwhile"));
            case ITEMS ->
                List.of(
                        new Column("perSecond", "items made/s"),
                        new Column("heapBytes", "heap bytes/item"),
                        new Column("cpuPercent", "CPU % steady"),
                        new Column("gapMs", "gap ms"));
            case SESSIONS ->
                List.of(
                        new Column("perSecond", "sessions/s"),
                        new Column("connectP50Ms", "connect p50 ms"),
                        new Column("connectP99Ms", "p99 ms"),
                        new Column("heapKilobytes", "heap KB/session"),
                        new Column("threads", "threads"),
                        new Column("gapMs", "gap ms"));
        };
    }
}
