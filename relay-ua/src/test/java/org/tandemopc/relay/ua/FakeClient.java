package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFieldList;
import org.eclipse.milo.opcua.stack.core.types.structured.EventNotificationList;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.front.FrontSession;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.RawType;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * A client of a pair, behind the front door: sends what the door would hand on, keeps Publish requests open, acknowledges
 * what it gets, and checks the numbers of what it gets as a strict client would.
 */
@NullUnmarked
final class FakeClient {
    private static final NodeId TOKEN = new NodeId(0, 4711);

    /** A value as the client got it. */
    record Received(long atMs, int subscription, String node, DataValue value) {
        long number() {
            return value.getValue().getValue() instanceof Long n ? n : Long.MIN_VALUE;
        }

        boolean isOverflow() {
            return (value.getStatusCode().value() & 0x480) == 0x480;
        }

        StatusCode status() {
            return value.getStatusCode();
        }
    }

    /** An answer that may still be under way. */
    final class Answer {
        private final CompletableFuture<UaResponseMessageType> future;

        Answer(CompletableFuture<UaResponseMessageType> future) {
            this.future = future;
        }

        boolean isThere() {
            return future.isDone();
        }

        <T extends UaResponseMessageType> T get(Class<T> type) {
            if (!future.isDone()) {
                throw new AssertionError("no answer yet at " + world.time.ms() + " ms");
            }
            UaResponseMessageType response = future.join();
            return type.cast(response instanceof RawResponse raw ? UaWire.decode(raw) : response);
        }

        /** The service result: of a fault its own. */
        StatusCode status() {
            if (!future.isDone()) {
                throw new AssertionError("no answer yet at " + world.time.ms() + " ms");
            }
            if (future.isCompletedExceptionally()) {
                Throwable cause = Callbacks.unwrap(future.exceptionNow());
                return UaException.extractStatusCode(cause).orElseThrow(() -> new AssertionError(cause));
            }
            return future.join().getResponseHeader().getServiceResult();
        }
    }

    final RedundantPair world;
    final FrontSession session;
    final List<Received> received = new ArrayList<>();
    /** Of each event the first field. */
    final List<String> events = new ArrayList<>();

    final List<StatusCode> statusChanges = new ArrayList<>();
    final List<StatusCode> publishFaults = new ArrayList<>();
    int keepAlives;

    @Nullable
    CompletableFuture<StatusCode> activation;

    /** Publish requests that are kept open; 0 = a client that does not publish. */
    int publishRequests = 5;

    long publishTimeoutMs;
    private int open;
    private boolean paused;
    private long lastHandle;
    private final Map<Long, String> nodes = new HashMap<>();
    private final Map<Integer, Long> lastNumber = new HashMap<>();
    private final Set<Integer> subscriptions = new HashSet<>();
    private List<SubscriptionAcknowledgement> acknowledgements = new ArrayList<>();
    boolean acknowledges = true;

    FakeClient(RedundantPair world, FrontSession session) {
        this.world = world;
        this.session = session;
    }

    // ---- the session

    void login() {
        login(new UserIdentity.Anonymous());
    }

    void login(UserIdentity identity) {
        activation = session.activate(identity, new String[] {"en"});
        world.time.settle();
    }

    static UserIdentity user(String name) {
        return new UserIdentity.UserName(name, new byte[] {1, 2, 3});
    }

    boolean isLoggedIn() {
        return activation != null && activation.isDone() && activation.join().isGood();
    }

    StatusCode loginStatus() {
        if (activation == null || !activation.isDone()) {
            throw new AssertionError("login is not answered at " + world.time.ms() + " ms");
        }
        return activation.join();
    }

    RequestHeader header() {
        return header(10_000, 0);
    }

    RequestHeader header(long timeoutMs, int diagnostics) {
        return new RequestHeader(
                TOKEN, DateTime.now(), uint(++lastHandle), uint(diagnostics), null, uint(timeoutMs), null);
    }

    /** As the door hands it on. */
    Answer send(UaRequestMessageType request) {
        boolean raw = Arrays.stream(RawType.values())
                .anyMatch(t ->
                        t.hasRawRequest() && request.getClass().getSimpleName().equals(t.serviceName() + "Request"));
        Answer answer = new Answer(session.handle(raw ? UaWire.raw(request) : request));
        world.time.settle();
        return answer;
    }

