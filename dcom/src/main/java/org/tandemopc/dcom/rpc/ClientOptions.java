package org.tandemopc.dcom.rpc;

import java.time.Duration;

/**
 * How a client connects, and what a server can take of it.
 *
 * @param policy what is asked of this server, and forgiven it
 * @param fragMax octets of the longest fragment in either direction; 1,432 to 65,535
 * @param stubBytesMax of one response with all its fragments; a longer one fails its call
 * @param concurrentCallsMax calls under way at once; 1 also tells the server not to expect more
 * @param silentCallsMax calls given up in a row while nothing at all comes: then the connection is dead
 * @param bindTimeFeatures offered, bits of {@link BindTimeFeatures}; 0: no such context is offered
 * @param associationGroup of an earlier connection to the same server; 0: a new one
 * @param restWithin for the rest of a PDU of which octets came
 */
public record ClientOptions(
        PeerPolicy policy,
        int fragMax,
        int stubBytesMax,
        int concurrentCallsMax,
        int silentCallsMax,
        int bindTimeFeatures,
        long associationGroup,
        Duration restWithin,
        PduTap tap) {
    private static final int MIB = 1 << 20;

    /** @throws IllegalArgumentException a number that is not positive, or fragments that cannot be */
    public ClientOptions {
        if (fragMax < Fragments.LEAST_SIZE || fragMax > 0xFFFF) {
            throw new IllegalArgumentException("fragMax " + fragMax);
        }
        if (stubBytesMax <= 0 || concurrentCallsMax <= 0 || silentCallsMax <= 0 || !restWithin.isPositive()) {
            throw new IllegalArgumentException("a limit that is not positive");
        }
    }

    public static ClientOptions defaults(PeerPolicy policy) {
        return new ClientOptions(
                policy,
                5_840,
                16 * MIB,
                32,
                3,
                BindTimeFeatures.KEEP_CONNECTION_ON_ORPHAN,
                0,
                Duration.ofSeconds(30),
                PduTap.NONE);
    }

    public ClientOptions withConcurrentCallsMax(int calls) {
        return new ClientOptions(
                policy,
                fragMax,
                stubBytesMax,
                calls,
                silentCallsMax,
                bindTimeFeatures,
                associationGroup,
                restWithin,
                tap);
    }

    public ClientOptions withSilentCallsMax(int calls) {
        return new ClientOptions(
                policy,
                fragMax,
                stubBytesMax,
                concurrentCallsMax,
                calls,
                bindTimeFeatures,
                associationGroup,
                restWithin,
                tap);
    }

    public ClientOptions withBindTimeFeatures(int features) {
        return new ClientOptions(
                policy,
                fragMax,
                stubBytesMax,
                concurrentCallsMax,
                silentCallsMax,
                features,
                associationGroup,
                restWithin,
                tap);
    }

    public ClientOptions withStubBytesMax(int octets) {
        return new ClientOptions(
                policy,
                fragMax,
                octets,
                concurrentCallsMax,
                silentCallsMax,
                bindTimeFeatures,
                associationGroup,
                restWithin,
                tap);
    }

    public ClientOptions withFragMax(int octets) {
        return new ClientOptions(
                policy,
                octets,
                stubBytesMax,
                concurrentCallsMax,
                silentCallsMax,
                bindTimeFeatures,
                associationGroup,
                restWithin,
                tap);
    }

    public ClientOptions withAssociationGroup(long group) {
        return new ClientOptions(
                policy,
                fragMax,
                stubBytesMax,
                concurrentCallsMax,
                silentCallsMax,
                bindTimeFeatures,
                group,
                restWithin,
                tap);
    }

    public ClientOptions withTap(PduTap listener) {
        return new ClientOptions(
                policy,
                fragMax,
                stubBytesMax,
                concurrentCallsMax,
                silentCallsMax,
                bindTimeFeatures,
                associationGroup,
                restWithin,
                listener);
    }
}
