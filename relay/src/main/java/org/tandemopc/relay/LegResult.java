package org.tandemopc.relay;

import java.util.List;

/**
 * One leg of the way to a member, walked by a check (DEP-8): the next one is tried only if this one passed.
 *
 * @param detail what was found, a sentence for people
 * @param remedy what to do when it failed, a sentence; empty when it passed
 * @param tookNanos how long this leg took
 */
public record LegResult(Leg leg, boolean passed, String detail, String remedy, long tookNanos) {
    /** Which legs there are, and their order, is up to the protocol: {@link #UA}, {@link #DA}. */
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
        /** It lets the configured account in: a session opens, or calls are answered. */
        LOGIN,
        /** Its namespaces can be mapped to those of the other member. */
        NAMESPACES,
        /** It makes a server object of the configured class for us. */
        ACTIVATION,
        /** The port at which its objects are called can be reached. */
        OBJECTS,
        /** Its status can be read. */
        READ,
        /** A subscription sends a first value. */
        SUBSCRIPTION,
        /** It can call our objects back. */
        CALLBACK;

        /** Of a walk to a member of OPC UA, in order. */
        public static final List<Leg> UA =
                List.of(NAME, PORT, PROTOCOL, ENDPOINT, CERTIFICATE, CHANNEL, LOGIN, NAMESPACES, READ, SUBSCRIPTION);

        /** Of a walk to a member of OPC DA, in order. */
        public static final List<Leg> DA = List.of(NAME, PORT, PROTOCOL, LOGIN, ACTIVATION, OBJECTS, READ, CALLBACK);

        /** Whether a walk that has passed it has passed all: a walk that ends before says nothing of the rest. */
        public boolean isLast() {
            return this == UA.getLast() || this == DA.getLast();
        }
    }
}
