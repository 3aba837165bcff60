package org.tandemopc.dcom.orpc;

/**
 * Hears what came of a call after its caller was told that there is no answer, so that nobody knows whether it has run. Once at most, and
 * never if the connection ends before. On the thread that reads the connection: must return at once, and throw nothing.
 */
@FunctionalInterface
public interface LateAnswer {
    /** @param result what the method answers; a failure where RPC or COM refused the call */
    void heard(Result<?> result);
}
