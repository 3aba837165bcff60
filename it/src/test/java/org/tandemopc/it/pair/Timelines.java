package org.tandemopc.it.pair;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Adds to a failure what the last pair under test wrote down before it was closed. */
public final class Timelines implements TestExecutionExceptionHandler {
    private static final int CHARACTERS_MAX = 30_000;
    private static final AtomicReference<String> LAST = new AtomicReference<>("");

    static void keep(String timeline) {
        LAST.set(timeline.substring(Math.max(0, timeline.length() - CHARACTERS_MAX)));
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failure.addSuppressed(new AssertionError("timeline of Tandem:\n" + LAST.getAndSet("")));
        throw failure;
    }
}