    /** Sends and lets a little time pass, so that the answer of a healthy pair is there. */
    <T extends UaResponseMessageType> T ask(UaRequestMessageType request, Class<T> type) {
        Answer answer = send(request);
        world.time.run(50);
        return answer.get(type);
    }

    // ---- services on nodes

    static ReadValueId readValue(String node) {
        return readValue(FakeMember.node(node));
    }

    static ReadValueId readValue(NodeId node) {
        return new ReadValueId(node, AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE);
    }

    Answer read(String... names) {
        return send(new ReadRequest(
                header(),
                0.0,
                TimestampsToReturn.Both,
                Arrays.stream(names).map(FakeClient::readValue).toArray(ReadValueId[]::new)));
    }

    DataValue readNow(NodeId node) {
        return ask(
                        new ReadRequest(header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {readValue(node)}),
                        ReadResponse.class)
                .getResults()[0];
    }

    Answer write(String... names) {
        return write(10_000, names);
    }

    Answer write(long timeoutMs, String... names) {
        return send(new WriteRequest(
                header(timeoutMs, 0x3FF),
                Arrays.stream(names)
                        .map(n -> new WriteValue(
                                FakeMember.node(n),
                                AttributeId.Value.uid(),
                                null,
                                DataValue.valueOnly(Variant.ofInt64(7))))
                        .toArray(WriteValue[]::new)));
    }

    Answer call(String... arguments) {
        return call(
                FakeMember.node("method"),
                Arrays.stream(arguments).map(Variant::ofString).toArray(Variant[]::new));
    }

    Answer call(NodeId method, Variant... arguments) {
        return send(new CallRequest(header(10_000, 0x3FF), new CallMethodRequest[] {
            new CallMethodRequest(
                    method.getNamespaceIndex().intValue() == 0 ? NodeIds.Server : FakeMember.node("object"),
                    method,
                    arguments)
        }));
    }

    // ---- subscriptions

    int subscribe(double publishingMs) {
        return subscribe(publishingMs, 0, 1_000);
    }

    int subscribe(double publishingMs, long keepAlive, long lifetime) {
        Answer answer = send(new CreateSubscriptionRequest(
                header(), publishingMs, uint(lifetime), uint(keepAlive), uint(0), true, ubyte(0)));
        world.time.run(50);
        if (!answer.isThere()) {
            // A standby that does not answer is waited for a while.
            world.time.run(500);
        }
        CreateSubscriptionResponse made = answer.get(CreateSubscriptionResponse.class);
        int id = made.getSubscriptionId().intValue();
        subscriptions.add(id);
        publish();
        return id;
    }

    /** The client takes part in a subscription that it did not make. */
    void adopt(int subscription) {
        subscriptions.add(subscription);
        publish();
    }

    static MonitoredItemCreateRequest item(String node, long handle, double samplingMs, long queue) {
        return item(readValue(node), handle, samplingMs, queue, MonitoringMode.Reporting);
    }

    static MonitoredItemCreateRequest item(
            ReadValueId node, long handle, double samplingMs, long queue, MonitoringMode mode) {
        return new MonitoredItemCreateRequest(
                node, mode, new MonitoringParameters(uint(handle), samplingMs, null, uint(queue), true));
    }

    MonitoredItemCreateResult[] items(int subscription, MonitoredItemCreateRequest... wanted) {
        for (MonitoredItemCreateRequest w : wanted) {
            nodes.put(
                    w.getRequestedParameters().getClientHandle().longValue(),
                    String.valueOf(w.getItemToMonitor().getNodeId().getIdentifier()));
        }
        return ask(
                        new CreateMonitoredItemsRequest(header(), uint(subscription), TimestampsToReturn.Both, wanted),
                        CreateMonitoredItemsResponse.class)
                .getResults();
    }

