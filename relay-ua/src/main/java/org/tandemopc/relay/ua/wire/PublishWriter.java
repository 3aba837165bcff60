package org.tandemopc.relay.ua.wire;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes PublishResponses to clients (OPC UA Part 4, 5.14.5): the members' bytes under the client's handles. Where the
 * client wants both timestamps, entries are copied as a block and only the four bytes of each handle are patched.
 */
public final class PublishWriter {
    /** All fields of fixed size, and the wrapping of one notification. */
    private static final int FIXED_BYTES = 64;

    private static final int WRAPPING_BYTES = 17;

    private PublishWriter() {}

    /**
     * Consecutive batches of one kind become one notification.
     *
     * @param sequenceNumber of this message; of a keep-alive (no batches, no status change) the next one's
     * @param statusChange what a StatusChangeNotification after the values says; null = none
     * @param results one per acknowledgement of the request
     * @throws IllegalArgumentException if a number is not a UInt32
     */
    public static RawResponse response(
            ResponseHeader header,
            long subscriptionId,
            long[] availableSequenceNumbers,
            boolean moreNotifications,
            long sequenceNumber,
            DateTime publishTime,
            List<UaValueBatch> batches,
            @Nullable StatusCode statusChange,
            StatusCode[] results,
            HandleMap handles) {
        int expected = FIXED_BYTES + 4 * (availableSequenceNumbers.length + results.length);
        for (UaValueBatch batch : batches) {
            expected += batch.entryBytes() + WRAPPING_BYTES;
        }
        var out = new LeWriter(expected);
        out.u32(subscriptionId).i32(availableSequenceNumbers.length);
        for (long number : availableSequenceNumbers) {
            out.u32(number);
        }
        out.u8(moreNotifications ? 1 : 0).u32(sequenceNumber).i64(publishTime.getUtcTime());
        writeNotifications(out, batches, statusChange, handles);
        out.i32(results.length);
        for (StatusCode result : results) {
            out.status(result);
        }
        // no diagnosticInfos: a null array
        out.i32(-1);
        return new RawResponse(RawType.PUBLISH, header, out.bytes());
    }

    private static void writeNotifications(
            LeWriter out, List<UaValueBatch> batches, @Nullable StatusCode statusChange, HandleMap handles) {
        int countAt = out.position();
        out.i32(0);
        int notifications = 0;
        for (int from = 0; from < batches.size(); notifications++) {
            from = writeRun(out, batches, from, handles);
        }
        if (statusChange != null) {
            // a status and an empty DiagnosticInfo
            out.binaryBodyOf(UpstreamPublish.STATUS_CHANGE_NOTIFICATION).i32(5);
            out.status(statusChange).u8(0);
            notifications++;
        }
        out.patchI32(countAt, notifications);
    }

    /** @return the first batch that is of another kind than the one at {@code from} */
    private static int writeRun(LeWriter out, List<UaValueBatch> batches, int from, HandleMap handles) {
        UaValueBatch.Kind kind = batches.get(from).kind();
        out.binaryBodyOf(
                kind == UaValueBatch.Kind.VALUES
                        ? UpstreamPublish.DATA_CHANGE_NOTIFICATION
                        : UpstreamPublish.EVENT_NOTIFICATION_LIST);
        int lengthAt = out.position();
        out.i32(0).i32(0);
        int entries = 0;
        int next = from;
        for (; next < batches.size() && batches.get(next).kind() == kind; next++) {
            entries += batches.get(next).writeTo(out, handles);
        }
        if (kind == UaValueBatch.Kind.VALUES) {
            out.i32(-1);
        }
        out.patchI32(lengthAt, out.position() - lengthAt - 4);
        out.patchI32(lengthAt + 4, entries);
        return next;
    }
}
