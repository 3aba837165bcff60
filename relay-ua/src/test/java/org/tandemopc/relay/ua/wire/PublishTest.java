package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.relay.ua.wire.UaValueBatchTest.value;

import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFieldList;
import org.eclipse.milo.opcua.stack.core.types.structured.EventNotificationList;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class PublishTest {
    private static final Variant[] EVENT = {new Variant(new ByteString(new byte[] {1, 2})), new Variant("alarm")};

    @Nested
    class FromAMember {
        @Test
        void everythingButTheValuesIsRead() {
            UpstreamPublish publish = UpstreamPublish.parse(UaWire.raw(milo(
                    List.of(5L, 0xFFFF_FFFFL),
                    true,
                    values(value(1, 0, 10), value(2, 0, 20)),
                    events(),
                    status(StatusCodes.Bad_Timeout))));

            assertThat(publish.subscriptionId()).isEqualTo(42);
            assertThat(publish.availableSequenceNumbers()).containsExactly(5L, 0xFFFF_FFFFL);
            assertThat(publish.moreNotifications()).isTrue();
            assertThat(publish.sequenceNumber()).isEqualTo(6);
            assertThat(publish.publishTime()).isEqualTo(Samples.TIME);
            assertThat(publish.keepAlive()).isFalse();
            assertThat(publish.results())
                    .containsExactly(StatusCode.GOOD, new StatusCode(StatusCodes.Bad_SequenceNumberUnknown));
            assertThat(publish.content()).hasSize(3);
            UaValueBatch values = ((UpstreamPublish.Values) publish.content().get(0)).batch();
            assertThat(values.kind()).isEqualTo(UaValueBatch.Kind.VALUES);
            assertThat(values.item(1)).isEqualTo(1);
            assertThat(values.sourceTime(1)).isEqualTo(20);
            UaValueBatch events = ((UpstreamPublish.Values) publish.content().get(1)).batch();
            assertThat(events.kind()).isEqualTo(UaValueBatch.Kind.EVENTS);
            assertThat(events.item(0)).isEqualTo(9);
            assertThat(publish.content().get(2))
                    .isEqualTo(new UpstreamPublish.StatusChange(new StatusCode(StatusCodes.Bad_Timeout)));
        }

        @Test
        void noNotificationsAreAKeepAliveAndEmptyOnesAreNot() {
            assertThat(UpstreamPublish.parse(UaWire.raw(milo(List.of(), false))).keepAlive())
                    .isTrue();
            UpstreamPublish empty = UpstreamPublish.parse(UaWire.raw(milo(List.of(), false, values())));
            assertThat(empty.keepAlive()).isFalse();
            assertThat(empty.content()).isEmpty();
        }

        @Test
        void aNotificationOfAnUnknownKindIsSaidNotSwallowed() {
            UpstreamPublish publish = UpstreamPublish.parse(
                    UaWire.raw(milo(List.of(), false, Samples.structure(), values(value(1, 0, 1)))));

            assertThat(publish.content().get(0)).isEqualTo(new UpstreamPublish.Unrecognised(-1));
            assertThat(publish.content().get(1)).isInstanceOf(UpstreamPublish.Values.class);
        }

        @Test
        @Requirement(value = "I9", protocol = Protocol.UA)
        void everyPrefixAndEveryChangedByteIsAMessageOrMalformed() {
            List<byte[]> vectors = List.of(
                    UaWire.raw(milo(List.of(1L), false)).body(),
                    UaWire.raw(milo(
                                    List.of(1L, 2L),
                                    true,
                                    values(Samples.dataValue(new Variant(Samples.structure())), value(2, 0, 20)),
                                    events(),
                                    status(StatusCodes.Bad_Timeout)))
                            .body());
            Fuzz.prefixesAreMalformed(vectors, PublishTest::parse);
            Fuzz.changesAreValuesOrMalformed(vectors, PublishTest::parse);
        }

        @Test
        void bytesAfterTheEndAreRefused() {
            byte[] body = UaWire.raw(milo(List.of(), false)).body();
            byte[] longer = java.util.Arrays.copyOf(body, body.length + 1);
            assertThatThrownBy(() -> parse(longer)).isInstanceOf(MalformedException.class);
        }
    }

    @Nested
    class ToAClient {
        @Test
        @Requirement(value = "I6", protocol = Protocol.UA)
        void valuesGoOutByteForByteUnderTheClientsHandles() {
            List<byte[]> samples = Samples.dataValues();
            var batch = UaValueBatchTest.batch(samples.toArray(new byte[0][]));
            var handles = new Handles();
            var expected = new LeWriter(64);
            for (int i = 0; i < samples.size(); i++) {
                handles.with(i, 1_000_000 + i, TimestampsToReturn.Both);
                expected.i32(1_000_000 + i).copy(samples.get(i), 0, samples.get(i).length);
            }

            byte[] body = write(List.of(batch), null, handles).body();

            assertThat(entryBytes(body)).isEqualTo(expected.bytes());
        }

        /** Milo's own codec as the judge. */
        @Test
        void aClientReadsWhatTheMemberSent() {
            var expected = milo(
                    List.of(5L, 6L),
                    true,
                    values(value(1, 0, 10), Samples.dataValue(new Variant(Samples.structure()))),
                    events(),
                    status(StatusCodes.Bad_Timeout));
            UpstreamPublish upstream = UpstreamPublish.parse(UaWire.raw(expected));
            List<UaValueBatch> batches = upstream.content().stream()
                    .filter(c -> c instanceof UpstreamPublish.Values)
                    .map(c -> ((UpstreamPublish.Values) c).batch())
                    .toList();

            RawResponse response = PublishWriter.response(
                    Samples.responseHeader(),
                    42,
                    new long[] {5, 6},
                    true,
                    6,
                    Samples.TIME,
                    batches,
                    new StatusCode(StatusCodes.Bad_Timeout),
                    new StatusCode[] {StatusCode.GOOD, new StatusCode(StatusCodes.Bad_SequenceNumberUnknown)},
                    Handles.SAME);

            assertThat(UaWire.decode(response)).isEqualTo(expected);
            assertThat(response.body()).isEqualTo(UaWire.raw(expected).body());
        }

        @Test
        void aKeepAliveHasAnEmptyNotificationArray() {
            PublishResponse response = (PublishResponse) UaWire.decode(write(List.of(), null, Handles.SAME));

            assertThat(response.getNotificationMessage().getNotificationData()).isEmpty();
            assertThat(response.getNotificationMessage().getSequenceNumber()).isEqualTo(Unsigned.uint(6));
        }

        @Test
        void onlyTheTimestampsThatTheClientAskedForAreSent() {
            DataValue both = Samples.dataValue(new Variant(1));
            var batch = UaValueBatch.of(new int[] {1, 2, 3, 4}, new DataValue[] {both, both, both, both});
            var handles = new Handles()
                    .with(1, 11, TimestampsToReturn.Source)
                    .with(2, 12, TimestampsToReturn.Server)
                    .with(3, 13, TimestampsToReturn.Neither)
                    .with(4, 14, TimestampsToReturn.Both);

            MonitoredItemNotification[] items = items(write(List.of(batch), null, handles));

            assertThat(items).extracting(i -> i.getClientHandle().intValue()).containsExactly(11, 12, 13, 14);
            assertThat(items[0].getValue()).isEqualTo(stamped(both, Samples.TIME, DateTime.MIN_VALUE));
            assertThat(items[1].getValue()).isEqualTo(stamped(both, DateTime.MIN_VALUE, Samples.TIME));
            assertThat(items[2].getValue()).isEqualTo(stamped(both, DateTime.MIN_VALUE, DateTime.MIN_VALUE));
            assertThat(items[3].getValue()).isEqualTo(both);
        }

        @Test
        void strippingAnyMaskLeavesTheOtherFields() {
            byte[] variant = Samples.variant(new Variant("v"));
            for (int mask = 0; mask < 64; mask++) {
                for (TimestampsToReturn wanted :
                        List.of(TimestampsToReturn.Source, TimestampsToReturn.Server, TimestampsToReturn.Neither)) {
                    int drop = switch (wanted) {
                        case Source -> 0x28;
                        case Server -> 0x14;
                        default -> 0x3C;
                    };
                    var batch = UaValueBatchTest.batch(Samples.dataValue(mask, variant));
                    byte[] body = write(List.of(batch), null, new Handles().with(0, 5, wanted))
                            .body();
                    byte[] expected = Samples.dataValue(mask & ~drop, variant);
                    var entry = new LeWriter(16).i32(5).copy(expected, 0, expected.length);
                    assertThat(entryBytes(body)).as("mask %x, %s", mask, wanted).isEqualTo(entry.bytes());
                }
            }
        }

        @Test
        void consecutiveBatchesOfAKindBecomeOneNotification() {
            var values = UaValueBatch.of(new int[] {1}, new DataValue[] {value(1, 0, 1)});
            var events = UaValueBatchTest.event(2, EVENT);

            PublishResponse response = (PublishResponse)
                    UaWire.decode(write(List.of(values, values, events, events, values), null, Handles.SAME));

            ExtensionObject[] data =
                    Objects.requireNonNull(response.getNotificationMessage().getNotificationData());
            assertThat(data).hasSize(3);
            assertThat(((DataChangeNotification) data[0].decode(UaWire.plainContext())).getMonitoredItems())
                    .hasSize(2);
            assertThat(((EventNotificationList) data[1].decode(UaWire.plainContext())).getEvents())
                    .hasSize(2);
            assertThat(((DataChangeNotification) data[2].decode(UaWire.plainContext())).getMonitoredItems())
                    .hasSize(1);
        }

        @Test
        void itemsThatTheClientDeletedAreLeftOut() {
            var batch = UaValueBatch.of(new int[] {1, 2}, new DataValue[] {value(1, 0, 1), value(2, 0, 2)});
            var handles = new Handles().with(2, 22, TimestampsToReturn.Both);

            assertThat(items(write(List.of(batch), null, handles)))
                    .extracting(i -> i.getClientHandle().intValue())
                    .containsExactly(22);
        }
    }

    private static void parse(byte[] body) {
        UpstreamPublish parsed =
                UpstreamPublish.parse(new RawResponse(RawType.PUBLISH, Samples.responseHeader(), body));
        for (UpstreamPublish.Content content : parsed.content()) {
            if (content instanceof UpstreamPublish.Values(UaValueBatch batch)) {
                readAll(batch);
            }
        }
    }

    /** What was accepted must be usable. */
    private static void readAll(UaValueBatch batch) {
        long unused = batch.bytes();
        for (int i = 0; i < batch.size(); i++) {
            unused += batch.item(i) + batch.sourceTime(i) + batch.fingerprint(i) + (batch.overflow(i) ? 1 : 0);
        }
        var all = new java.util.BitSet();
        all.set(0, batch.size());
        batch = batch.select(all, all, new java.util.BitSet());
        assertThat(batch.writeTo(new LeWriter(16), Handles.SAME)).isEqualTo(batch.size());
    }

    private static RawResponse write(
            List<UaValueBatch> batches, @org.jspecify.annotations.Nullable StatusCode status, HandleMap handles) {
        return PublishWriter.response(
                Samples.responseHeader(),
                42,
                new long[] {6},
                false,
                6,
                Samples.TIME,
                batches,
                status,
                new StatusCode[0],
                handles);
    }

    private static byte[] entryBytes(byte[] publishBody) {
        // subscription, one available number, more, sequence number, time, array length, encoding id, body length,
        // count
        int start = 4 + 8 + 1 + 4 + 8 + 4 + 5 + 4 + 4;
        // DiagnosticInfos of the notification, results, DiagnosticInfos of the response
        return java.util.Arrays.copyOfRange(publishBody, start, publishBody.length - 12);
    }

    private static MonitoredItemNotification[] items(RawResponse response) {
        var message = ((PublishResponse) UaWire.decode(response)).getNotificationMessage();
        var data = Objects.requireNonNull(message.getNotificationData());
        var notification = (DataChangeNotification) data[0].decode(UaWire.plainContext());
        return Objects.requireNonNull(notification.getMonitoredItems());
    }

    private static DataValue stamped(DataValue value, DateTime source, DateTime server) {
        return new DataValue(
                value.value(),
                value.statusCode(),
                source,
                source.equals(DateTime.MIN_VALUE) ? null : value.sourcePicoseconds(),
                server,
                server.equals(DateTime.MIN_VALUE) ? null : value.serverPicoseconds());
    }

    private static PublishResponse milo(List<Long> available, boolean more, ExtensionObject... notifications) {
        return new PublishResponse(
                Samples.responseHeader(),
                Unsigned.uint(42),
                available.stream().map(Unsigned::uint).toArray(UInteger[]::new),
                more,
                new NotificationMessage(Unsigned.uint(6), Samples.TIME, notifications),
                new StatusCode[] {StatusCode.GOOD, new StatusCode(StatusCodes.Bad_SequenceNumberUnknown)},
                null);
    }

    private static ExtensionObject values(DataValue... values) {
        var items = new MonitoredItemNotification[values.length];
        for (int i = 0; i < values.length; i++) {
            items[i] = new MonitoredItemNotification(Unsigned.uint(i), values[i]);
        }
        return wrap(new DataChangeNotification(items, null));
    }

    private static ExtensionObject events() {
        return wrap(new EventNotificationList(new EventFieldList[] {new EventFieldList(Unsigned.uint(9), EVENT)}));
    }

    private static ExtensionObject status(long status) {
        return wrap(new StatusChangeNotification(new StatusCode(status), DiagnosticInfo.NULL_VALUE));
    }

    private static ExtensionObject wrap(UaStructuredType notification) {
        return ExtensionObject.encode(UaWire.plainContext(), notification);
    }

    static NodeId node(int id) {
        return new NodeId(2, id);
    }
}
