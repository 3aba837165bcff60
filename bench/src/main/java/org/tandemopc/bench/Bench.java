package org.tandemopc.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.bench.console.ConsoleRun;
import org.tandemopc.bench.da.DaRun;
import org.tandemopc.bench.dcom.DcomBench;
import org.tandemopc.bench.failover.FailoverRun;
import org.tandemopc.bench.latency.ReadLatency;
import org.tandemopc.bench.load.LoadRun;
import org.tandemopc.bench.start.StartUp;
import org.tandemopc.bench.world.Profiler;
import org.tandemopc.bench.world.WorkFolder;

/** The {@code bench} command. */
public final class Bench {
    /** The first word for what has options of its own. */
    private static final String DCOM = "dcom";

    private static final Path DOCUMENTS = Path.of("docs");

    private final Options options;
    private final List<String> line;
    private final PrintStream out;
    private final PrintStream err;

    private Bench(Options options, List<String> line, PrintStream out, PrintStream err) {
        this.options = options;
        this.line = line;
        this.out = out;
        this.err = err;
    }

    /** Does not return. */
    public static void main(String[] line) throws IOException {
        System.exit(run(Arrays.asList(line), System.out, System.err));
    }

    /** @return the exit code, see {@link Options#USAGE} */
    static int run(List<String> line, PrintStream out, PrintStream err) throws IOException {
        if (!line.isEmpty() && line.getFirst().equals(DCOM)) {
            return DcomBench.run(line.subList(1, line.size()), out, err);
        }
        try {
            return new Bench(Options.parse(line), line, out, err).run();
        } catch (IllegalArgumentException e) {
            err.println("bench: " + e.getMessage());
            err.print(Options.USAGE);
            return 2;
        }
    }

    private int run() throws IOException {
        if (options.keep()) {
            WorkFolder.keepAll();
        }
        if (options.profile()) {
            Profiler.recordAll(Results.FOLDER);
        }
        Page page = new Page(options.from().isEmpty() ? List.of(measured()) : read());
        out.println();
        out.print(page.text());
        if (options.write()) {
            Path document = DOCUMENTS.resolve(page.file());
            Files.writeString(document, page.text());
            err.println("Written to " + document);
        }
        for (String violation : page.violations()) {
            err.println("RULE BROKEN: " + violation);
        }
        return page.violations().isEmpty() ? 0 : 1;
    }

    private List<Sitting> read() throws IOException {
        List<Sitting> sittings = new ArrayList<>();
        for (Path file : options.from()) {
            sittings.add(Sitting.parse(Files.readAllLines(file)));
        }
        return sittings;
    }

    private Sitting measured() throws IOException {
        try (Results results = new Results(out)) {
            err.println("Results go to " + results.file() + ", one by one; the page of a run that was cut: bench/run"
                    + " --write --from " + results.file());
            results.add(Sitting.begin(options, line));
            err.println(String.format(Locale.ROOT, "It takes about %.0f minutes.", Math.ceil(options.seconds() / 60)));
            long start = System.nanoTime();
            if (!options.failover().faults().isEmpty()) {
                new FailoverRun(
                                options.failover(),
                                options.afterFailoverSeconds(),
                                results::add,
                                what -> results.add(Sitting.failure(what)),
                                err)
                        .run();
            }
            if (options.wants(Options.LATENCY)) {
                measureLatency(results);
            }
            if (options.wants(Options.START)) {
                measureStart(results);
            }
            new LoadRun(options.load(), results::add, what -> results.add(Sitting.failure(what)), err).run();
            new DaRun(options.da(), results::add, what -> results.add(Sitting.failure(what)), err).run();
            new ConsoleRun(options.console(), results::add, what -> results.add(Sitting.failure(what)), err).run();
            results.add(Sitting.end());
            err.println(String.format(Locale.ROOT, "It took %.1f minutes.", (System.nanoTime() - start) / 60e9));
            return Sitting.parse(results.lines());
        }
    }

    private void measureLatency(Results results) {
        try {
            new ReadLatency(options.latency(), results::add, err).run();
        } catch (UaException | AssertionError e) {
            results.add(Sitting.failure("B-L1: " + e.getMessage()));
            err.println("B-L1: " + e.getMessage());
        }
    }

    private void measureStart(Results results) {
        try {
            new StartUp(options.start(), results::add, err).run();
        } catch (IOException | AssertionError e) {
            results.add(Sitting.failure("B-U1: " + e.getMessage()));
            err.println("B-U1: " + e.getMessage());
        }
    }
}
