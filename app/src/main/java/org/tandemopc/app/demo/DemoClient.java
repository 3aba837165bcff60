package org.tandemopc.app.demo;

/** An ordinary client that knows nothing of redundancy, and counts with a {@link Tally} what it gets. */
interface DemoClient extends AutoCloseable {
    /** What the servers are started with. */
    int COUNTERS = 10;

    int PERIOD_MS = 100;

    /** How often a value is read beside those that come by themselves. */
    long READ_EVERY_MS = 100;

    @Override
    void close();
}
