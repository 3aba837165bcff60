package org.tandemopc.dcom.rpc;

import java.util.ArrayList;
import java.util.List;

/**
 * How a stub is cut into fragments. All but the last hold a multiple of 8 octets, so that alignment counted from the start of
 * the whole stub comes out the same in each (C706 12.4.2). Where a trailer follows, stub and padding are a multiple of 16, as
 * Windows and samba have it ([MS-RPCE] 2.2.2.11).
 */
final class Fragments {
    /** What is sent must be taken by everybody (C706 12.6.3.1, MustRecvFragSize); what is smaller is not agreed to. */
    static final int LEAST_SIZE = 1432;

    private static final int PLAIN_MULTIPLE = 8;
    private static final int TRAILER_MULTIPLE = 16;

    private Fragments() {}

    /** @param to exclusive; the padding comes after it */
    record Slice(int from, int to, int padding) {}

    /**
     * At least one, however short the stub.
     *
     * @param fragMax the longest PDU that the peer takes; at least {@link #LEAST_SIZE}
     * @param headerBytes all before the stub
     * @param tokenLength 0: no trailer
     */
    static List<Slice> cut(int stubLength, int fragMax, int headerBytes, int tokenLength) {
        int multiple = tokenLength == 0 ? PLAIN_MULTIPLE : TRAILER_MULTIPLE;
        int trailerBytes = tokenLength == 0 ? 0 : AuthTrailer.BYTES + tokenLength;
        int room = (fragMax - headerBytes - trailerBytes) / multiple * multiple;
        if (room <= 0) {
            throw new IllegalArgumentException("no room in fragments of " + fragMax);
        }
        List<Slice> slices = new ArrayList<>(stubLength / room + 1);
        int from = 0;
        do {
            int to = Math.min(stubLength, from + room);
            int padding = tokenLength == 0 ? 0 : Math.floorMod(-(to - from), TRAILER_MULTIPLE);
            slices.add(new Slice(from, to, padding));
            from = to;
        } while (from < stubLength);
        return slices;
    }
}
