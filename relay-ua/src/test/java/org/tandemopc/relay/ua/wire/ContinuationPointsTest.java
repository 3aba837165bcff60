package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class ContinuationPointsTest {
    private static final long STAMP = 0x0000_0102_0304_05C8L;
    private static final String STAMP_HEX = "c805040302010000";

    @ParameterizedTest
    @EnumSource(
            value = RawType.class,
            names = {"BROWSE", "BROWSE_NEXT", "HISTORY_READ"})
    void aPointIsStampedAndTheRestIsAsItCame(RawType type) {
        RawResponse response = Messages.response(type, true, 0, 2, 3, -1);

        RawResponse wrapped = ContinuationPoints.wrap(response, STAMP);

        ByteString[] points = points(wrapped);
        assertThat(points[0]).isEqualTo(new ByteString(Samples.hex(STAMP_HEX + "00 2a 2b")));
        assertThat(points[1].isNull()).isTrue();
        assertThat(points[2]).isEqualTo(new ByteString(Samples.hex(STAMP_HEX + "03 2a 2b")));
        assertThat(points[3].isNull()).isTrue();
        assertThat(wrapped.body()).hasSize(response.body().length + 2 * 8);
        assertThat(withoutStamps(wrapped)).isEqualTo(response.body());
        assertThat(wrapped.header()).isSameAs(response.header());
    }

    @Test
    void aResponseWithoutPointsIsNotTouched() {
        RawResponse response = Messages.response(RawType.BROWSE, true, 2, -1, 5);
        assertThat(ContinuationPoints.wrap(response, STAMP)).isSameAs(response);
        assertThatThrownBy(() -> ContinuationPoints.wrap(Messages.response(RawType.READ, false), STAMP))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void theMemberGetsItsOwnPointsBack() {
        ByteString[] points = points(ContinuationPoints.wrap(Messages.response(RawType.BROWSE, false, 0, 3), STAMP));
        ByteString[] original = {Messages.point(0), Messages.point(3)};

        assertThat(ContinuationPoints.unwrap(browseNext(points), STAMP).body())
                .isEqualTo(browseNext(original).body());
        assertThat(ContinuationPoints.unwrap(historyRead(points), STAMP).body())
                .isEqualTo(historyRead(original).body());
        assertThat(ContinuationPoints.present(browseNext(points))).isTrue();
        assertThat(ContinuationPoints.present(historyRead(points))).isTrue();
    }

    /** Neither as they came, which the member might take for its own, nor null, which begins a history read anew. */
    @Test
    @Requirement(value = "I3", protocol = Protocol.UA)
    void pointsOfAnotherLinkAndForeignOnesReachTheMemberAsOneThatItCannotKnow() {
        ByteString[] points = {
            new ByteString(Samples.hex(STAMP_HEX + "01")),
            new ByteString(Samples.hex("c905040302010000 01")),
            new ByteString(Samples.hex("c805040302010001 01")),
            new ByteString(Samples.hex(STAMP_HEX)),
            new ByteString(Samples.hex("01")),
        };
        ByteString unknown =
                new ByteString("Tandem: not a continuation point of this session".getBytes(StandardCharsets.US_ASCII));
        ByteString[] expected = {new ByteString(new byte[] {1}), unknown, unknown, unknown, unknown};

        assertThat(ContinuationPoints.unwrap(browseNext(points), STAMP).body())
                .isEqualTo(browseNext(expected).body());
        assertThat(ContinuationPoints.unwrap(historyRead(points), STAMP).body())
                .isEqualTo(historyRead(expected).body());
    }

    /** A history read that begins has no point: that is for any member. */
    @Test
    void requestsWithoutPointsAreNotTouched() {
        RawRequest begin = historyRead(ByteString.NULL_VALUE, new ByteString(new byte[0]));
        RawRequest browse = Messages.request(RawType.BROWSE, 0, 1);

        assertThat(ContinuationPoints.present(begin)).isFalse();
        assertThat(ContinuationPoints.present(browse)).isFalse();
        assertThat(ContinuationPoints.unwrap(begin, STAMP)).isSameAs(begin);
        assertThat(ContinuationPoints.unwrap(browse, STAMP)).isSameAs(browse);
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void everyPrefixAndEveryChangedByteIsAMessageOrMalformed() {
        for (RawType type : List.of(RawType.BROWSE, RawType.BROWSE_NEXT, RawType.HISTORY_READ)) {
            List<byte[]> responses =
                    List.of(Messages.response(type, true, 0, 2, 3).body());
            Fuzz.prefixesAreMalformed(responses, body -> wrap(type, body));
            Fuzz.changesAreValuesOrMalformed(responses, body -> wrap(type, body));
        }
        for (RawType type : List.of(RawType.BROWSE_NEXT, RawType.HISTORY_READ)) {
            List<byte[]> requests = List.of(Messages.request(type, 0, 2, 3).body());
            Fuzz.prefixesAreMalformed(requests, body -> unwrap(type, body));
            Fuzz.changesAreValuesOrMalformed(requests, body -> unwrap(type, body));
        }
    }

    private static void wrap(RawType type, byte[] body) {
        var response = new RawResponse(type, Samples.responseHeader(), body);
        assertThat(withoutStamps(ContinuationPoints.wrap(response, STAMP))).isEqualTo(body);
    }

    private static void unwrap(RawType type, byte[] body) {
        var request = new RawRequest(type, Samples.requestHeader(), body);
        RawRequest unwrapped = ContinuationPoints.unwrap(request, STAMP);
        assertThat(Operations.parse(unwrapped).size())
                .isEqualTo(Operations.parse(request).size());
    }

    private static RawRequest browseNext(ByteString... points) {
        return UaWire.raw(new BrowseNextRequest(Samples.requestHeader(), true, points));
    }

    private static RawRequest historyRead(ByteString... points) {
        return UaWire.raw(Messages.historyRead(Samples.requestHeader(), points));
    }

    /** The other way round, by itself: every point longer than nothing loses its first eight bytes. */
    private static byte[] withoutStamps(RawResponse wrapped) {
        Answers answers = Answers.parse(wrapped);
        byte[] body = wrapped.body();
        var out = new LeWriter(body.length);
        int copied = 0;
        for (int i = 0; i < answers.size(); i++) {
            int at = answers.result(i) + 4;
            int length = Le.i32(body, at);
            if (length > 0) {
                out.copy(body, copied, at).i32(length - 8);
                copied = at + 12;
            }
        }
        return out.copy(body, copied, body.length).bytes();
    }

    private static ByteString[] points(RawResponse response) {
        return switch (UaWire.decode(response)) {
            case BrowseResponse r -> points(r.getResults());
            case BrowseNextResponse r -> points(r.getResults());
            case HistoryReadResponse r ->
                Arrays.stream(Objects.requireNonNull(r.getResults()))
                        .map(HistoryReadResult::getContinuationPoint)
                        .toArray(ByteString[]::new);
            default -> throw new AssertionError(response);
        };
    }

    private static ByteString[] points(BrowseResult @org.jspecify.annotations.Nullable [] results) {
        return Arrays.stream(Objects.requireNonNull(results))
                .map(BrowseResult::getContinuationPoint)
                .toArray(ByteString[]::new);
    }
}
