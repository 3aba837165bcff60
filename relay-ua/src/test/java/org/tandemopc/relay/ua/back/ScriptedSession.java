package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ServiceFault;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * A session whose server does what the test says: at once, unless told otherwise. Everything on the loop, except what
 * the test asks for afterwards.
 */
final class ScriptedSession implements MemberSession {
    private record Parked(PublishRequest request, CompletableFuture<UaResponseMessageType> answer) {}

    private final EventLoop loop;
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();

    /** Simple names of the requests, without Publish. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** The requests themselves, without Publish. */
    final List<UaRequestMessageType> asked = new CopyOnWriteArrayList<>();

    /** Ids of items per call of CreateMonitoredItems. */
    final List<Integer> itemsPerCall = new CopyOnWriteArrayList<>();

    /** Answered by a fault of this code, by the simple name of the request. */
    final Map<String, Long> faults = new HashMap<>();

    /** Answered by a loss of the answer. */
    final List<String> unanswered = new ArrayList<>();

    /** Refused by the item's own result. */
    final Map<NodeId, Long> refused = new HashMap<>();

    double intervalMs = 100;
    long keepAliveCount = 50;
    double samplingMs = 0;
    Runnable beforeItemsAnswer = () -> {};
    private long nextSubscription = 1;
    private volatile boolean closed;

    ScriptedSession(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public int member() {
        return 0;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public String applicationUri() {
        return TestServer.URI;
    }

    @Override
    public NodeId authenticationToken() {
        return NodeId.NULL_VALUE;
    }

    @Override
    public RequestHeader header(long timeoutMs) {
        return new RequestHeader(NodeId.NULL_VALUE, DateTime.now(), uint(1), uint(0), null, uint(timeoutMs), null);
    }

    @Override
    public CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request, long timeoutMs) {
        if (timeoutMs <= 0) {
            throw new IllegalArgumentException("timeoutMs " + timeoutMs);
        }
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        String name = request.getClass().getSimpleName();
        if (!(request instanceof PublishRequest)) {
            requests.add(name);
            asked.add(request);
        }
        Long fault = faults.get(name);
        if (unanswered.contains(name)) {
            loop.execute(() -> answer.completeExceptionally(
                    LinkException.maybeSent(StatusCode.of(StatusCodes.Bad_Timeout), "no answer")));
        } else if (fault != null) {
            loop.execute(() -> answer.completeExceptionally(fault(fault)));
        } else if (request instanceof PublishRequest publish) {
            parked.addLast(new Parked(publish, answer));
        } else {
            UaResponseMessageType response = answer(request);
            loop.execute(() -> answer.complete(response));
        }
        return answer;
    }

    private static UaServiceFaultException fault(long code) {
        return new UaServiceFaultException(new ServiceFault(header(StatusCode.of(code))));
    }

    private static ResponseHeader header(StatusCode status) {
        return new ResponseHeader(DateTime.now(), uint(1), status, DiagnosticInfo.NULL_VALUE, new String[0], null);
    }

    private UaResponseMessageType answer(UaRequestMessageType request) {
        return switch (request) {
            case CreateSubscriptionRequest _ ->
                new CreateSubscriptionResponse(
                        header(StatusCode.GOOD),
                        uint(nextSubscription++),
                        intervalMs,
                        uint(1_000),
                        uint(keepAliveCount));
            case CreateMonitoredItemsRequest create -> {
                MonitoredItemCreateRequest[] items = create.getItemsToCreate();
                itemsPerCall.add(items == null ? 0 : items.length);
                beforeItemsAnswer.run();
                MonitoredItemCreateResult[] results = items == null
                        ? new MonitoredItemCreateResult[0]
                        : Arrays.stream(items).map(this::result).toArray(MonitoredItemCreateResult[]::new);
                yield new CreateMonitoredItemsResponse(header(StatusCode.GOOD), results, new DiagnosticInfo[0]);
            }
            case DeleteSubscriptionsRequest _ ->
                new DeleteSubscriptionsResponse(
                        header(StatusCode.GOOD), new StatusCode[] {StatusCode.GOOD}, new DiagnosticInfo[0]);
            default -> throw new AssertionError("unexpected " + request);
        };
    }

    private MonitoredItemCreateResult result(MonitoredItemCreateRequest item) {
        Long code = refused.get(item.getItemToMonitor().getNodeId());
        return new MonitoredItemCreateResult(
                code == null ? StatusCode.GOOD : StatusCode.of(code), uint(1), samplingMs, uint(1), null);
    }

    /** How many Publish requests wait. */
    int parked() {
        return parked.size();
    }

    void notify(long subscription, int handle, DataValue value) {
        notify(subscription, handle, value, 1);
    }

    /** So many times in one message. */
    void notify(long subscription, int handle, DataValue value, int times) {
        MonitoredItemNotification[] changes = new MonitoredItemNotification[times];
        Arrays.fill(changes, new MonitoredItemNotification(uint(handle), value));
        publish(subscription, new DataChangeNotification(changes, new DiagnosticInfo[0]));
    }

    void statusChange(long subscription, long code) {
        publish(subscription, new StatusChangeNotification(StatusCode.of(code), DiagnosticInfo.NULL_VALUE));
    }

    void keepAlive(long subscription) {
        publish(subscription);
    }

    private void publish(long subscription, UaStructuredType... bodies) {
        ExtensionObject[] data = Arrays.stream(bodies)
                .map(body -> ExtensionObject.encode(DefaultEncodingContext.INSTANCE, body))
                .toArray(ExtensionObject[]::new);
        parked.removeFirst()
                .answer()
                .complete(new PublishResponse(
                        header(StatusCode.GOOD),
                        uint(subscription),
                        new UInteger[0],
                        false,
                        new NotificationMessage(uint(1), DateTime.now(), data),
                        new StatusCode[0],
                        new DiagnosticInfo[0]));
    }

    /** All Publish requests that wait are answered so. */
    void faultPublish(long code) {
        List<Parked> all = List.copyOf(parked);
        parked.clear();
        all.forEach(each -> each.answer().completeExceptionally(fault(code)));
    }

    @Override
    public CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds, long timeoutMs) {
        throw new AssertionError("not here");
    }

    @Override
    public void onClosed(Consumer<LinkException> listener) {
        throw new AssertionError("not here");
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort() {
        closed = true;
    }
}
