package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.relay.ua.wire.Messages.REFUSED;
import static org.tandemopc.relay.ua.wire.UaValueBatchTest.bits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class OperationsTest {
    /** Golden against Milo: what it writes for two of three operations is what remains when one is taken out. */
    @ParameterizedTest
    @EnumSource(value = RawType.class, mode = EnumSource.Mode.EXCLUDE, names = "PUBLISH")
    void takingOperationsOutLeavesTheOthersAsTheyCame(RawType type) {
        RawRequest request = Messages.request(type, 0, 1, 3, 5);

        Operations operations = Operations.parse(request);

        assertThat(operations.size()).isEqualTo(4);
        assertThat(operations.without(bits(1, 3)).body())
                .isEqualTo(Messages.request(type, 0, 3).body());
        assertThat(operations.without(bits())).isSameAs(request);
        assertThatThrownBy(() -> operations.without(bits(0, 1, 2, 3))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(value = RawType.class, mode = EnumSource.Mode.EXCLUDE, names = "PUBLISH")
    @Requirement(value = "I6", protocol = Protocol.UA)
    void mergedAnswersAreInTheClientsOrderAndTheMembersByteForByte(RawType type) {
        Operations operations = Operations.parse(Messages.request(type, 0, 1, 3, 5));
        for (boolean diagnostics : new boolean[] {false, true}) {
            RawResponse fromMember = Messages.response(type, diagnostics, 0, 3);

            RawResponse merged = operations.merge(fromMember, fromMember.header(), bits(1, 3), REFUSED);

            assertThat(merged.body())
                    .isEqualTo(
                            Messages.response(type, diagnostics, 0, -1, 3, -1).body());
        }
    }

    @ParameterizedTest
    @EnumSource(value = RawType.class, mode = EnumSource.Mode.EXCLUDE, names = "PUBLISH")
    void answersWithoutAMemberAreLocalAlone(RawType type) {
        Operations operations = Operations.parse(Messages.request(type, 0, 1));
        byte[] expected = Messages.response(type, false, -1, -1).body();

        assertThat(operations
                        .merge(null, Samples.responseHeader(), bits(0, 1), REFUSED)
                        .body())
                .isEqualTo(expected);
        assertThat(operations.uniform(Samples.responseHeader(), REFUSED, null).body())
                .isEqualTo(expected);
    }

    @Test
    @Requirement(value = "S3", protocol = Protocol.UA)
    void aDigestNamesTheFirstNodesAndHashesTheirValuesAsTheyAreOnTheWire() {
        WriteValue[] values = new WriteValue[OperationDigest.NAMED_MAX + 1];
        for (int i = 0; i < values.length; i++) {
            String id = i == 1 ? "a b".repeat(100) : "n" + i;
            DataValue value = i == 2
                    ? new DataValue(Variant.NULL_VALUE)
                    : new DataValue(Variant.ofDouble(i == 3 ? 0 : i), StatusCode.GOOD, DateTime.now());
            values[i] = new WriteValue(new NodeId(2, id), Unsigned.uint(13), i == 4 ? "1:2" : null, value);
        }
        OperationDigest digest = OperationDigest.of(UaWire.raw(new WriteRequest(header(), values)));

        String[] nodes = digest.nodes().split(" ");
        String[] hashes = digest.hashes().split(" ");
        assertThat(digest.operations()).isEqualTo(OperationDigest.NAMED_MAX + 1);
        assertThat(nodes).hasSize(OperationDigest.NAMED_MAX).contains("ns=2;s=n0", "ns=2;s=n19");
        assertThat(nodes[1])
                .hasSize(OperationDigest.NODE_LENGTH_MAX + 1)
                .startsWith("ns=2;s=a_ba_b")
                .endsWith("…");
        byte[] zero = {11, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(hashes).hasSize(OperationDigest.NAMED_MAX);
        assertThat(hashes[0])
                .isEqualTo(OperationDigest.hash(zero, 0, zero.length))
                .isEqualTo(hashes[3])
                .isNotEqualTo(hashes[4])
                .matches("[0-9a-f]{16}");
        assertThat(hashes[2])
                .as("of the null Variant, or none")
                .matches("-|[0-9a-f]{16}")
                .isNotEqualTo(hashes[0]);
    }

    @Test
    @Requirement(value = "S3", protocol = Protocol.UA)
    void aDigestOfCallsNamesMethodsAndOfReadsNothing() {
        CallMethodRequest call = new CallMethodRequest(
                new NodeId(2, "pump"), new NodeId(2, "start"), new Variant[] {Variant.ofString("a")});
        OperationDigest digest =
                OperationDigest.of(UaWire.raw(new CallRequest(header(), new CallMethodRequest[] {call})));
        byte[] arguments = {1, 0, 0, 0, 12, 1, 0, 0, 0, 'a'};

        assertThat(digest)
                .isEqualTo(
                        new OperationDigest(1, "ns=2;s=start", OperationDigest.hash(arguments, 0, arguments.length)));
        assertThat(OperationDigest.of(Messages.request(RawType.READ, 0, 1))).isEqualTo(OperationDigest.NONE);
        assertThat(OperationDigest.of(Messages.request(RawType.HISTORY_UPDATE, 0))
                        .operations())
                .isOne();
    }

    private static RequestHeader header() {
        return Messages.request(RawType.WRITE, 0).header();
    }

    /** A member that answers too little or too much must not shift one operation's result to another. */
    @ParameterizedTest
    @EnumSource(value = RawType.class, mode = EnumSource.Mode.EXCLUDE, names = "PUBLISH")
    @Requirement(value = "I3", protocol = Protocol.UA)
    void anotherNumberOfResultsThanAskedForIsMalformed(RawType type) {
        Operations operations = Operations.parse(Messages.request(type, 0, 1, 3));
        for (RawResponse wrong : List.of(
                Messages.response(type, false, 0),
                Messages.response(type, false, 0, 1, 3),
                Messages.response(type, false))) {
            assertThatThrownBy(() -> operations.merge(wrong, wrong.header(), bits(1), REFUSED))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(value = RawType.class, mode = EnumSource.Mode.EXCLUDE, names = "PUBLISH")
    @Requirement(value = "I3", protocol = Protocol.UA)
    void anotherServicesResponseIsNoAnswer(RawType type) {
        Operations operations = Operations.parse(Messages.request(type, 0, 1));
        RawType other = type == RawType.READ ? RawType.WRITE : RawType.READ;
        RawResponse wrong = Messages.response(other, false, 0);

        assertThatThrownBy(() -> operations.merge(wrong, wrong.header(), bits(1), REFUSED))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> UpstreamPublish.parse(wrong)).isInstanceOf(MalformedException.class);
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void everyPrefixAndEveryChangedByteOfARequestIsAValueOrMalformed() {
        for (RawType type : Messages.SERVICES) {
            List<byte[]> vectors = List.of(
                    Messages.request(type, 0, 1, 2, 3, 4, 5, 6, 7).body(),
                    Messages.request(type).body());
            Fuzz.prefixesAreMalformed(vectors, body -> decodeRequest(type, body));
            Fuzz.changesAreValuesOrMalformed(vectors, body -> decodeRequest(type, body));
        }
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void everyPrefixAndEveryChangedByteOfAResponseIsAValueOrMalformed() {
        for (RawType type : Messages.SERVICES) {
            List<byte[]> vectors = List.of(
                    Messages.response(type, true, 0, 1, 2, -1).body(),
                    Messages.response(type, false).body());
            Fuzz.prefixesAreMalformed(vectors, body -> decodeResponse(type, body));
            Fuzz.changesAreValuesOrMalformed(vectors, body -> decodeResponse(type, body));
        }
    }

    /** Also those that Milo's decoder answers with a NullPointerException or worse. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void foreignVariantsInAResponseAreDecodedOrMalformed() {
        var all = new ArrayList<>(Samples.foreignVariants().values());
        all.addAll(Samples.variants().values());
        int values = 0;
        for (byte[] variant : all) {
            byte[] value = Samples.dataValue(0x3F, variant);
            byte[] body =
                    new LeWriter(64).i32(1).copy(value, 0, value.length).i32(-1).bytes();
            values += Fuzz.isValue(body, b -> decodeResponse(RawType.READ, b)) ? 1 : 0;
        }
        assertThat(values).isBetween(Samples.variants().size(), all.size() - 1);
    }

    private static void decodeRequest(RawType type, byte[] body) {
        var request = new RawRequest(type, Samples.requestHeader(), body);
        assertThat(Operations.parse(request).size()).isNotNegative();
        assertThat(UaWire.decode(request)).isNotNull();
    }

    private static void decodeResponse(RawType type, byte[] body) {
        var response = new RawResponse(type, Samples.responseHeader(), body);
        assertThat(Answers.parse(response).size()).isNotNegative();
        assertThat(UaWire.decode(response)).isNotNull();
    }

    @Nested
    class Reads {
        @Test
        void theNodesAreTold() {
            ReadBody read = ReadBody.parse(Messages.request(RawType.READ, 0, 1, 2, 3, 4, 5, 6, 7));

            assertThat(read.maxAge()).isEqualTo(12.5);
            assertThat(read.timestampsToReturn()).isEqualTo(TimestampsToReturn.Server);
            assertThat(read.size()).isEqualTo(8);
            assertThat(List.of(read.ns0Node(0), read.ns0Node(1), read.ns0Node(2), read.ns0Node(3), read.ns0Node(4)))
                    .containsExactly(85, 2259, -1, 70_000, -1);
            assertThat(read.attribute(3)).isEqualTo(16);
            assertThat(read.hasIndexRange(0)).isTrue();
            assertThat(read.touches(id -> id == 2259)).isTrue();
            assertThat(read.touches(id -> id == 2260)).isFalse();
            assertThat(read.on(id -> id == 2259 || id == 70_000)).isEqualTo(bits(1, 3));
            var typed = (ReadRequest) UaWire.decode(read.request());
            assertThat(read.node(5)).isEqualTo(Objects.requireNonNull(typed.getNodesToRead())[5]);
        }

        @Test
        void ownValuesAreMergedBetweenTheMembers() {
            RawResponse fromMember = Messages.response(RawType.READ, true, 0, 3);
            DataValue own = Samples.dataValue(new Variant(1));

            RawResponse merged = ReadAnswer.merge(
                    fromMember, fromMember.header(), bits(1), new @Nullable DataValue[] {null, own, null});

            assertThat(merged.body()).startsWith(3, 0, 0, 0);
            byte[] expected = Messages.response(RawType.READ, true, 0, 1, 3).body();
            // the DiagnosticInfo of the own value is empty, the member's are as they were
            assertThat(Answers.parse(merged).size()).isEqualTo(3);
            int values = Answers.parse(merged).result(3);
            assertThat(Arrays.copyOf(merged.body(), values)).isEqualTo(Arrays.copyOf(expected, values));
        }

        @Test
        void oneStatusForAllNodes() {
            assertThat(ReadAnswer.allBad(Samples.responseHeader(), 3, REFUSED).body())
                    .isEqualTo(
                            Messages.response(RawType.READ, false, -1, -1, -1).body());
        }

        @Test
        void anEmptyIndexRangeIsNone() {
            for (@Nullable String none : new @Nullable String[] {null, ""}) {
                var request = new ReadRequest(Samples.requestHeader(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                    new ReadValueId(PublishTest.node(1), Unsigned.uint(13), none, QualifiedName.NULL_VALUE)
                });
                assertThat(ReadBody.parse(UaWire.raw(request)).hasIndexRange(0)).isFalse();
            }
        }

        @Test
        void timestampsThatAreNoneAreInvalid() {
            byte[] body = Messages.request(RawType.READ, 0).body().clone();
            body[8] = 77;
            assertThat(ReadBody.parse(new RawRequest(RawType.READ, Samples.requestHeader(), body))
                            .timestampsToReturn())
                    .isEqualTo(TimestampsToReturn.Invalid);
        }
    }

    @Nested
    class WritesAndCalls {
        @Test
        void theNodesOfWritesAreTold() {
            WriteBody write = WriteBody.parse(Messages.request(RawType.WRITE, 0, 2, 3));

            assertThat(List.of(write.ns0Node(0), write.ns0Node(1), write.ns0Node(2)))
                    .containsExactly(85, -1, 70_000);
            assertThat(write.attribute(0)).isEqualTo(13);
            assertThat(write.on(id -> id == 70_000)).isEqualTo(bits(2));
            assertThat(write.touches(id -> id == 1)).isFalse();
        }

        @Test
        void theMethodsOfCallsAreToldAndCanBeReplaced() {
            CallBody call = CallBody.parse(Messages.request(RawType.CALL, 0, 1, 2));

            assertThat(call.ns0Object(1)).isEqualTo(2259);
            assertThat(call.ns0Method(1)).isEqualTo(3876);
            assertThat(call.of(id -> id == 3876)).isEqualTo(bits(1));
            assertThat(call.touches(id -> id == 85)).isTrue();
            assertThat(call.call(1)).isEqualTo(Messages.call(1));
            assertThat(call.with(1, Messages.call(1)).body())
                    .isEqualTo(call.request().body());
            var other = new CallMethodRequest(
                    call.call(1).getObjectId(),
                    call.call(1).getMethodId(),
                    new Variant[] {new Variant(Unsigned.uint(99))});
            var typed = (CallRequest) UaWire.decode(call.with(1, other));
            assertThat(typed.getMethodsToCall()).containsExactly(Messages.call(0), other, Messages.call(2));
        }

        @Test
        void anUnknownOutcomeSaysSoPerOperationIfTheClientWantsToKnow() {
            WriteBody write = WriteBody.parse(Messages.request(RawType.WRITE, 0, 1));

            var response = (WriteResponse) UaWire.decode(write.uniform(Samples.responseHeader(), REFUSED, "unknown"));

            assertThat(response.getResults()).containsExactly(REFUSED, REFUSED);
            var info = new DiagnosticInfo(-1, -1, -1, -1, "unknown", null, null);
            assertThat(response.getDiagnosticInfos()).containsExactly(info, info);
        }

        @Test
        void noDiagnosticsForAClientThatDidNotAsk() {
            RequestHeader asked = Samples.requestHeader();
            var quiet = new RequestHeader(
                    asked.getAuthenticationToken(),
                    asked.getTimestamp(),
                    asked.getRequestHandle(),
                    Unsigned.uint(0x37F),
                    null,
                    asked.getTimeoutHint(),
                    asked.getAdditionalHeader());
            CallBody call = CallBody.parse(Messages.request(RawType.CALL, 0, 1).withHeader(quiet));

            var response = (CallResponse) UaWire.decode(call.uniform(Samples.responseHeader(), REFUSED, "unknown"));

            assertThat(response.getDiagnosticInfos()).isNull();
            assertThat(Objects.requireNonNull(response.getResults()))
                    .extracting(r -> r.getStatusCode())
                    .containsExactly(REFUSED, REFUSED);
        }

        @Test
        void anotherServicesRequestIsRefused() {
            RawRequest read = Messages.request(RawType.READ, 0);
            assertThatThrownBy(() -> WriteBody.parse(read)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> CallBody.parse(read)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ReadBody.parse(Messages.request(RawType.CALL, 0)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