    /** Items with queues of 10, with handles 1, 2, … */
    List<UInteger> monitor(int subscription, String... names) {
        MonitoredItemCreateRequest[] wanted = new MonitoredItemCreateRequest[names.length];
        for (int i = 0; i < names.length; i++) {
            wanted[i] = item(names[i], nodes.size() + 1L, 100, 10);
            nodes.put(nodes.size() + 1L, names[i]);
        }
        return Arrays.stream(items(subscription, wanted))
                .map(MonitoredItemCreateResult::getMonitoredItemId)
                .toList();
    }

    void know(long handle, String node) {
        nodes.put(handle, node);
    }

    // ---- publishing

    /** The client's own code is busy: what was sent is answered, nothing new is sent. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        publish();
    }

    void publish() {
        while (!paused && open < publishRequests && !subscriptions.isEmpty()) {
            open++;
            SubscriptionAcknowledgement[] acks = acknowledgements.toArray(new SubscriptionAcknowledgement[0]);
            acknowledgements = new ArrayList<>();
            var unused = session.handle(new PublishRequest(header(publishTimeoutMs, 0), acks))
                    .whenComplete((response, error) -> {
                        open--;
                        try {
                            if (error != null) {
                                publishFailed(error);
                            } else {
                                published((RawResponse) response);
                            }
                        } catch (RuntimeException | AssertionError e) {
                            world.time.fail(e);
                        }
                    });
        }
    }

    private void publishFailed(Throwable error) {
        StatusCode status =
                UaException.extractStatusCode(Callbacks.unwrap(error)).orElse(StatusCode.BAD);
        publishFaults.add(status);
        if (status.value() == StatusCodes.Bad_Timeout) {
            world.time.loop().execute(this::publish);
        }
    }

    /** Of each message with something in it, whether it is followed by more at once. */
    final List<Boolean> more = new ArrayList<>();

    private void published(RawResponse raw) {
        PublishResponse response = (PublishResponse) UaWire.decode(raw);
        int subscription = response.getSubscriptionId().intValue();
        NotificationMessage message = response.getNotificationMessage();
        long number = message.getSequenceNumber().longValue();
        ExtensionObject[] content = message.getNotificationData();
        if (content != null && content.length > 0) {
            more.add(response.getMoreNotifications());
        }
        long expected = lastNumber.getOrDefault(subscription, 0L) + 1;
        if (number != expected) {
            throw new AssertionError("message " + number + " instead of " + expected);
        }
        if (content == null || content.length == 0) {
            keepAlives++;
        } else {
            // What tells of a transfer has a number that the other session goes on with.
            if (!(content[0].decode(UaWire.plainContext()) instanceof StatusChangeNotification)) {
                lastNumber.put(subscription, number);
            }
            if (acknowledges) {
                acknowledgements.add(new SubscriptionAcknowledgement(uint(subscription), uint(number)));
            }
            for (ExtensionObject notification : content) {
                take(subscription, notification.decode(UaWire.plainContext()));
            }
        }
        world.time.loop().execute(this::publish);
    }

    /** The numbers of a transferred subscription go on. */
    void numbersFrom(int subscription, long last) {
        lastNumber.put(subscription, last);
    }

    long lastNumber(int subscription) {
        return lastNumber.getOrDefault(subscription, 0L);
    }

    private void take(int subscription, Object notification) {
        switch (notification) {
            case DataChangeNotification data -> {
                for (MonitoredItemNotification n : data.getMonitoredItems()) {
                    received.add(new Received(
                            world.time.ms(),
                            subscription,
                            nodes.getOrDefault(n.getClientHandle().longValue(), "?" + n.getClientHandle()),
                            n.getValue()));
                }
            }
            case EventNotificationList list -> {
                for (EventFieldList event : list.getEvents()) {
                    events.add(String.valueOf(event.getEventFields()[0].getValue()));
                }
            }
            case StatusChangeNotification status -> {
                statusChanges.add(status.getStatus());
                subscriptions.remove(subscription);
            }
            default -> throw new AssertionError("notification " + notification);
        }
    }

    // ---- what came

    List<Received> of(String node) {
        return received.stream().filter(r -> r.node().equals(node)).toList();
    }

    List<Long> numbers(String node) {
        return of(node).stream().map(Received::number).toList();
    }

    List<StatusCode> bad(String node) {
        return of(node).stream().map(Received::status).filter(StatusCode::isBad).toList();
    }

    void forget() {
        received.clear();
    }
}
