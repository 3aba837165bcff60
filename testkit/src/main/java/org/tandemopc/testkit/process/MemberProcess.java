package org.tandemopc.testkit.process;

import java.time.Duration;
import java.util.List;

/** A server of any maker in its own process, to which a test does what happens to servers. One thread at a time. */
public interface MemberProcess extends AutoCloseable {
    /** Where it serves; known once it is ready. */
    String url();

    /** Waits until a process that was only launched serves. */
    void awaitReady();

    /** SIGKILL; returns at once. */
    void kill();

    /** The server tells its clients that it will stop, and does so in about a second; returns at once. */
    void announceStop();

    /** SIGTERM: the server ends in its own way; returns at once. */
    void terminate();

    /** SIGSTOP: connections stay open and nothing answers. */
    void freeze();

    /** SIGCONT. */
    void thaw();

    /** Fails when the process lives on. */
    void awaitEnd(Duration atMost);

    /** Starts the server anew on its port, and returns when it serves. The ledger goes on. */
    void restart();

    /** All writes and calls that the server applied, in all its lives; a dead server has one too. */
    List<LedgerEntry> ledger();

    @Override
    void close();
}
