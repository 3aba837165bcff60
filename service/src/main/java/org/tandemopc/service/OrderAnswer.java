package org.tandemopc.service;

/** The answer to a person's order. Accepted means that the pair has taken it on; what came of it is in the records. */
public sealed interface OrderAnswer {
    record Accepted() implements OrderAnswer {}

    /** @param reason a sentence for people */
    record Refused(String reason) implements OrderAnswer {}
}
