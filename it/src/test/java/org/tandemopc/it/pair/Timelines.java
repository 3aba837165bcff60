package org.tandemopc.it.pair;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Adds to a failure what the last pair under test wrote down before it was closed, by the thread of the test. */
public final class Timelines implements TestExecutionExceptionHandler {
    private static final int CHARACTERS_MAX = 30_000;
    private static final ThreadLocal<String> LAST = ThreadLocal.withInitial(() -> "");

    static void keep(String timeline) {
        LAST.set(timeline.substring(Math.max(0, timeline.length() - CHARACTERS_MAX)));
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failure.addSuppressed(new AssertionError("timeline of Tandem:\n" + LAST.get()));
        LAST.remove();
        throw failure;
    }
}
