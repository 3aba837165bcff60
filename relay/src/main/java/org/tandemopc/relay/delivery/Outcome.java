package org.tandemopc.relay.delivery;

/**
 * What became of a client's request.
 *
 * @param <A> the protocol's answer
 */
public sealed interface Outcome<A> {
    /** The member answered: good or bad, its answer is the client's. */
    record Done<A>(int member, long epoch, A answer) implements Outcome<A> {}

    /** Certainly never sent: may be refused with the protocol's "no communication". */
    record NotSent<A>(String why) implements Outcome<A> {}

    /** Bytes may have left and no answer came: never sent again (S3). */
    record Unknown<A>(int member, long epoch, String why) implements Outcome<A> {}

    /** A request that may be repeated ran out of time or members. */
    record Expired<A>(String why) implements Outcome<A> {}
}
