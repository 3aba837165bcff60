package org.tandemopc.relay;

/**
 * One leg of the way to a member, walked by a check (DEP-8): the next one is tried only if this one passed.
 *
 * @param detail what was found, a sentence for people
 * @param remedy what to do when it failed, a sentence; empty when it passed
 * @param tookNanos how long this leg took
 */
public record LegResult(Leg leg, boolean passed, String detail, String remedy, long tookNanos) {
    /** In the order in which they are walked. */
    public enum Leg {
        /** The host name has an address. */
        NAME,
        /** A TCP connection can be opened. */
        PORT,
        /** The peer speaks the protocol. */
        PROTOCOL,
        /** It offers the configured security. */
        ENDPOINT,
        /** Its certificate is trusted here. */
        CERTIFICATE,
        /** Our certificate is trusted there: a secure channel opens. */
        CHANNEL,
        /** A session opens under the configured account. */
        LOGIN,
        /** Its namespaces can be mapped to those of the other member. */
        NAMESPACES,
        /** Its status can be read. */
        READ,
        /** A subscription sends a first value. */
        SUBSCRIPTION
    }
}
