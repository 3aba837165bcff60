package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.tandemopc.bench.report.Line;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** The benchmarks of DCOM, {@code bench/run dcom}. */
public final class DcomBench {
    public static final String USAGE = """
            usage: bench/run dcom [--ci] [--blocks 20] [--calls 400] [--cycles 10000] [--vanish 1000]
              B-C1  calls with one value and with 1,000, one after the other and of eight threads at once, our client and
                    j-Interop's in turn on one server
              B-C2  the same of ours alone: not protected, signed, sealed; cost per value beside that of the JDK's primitives
              B-C3  --cycles connections, each with login, object and call; then --vanish clients that go with what they have
              --ci  each once, in half a minute; nothing but what is left behind is judged
            A line of JSON for each figure goes to standard output, then the ratios. Needs root, for port 135.
            Exit codes: 0, 1 something is left behind, 2 wrong command line.
            """;

    private static final String J_INTEROP = CallerProcess.Subject.J_INTEROP.word();

    private final int blocks;
    private final int calls;
    private final int cycles;
    private final int vanishing;

    private DcomBench(int blocks, int calls, int cycles, int vanishing) {
        this.blocks = blocks;
        this.calls = calls;
        this.cycles = cycles;
        this.vanishing = vanishing;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    private static DcomBench parse(List<String> line) {
        boolean ci = line.contains("--ci");
        int blocks = ci ? 2 : 20;
        int calls = ci ? 50 : 400;
        int cycles = ci ? 200 : 10_000;
        int vanishing = ci ? 50 : 1_000;
        for (int i = 0; i < line.size(); i++) {
            switch (line.get(i)) {
                case "--ci" -> {
                    // seen
                }
                case "--blocks" -> blocks = number(line, ++i);
                case "--calls" -> calls = number(line, ++i);
                case "--cycles" -> cycles = number(line, ++i);
                case "--vanish" -> vanishing = number(line, ++i);
                default -> throw new IllegalArgumentException("Unknown option " + line.get(i) + ".");
            }
        }
        return new DcomBench(blocks, calls, cycles, vanishing);
    }

    private static int number(List<String> line, int at) {
        if (at >= line.size() || !line.get(at).matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException("A number from 1 on is needed after " + line.get(at - 1) + ".");
        }
        return Integer.parseInt(line.get(at));
    }

    /** @return the exit code, see {@link #USAGE} */
    public static int run(List<String> line, PrintStream out, PrintStream err) throws IOException {
        DcomBench bench;
        try {
            bench = parse(line);
        } catch (IllegalArgumentException e) {
            err.println("bench dcom: " + e.getMessage());
            err.print(USAGE);
            return 2;
        }
        try {
            return bench.run(out, err);
        } catch (RpcFaultException | MalformedException e) {
            throw new IOException(e);
        }
    }

    private int run(PrintStream out, PrintStream err) throws IOException, RpcFaultException, MalformedException {
        List<Line> lines = new ArrayList<>();
        Consumer<String> results = text -> {
            out.println(text);
            lines.add(Line.parse(text));
        };
        try (CallServer server = new CallServer(Duration.ofMinutes(10))) {
            new CallRates(blocks, calls, results, err).run(server);
        }
        List<String> broken;
        try (CallServer server = new CallServer(Cycles.SILENCE)) {
            broken = new Cycles(results, err).run(server, cycles, vanishing);
        }
        out.println();
        ratios(lines, out);
        broken.forEach(each -> err.println("RULE BROKEN: " + each));
        return broken.isEmpty() ? 0 : 1;
    }

    /** Ours against j-Interop's, in this run. The target of the issue is twice its calls a second. */
    private static void ratios(List<Line> lines, PrintStream out) {
        for (Line ours : lines) {
            if (!ours.is("bench", "B-C1") || ours.is("subject", J_INTEROP)) {
                continue;
            }
            for (Line theirs : lines) {
                if (theirs.is("bench", "B-C1")
                        && theirs.is("subject", J_INTEROP)
                        && theirs.is("level", ours.text("level"))
                        && theirs.count("values") == ours.count("values")
                        && theirs.count("callers") == ours.count("callers")) {
                    double ratio = ours.figure("callsPerSecond") / theirs.figure("callsPerSecond");
                    out.printf(
                            Locale.ROOT,
                            "%s, %d values, %d at once: %.2f times j-Interop's calls a second (target 2: %s), p50 %.0f us to"
                                    + " %.0f us%n",
                            ours.text("level"),
                            ours.count("values"),
                            ours.count("callers"),
                            ratio,
                            ratio >= 2 ? "met" : "missed",
                            ours.figure("p50Us"),
                            theirs.figure("p50Us"));
                }
            }
        }
    }
}
