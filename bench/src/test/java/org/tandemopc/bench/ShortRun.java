package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code bench/run --ci} of some scenarios: each once, and only what is lost, doubled, out of order or without a result is judged. */
final class ShortRun {
    private ShortRun() {}

    /**
     * Runs them, and requires that no rule is broken.
     *
     * @param ids of the scenarios
     * @param more options
     * @return the lines of results
     */
    static String of(List<String> ids, String... more) throws IOException {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();

        int exit = Bench.run(
                line(ids, more),
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8));

        String lines = results.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(progress.toString(StandardCharsets.UTF_8) + lines).isZero();
        return lines;
    }

    static List<String> line(List<String> ids, String... more) {
        List<String> line = new ArrayList<>(List.of("--ci", "--only", String.join(",", ids)));
        line.addAll(List.of(more));
        return line;
    }
}
