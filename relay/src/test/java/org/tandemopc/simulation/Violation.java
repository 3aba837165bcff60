package org.tandemopc.simulation;

/** The checker's verdict: which promise was broken, and how. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String promise;

    /** @param promise id of the invariant: M1-M7, ML1, ML2, I1-I12 or a case S1-S36 */
    Violation(String promise, String what) {
        super(promise + ": " + what, null, false, true);
        this.promise = promise;
    }

    String promise() {
        return promise;
    }
}
