package org.tandemopc.it.client;

/** Something that an application would notice, beside values: all of them are faults of a redundant server. */
public record ClientEvent(long atNanos, String what) {
    @Override
    public String toString() {
        return what;
    }
}
