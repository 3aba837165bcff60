package org.tandemopc.relay.ua.wire;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;

/**
 * A member's PublishResponse (OPC UA Part 4, 5.14.5), read as far as a relay must: everything but the values.
 *
 * <pre>
 * size  field (after the response header)
 * 4     subscriptionId
 * ..    availableSequenceNumbers   UInt32[]
 * 1     moreNotifications
 * 4     notificationMessage.sequenceNumber
 * 8     notificationMessage.publishTime
 * ..    notificationMessage.notificationData   ExtensionObject[]
 * ..    results                    StatusCode[]
 * ..    diagnosticInfos            DiagnosticInfo[]
 * </pre>
 *
 * @param sequenceNumber of a keep-alive: the one that the next message will have
 * @param keepAlive whether the message carries no notification at all
 * @param content in the member's order; empty notifications are left out
 * @param results one per acknowledgement of the request
 */
public record UpstreamPublish(
        long subscriptionId,
        List<Long> availableSequenceNumbers,
        boolean moreNotifications,
        long sequenceNumber,
        DateTime publishTime,
        boolean keepAlive,
        List<Content> content,
        List<StatusCode> results) {

    /** Binary encoding ids of the notifications (Part 4, 7.25). */
    static final int DATA_CHANGE_NOTIFICATION = 811;

    static final int EVENT_NOTIFICATION_LIST = 916;
    static final int STATUS_CHANGE_NOTIFICATION = 820;

    /** One notification. */
    public sealed interface Content {}

    /** Data changes or events, by {@link UaValueBatch#kind}. */
    public record Values(UaValueBatch batch) implements Content {}

    /** The subscription changed its state: timed out, or transferred away. */
    public record StatusChange(StatusCode status) implements Content {}

    /**
     * A notification of a kind that Part 4 does not know, or without a binary body: what it says is lost.
     *
     * @param encodingId namespace-0 id of its encoding, or -1
     */
    public record Unrecognised(long encodingId) implements Content {}

    /** @throws MalformedException if it is no PublishResponse */
    public static UpstreamPublish parse(RawResponse response) {
        var in = new Walker(Answers.expect(response, RawType.PUBLISH).body());
        long subscriptionId = in.u32("subscriptionId");
        List<Long> available = sequenceNumbers(in);
        boolean more = in.u8("moreNotifications") != 0;
        long sequenceNumber = in.u32("sequenceNumber");
        var publishTime = new DateTime(in.i64("publishTime"));
        int notifications = in.count("notificationData", 3);
        List<Content> content = new ArrayList<>(Math.max(0, Math.min(notifications, 4)));
        for (int i = 0; i < notifications; i++) {
            notification(in, content);
        }
        List<StatusCode> results = statusCodes(in);
        Layout.skipDiagnosticInfos(in, "diagnosticInfos");
        in.end("PublishResponse");
        return new UpstreamPublish(
                subscriptionId, available, more, sequenceNumber, publishTime, notifications <= 0, content, results);
    }

    private static List<Long> sequenceNumbers(Walker in) {
        int count = in.count("availableSequenceNumbers", 4);
        List<Long> numbers = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            numbers.add(in.u32("availableSequenceNumbers"));
        }
        return numbers;
    }

    private static List<StatusCode> statusCodes(Walker in) {
        int count = in.count("results", 4);
        List<StatusCode> results = new ArrayList<>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            results.add(new StatusCode(in.i32("results")));
        }
        return results;
    }

    private static void notification(Walker in, List<Content> content) {
        int start = in.position();
        long encodingId = in.nodeId("notificationData");
        int encoding = in.u8("notificationData");
        int length = encoding == 1 ? in.count("notificationData", 1) : -1;
        if (length < 0) {
            in.seek(start);
            in.skipExtensionObject("notificationData");
            content.add(new Unrecognised(encodingId));
            return;
        }
        var body = new Walker(in.array(), in.position(), in.position() + length);
        in.skip(length, "notificationData");
        switch ((int) encodingId) {
            case DATA_CHANGE_NOTIFICATION -> {
                values(body, UaValueBatch.Kind.VALUES, content);
                Layout.skipDiagnosticInfos(body, "diagnosticInfos");
                body.end("DataChangeNotification");
            }
            case EVENT_NOTIFICATION_LIST -> {
                values(body, UaValueBatch.Kind.EVENTS, content);
                body.end("EventNotificationList");
            }
            case STATUS_CHANGE_NOTIFICATION -> {
                content.add(new StatusChange(new StatusCode(body.i32("status"))));
                body.skipDiagnosticInfo("diagnosticInfo");
                body.end("StatusChangeNotification");
            }
            default -> content.add(new Unrecognised(encodingId));
        }
    }

    private static void values(Walker body, UaValueBatch.Kind kind, List<Content> content) {
        int count = body.count(
                kind == UaValueBatch.Kind.VALUES ? "monitoredItems" : "events", UaValueBatch.entryBytesMin(kind));
        if (count > 0) {
            content.add(new Values(UaValueBatch.read(body, kind, count)));
        }
    }
}
