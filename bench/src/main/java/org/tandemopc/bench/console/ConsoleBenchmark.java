package org.tandemopc.bench.console;

import java.util.Arrays;
import java.util.List;

/** A benchmark of this package, and what it finds. */
public enum ConsoleBenchmark {
    START("B-W1", "the console, from its address to the first answer"),
    USE("B-W2", "the console with 50 pairs and 30,000 records");

    /**
     * A figure.
     *
     * @param field its name in a line of results
     * @param heading the same for people
     */
    record Column(String field, String heading) {}

    static final String STATIC = "static";
    static final String TANDEM = "tandem";

    private final String id;
    private final String text;

    ConsoleBenchmark(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static ConsoleBenchmark of(String id) {
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
            case START ->
                List.of(
                        new Column("fcpMs", "first contentful paint ms"),
                        new Column("thereMs", "pairs there ms"),
                        new Column("answeredMs", "click answered ms"),
                        new Column("longestTaskMs", "longest task ms"));
            case USE ->
                List.of(
                        new Column("answers", "answers"),
                        new Column("p50Ms", "answer p50 ms"),
                        new Column("maxMs", "longest ms"),
                        new Column("longestTaskMs", "longest task ms"),
                        new Column("framesPerSecond", "frames/s"),
                        new Column("frameP95Ms", "frame interval p95 ms"),
                        new Column("frameMaxMs", "longest ms"));
        };
    }
}
