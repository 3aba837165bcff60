package org.tandemopc.service;

/** Runs things later, on a thread that must not be blocked. A plug: tests bring one with virtual time. */
public interface Scheduler {
    /**
     * Runs the task once.
     *
     * @param delayNanos from now; 0 or less: as soon as possible
     */
    Cancellable after(long delayNanos, Runnable task);

    /** Takes a task back. */
    interface Cancellable {
        /** Does nothing when the task has run; a task that runs at this moment is not waited for. */
        void cancel();
    }
}
