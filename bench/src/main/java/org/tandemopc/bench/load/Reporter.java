package org.tandemopc.bench.load;

import java.io.PrintStream;
import java.util.function.Consumer;

/** Where results and progress go. */
record Reporter(Consumer<String> results, PrintStream out) {
    void result(Measured measured) {
        results.accept(measured.json());
    }

    void progress(Load load, int run, int runs) {
        out.println(load.id() + " run " + run + " of " + runs);
    }
}
