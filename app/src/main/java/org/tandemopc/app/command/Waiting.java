package org.tandemopc.app.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open a command waits for the service. A person who looks at a terminal is told so, on standard error, once
 * it takes longer than {@value #SILENT_MS_MAX} ms: silence looks like a command that hangs. Opened and closed by the thread
 * that waits.
 */
final class Waiting implements AutoCloseable {
    static final long SILENT_MS_MAX = 500;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread teller;

    private Waiting(Console console) {
        teller = Thread.ofVirtual().unstarted(() -> tell(console));
    }

    static Waiting on(Console console) {
        Waiting waiting = new Waiting(console);
        if (console.isTerminal()) {
            waiting.teller.start();
        }
        return waiting;
    }

    private void tell(Console console) {
        try {
            if (!over.await(SILENT_MS_MAX, TimeUnit.MILLISECONDS)) {
                console.err().println("Waiting for the service to carry it out ...");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** After this nothing is told any more, so that the line cannot come behind the answer. */
    @Override
    public void close() {
        over.countDown();
        boolean interrupted = false;
        while (teller.isAlive()) {
            try {
                teller.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
