package org.tandemopc.testkit;

/** The column of the coverage list that a test counts for. */
public enum Protocol {
    ANY,
    UA,
    DA
}
