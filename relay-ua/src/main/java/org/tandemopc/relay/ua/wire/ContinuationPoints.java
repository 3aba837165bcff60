package org.tandemopc.relay.ua.wire;

import java.nio.charset.StandardCharsets;

/**
 * Continuation points across a switch. A point means something to the member that gave it only, and only as long as its
 * session there lives; so Tandem hands out its own, which carry a stamp, and a later request finds out whether the link
 * at hand can go on. If not, the member is asked with a point that it cannot know, and says Bad_ContinuationPointInvalid
 * itself, for this operation: the client starts anew.
 *
 * <pre>
 * offset  size  field of the client's continuation point
 * 0       8     stamp: link and its incarnation
 * 8       1..   the member's own continuation point
 * </pre>
 */
public final class ContinuationPoints {
    private static final int STAMP_BYTES = 8;
    private static final int STATUS_BYTES = 4;

    /** Not a null point: with that a HistoryRead would begin at the start. */
    private static final byte[] UNKNOWN_POINT =
            "Tandem: not a continuation point of this session".getBytes(StandardCharsets.US_ASCII);

    private ContinuationPoints() {}

    /**
     * The response with Tandem's continuation points; the same object if it has none.
     *
     * @param response of Browse, BrowseNext or HistoryRead
     * @param stamp of the link that was asked
     * @throws MalformedException if it is not such a response
     */
    public static RawResponse wrap(RawResponse response, long stamp) {
        Answers answers =
                Answers.parse(Answers.expect(response, RawType.BROWSE, RawType.BROWSE_NEXT, RawType.HISTORY_READ));
        byte[] body = response.body();
        int points = 0;
        for (int i = 0; i < answers.size(); i++) {
            points += isPoint(body, answers.result(i) + STATUS_BYTES) ? 1 : 0;
        }
        if (points == 0) {
            return response;
        }
        var out = new LeWriter(body.length + STAMP_BYTES * points);
        int copied = 0;
        for (int i = 0; i < answers.size(); i++) {
            int at = answers.result(i) + STATUS_BYTES;
            if (isPoint(body, at)) {
                out.copy(body, copied, at).i32(STAMP_BYTES + length(body, at)).i64(stamp);
                copied = at + 4;
            }
        }
        out.copy(body, copied, body.length);
        return new RawResponse(response.type(), response.header(), out.bytes());
    }

    /**
     * Whether the request carries a continuation point: then only one link can answer it.
     *
     * @throws MalformedException if the body is not such a request
     */
    public static boolean present(RawRequest request) {
        if (!takesPoints(request.type())) {
            return false;
        }
        Operations operations = Operations.parse(request);
        for (int i = 0; i < operations.size(); i++) {
            if (isPoint(request.body(), pointAt(operations, i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The request as this link's member must see it: its own points as it gave them; in place of all others one that it
     * cannot know. Requests without points stay the same object.
     *
     * @throws MalformedException if the body is not such a request
     */
    public static RawRequest unwrap(RawRequest request, long stamp) {
        if (!takesPoints(request.type())) {
            return request;
        }
        Operations operations = Operations.parse(request);
        byte[] body = request.body();
        var out = new LeWriter(body.length);
        int copied = 0;
        for (int i = 0; i < operations.size(); i++) {
            int at = pointAt(operations, i);
            if (isPoint(body, at)) {
                out.copy(body, copied, at);
                copied = at + 4 + length(body, at);
                if (isStamped(body, at, stamp)) {
                    out.i32(length(body, at) - STAMP_BYTES).copy(body, at + 4 + STAMP_BYTES, copied);
                } else {
                    out.i32(UNKNOWN_POINT.length).copy(UNKNOWN_POINT, 0, UNKNOWN_POINT.length);
                }
            }
        }
        if (copied == 0) {
            return request;
        }
        out.copy(body, copied, body.length);
        return new RawRequest(request.type(), request.header(), out.bytes());
    }

    private static boolean takesPoints(RawType type) {
        return type == RawType.BROWSE_NEXT || type == RawType.HISTORY_READ;
    }

    /** Offset of an operation's ByteString, which was walked over already. */
    private static int pointAt(Operations operations, int index) {
        Walker in = operations.walker(index);
        if (operations.request().type() == RawType.HISTORY_READ) {
            Layout.skipToContinuationPoint(in);
        }
        return in.position();
    }

    private static int length(byte[] body, int at) {
        return Le.i32(body, at);
    }

    private static boolean isPoint(byte[] body, int at) {
        return length(body, at) > 0;
    }

    private static boolean isStamped(byte[] body, int at, long stamp) {
        return length(body, at) > STAMP_BYTES && Le.i64(body, at + 4) == stamp;
    }
}
