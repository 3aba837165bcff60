package org.tandemopc.it.client;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.sdk.client.SessionActivityListener;
import org.eclipse.milo.opcua.sdk.client.UaSession;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.tandemopc.testkit.Await;

/**
 * An unmodified Milo client that writes down every value, answer and event in the order in which the application gets
 * them; its threads are such that Milo does not mix up by itself what came in order ({@link AnswersInOrder}). Thread-safe.
 */
public final class StreamClient implements AutoCloseable {
    private static final Duration FIRST_VALUES_MAX = Duration.ofSeconds(30);
    /** Unique among all clients of this test, so that one ledger can hold the writes of several. */
    private static final AtomicLong TOKENS = new AtomicLong();

    private final OpcUaClient client;
    private final Map<String, List<Sample>> streams = new LinkedHashMap<>();
    private final List<ClientEvent> events = new CopyOnWriteArrayList<>();
    private final List<Operation> operations = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong keepAlives = new AtomicLong();
    private final List<Thread> loops = new ArrayList<>();
    private volatile boolean working = true;

    private StreamClient(OpcUaClient client) {
        this.client = client;
    }

    /**
     * How a client subscribes.
     *
     * @param publishingMs publishing interval
     * @param samplingMs sampling interval
     * @param queueSize of each item
     */
    public record Subscribing(double publishingMs, double samplingMs, int queueSize) {
        public static final Subscribing NORMAL = new Subscribing(100, 0, 50);
    }

    /** Connects without security and without a user. */
    public static StreamClient connect(String url) throws UaException {
        return connect(url, config -> {});
    }

    public static StreamClient connect(String url, java.util.function.Consumer<OpcUaClientConfigBuilder> more)
            throws UaException {
        return connect(url, SecurityPolicy.None, more);
    }

    public static StreamClient connect(
            String url, SecurityPolicy policy, java.util.function.Consumer<OpcUaClientConfigBuilder> more)
            throws UaException {
        return connect(url, each -> policy.getUri().equals(each.getSecurityPolicyUri()), more);
    }

    /** @param wanted among the endpoints of the server */
    public static StreamClient connect(
            String url,
            Predicate<EndpointDescription> wanted,
            java.util.function.Consumer<OpcUaClientConfigBuilder> more)
            throws UaException {
        OpcUaClient milo = OpcUaClient.create(
                url,
                endpoints -> endpoints.stream()
                        .filter(wanted)
                        .map(each -> at(each, url))
                        .findFirst(),
                transport -> transport.setExecutor(new AnswersInOrder(Stack.sharedExecutor())),
                config -> {
                    config.setRequestTimeout(uint(30_000));
                    more.accept(config);
                });
        StreamClient client = new StreamClient(milo);
        milo.connect();
        milo.addSessionActivityListener(client.new Sessions());
        milo.addFaultListener(fault ->
                client.event("service fault " + fault.getResponseHeader().getServiceResult()));
        return client;
    }

    /** A client that is told to go to a tap goes to the tap, whatever the server says of its own address. */
    private static EndpointDescription at(EndpointDescription endpoint, String url) {
        return new EndpointDescription(
                url,
                endpoint.getServer(),
                endpoint.getServerCertificate(),
                endpoint.getSecurityMode(),
                endpoint.getSecurityPolicyUri(),
                endpoint.getUserIdentityTokens(),
                endpoint.getTransportProfileUri(),
                endpoint.getSecurityLevel());
    }

    public OpcUaClient milo() {
        return client;
    }

    // ---- subscriptions

    /** Watches {@code counter/from} to {@code counter/(to-1)} in one subscription and waits for the first values. */
    public OpcUaSubscription watchCounters(int from, int to, Subscribing how) throws UaException {
        return watch(IntStream.range(from, to).mapToObj(i -> "counter/" + i).toList(), how);
    }

    /** Watches the nodes in one subscription and waits for the first values. */
    public OpcUaSubscription watch(List<String> ids, Subscribing how) throws UaException {
        return watch(ids, how, uint(0));
    }

    /** @param perMessage the most values in one message, 0: as many as the server likes */
    public OpcUaSubscription watch(List<String> ids, Subscribing how, UInteger perMessage) throws UaException {
        OpcUaSubscription subscription = new OpcUaSubscription(client);
        subscription.setPublishingInterval(how.publishingMs());
        subscription.setMaxNotificationsPerPublish(perMessage);
        subscription.setSubscriptionListener(new Subscriptions());
        subscription.create();
        List<List<Sample>> added = new ArrayList<>();
        for (String id : ids) {
            List<Sample> stream = Collections.synchronizedList(new ArrayList<>());
            synchronized (streams) {
                streams.put(id + "#" + streams.size(), stream);
            }
            added.add(stream);
            subscription.addMonitoredItem(item(id, how, stream));
        }
        subscription.createMonitoredItems();
        for (OpcUaMonitoredItem item : subscription.getMonitoredItems()) {
            StatusCode result = item.getCreateResult().orElse(StatusCode.BAD);
            if (!result.isGood()) {
                throw new AssertionError("item " + item.getReadValueId().getNodeId() + " was refused: " + result);
            }
        }
        Await.until(
                "first values of " + ids.size() + " items",
                FIRST_VALUES_MAX,
                () -> added.stream().noneMatch(List::isEmpty));
        return subscription;
    }

    private static OpcUaMonitoredItem item(String id, Subscribing how, List<Sample> stream) {
        OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, id));
        item.setSamplingInterval(how.samplingMs());
        item.setQueueSize(uint(how.queueSize()));
        item.setDataValueListener((each, value) -> stream.add(Sample.of(value)));
        return item;
    }

    /** What came so far, by item; items of the same node have keys of their own. */
    public Map<String, List<Sample>> streams() {
        Map<String, List<Sample>> copy = new LinkedHashMap<>();
        synchronized (streams) {
            streams.forEach((key, stream) -> copy.put(key, List.copyOf(stream)));
        }
        return copy;
    }

    /** What came so far for the n-th item, counted from 0 over all subscriptions. */
    public List<Sample> stream(int n) {
        return List.copyOf(streams().values()).get(n);
    }

    /** Samples so far of the item with the fewest. */
    public int fewestSamples() {
        synchronized (streams) {
            return streams.values().stream().mapToInt(List::size).min().orElse(0);
        }
    }

    /** Waits until each item has that many more samples. */
    public void awaitMore(int samples, Duration most) {
        int seen = fewestSamples();
        Await.until(samples + " more samples", most, () -> fewestSamples() >= seen + samples);
    }

    /** The newest tick of the item that is furthest behind. */
    public long oldestNewestTick() {
        synchronized (streams) {
            return streams.values().stream()
                    .mapToLong(StreamClient::newestTick)
                    .min()
                    .orElse(Long.MIN_VALUE);
        }
    }

    private static long newestTick(List<Sample> stream) {
        for (int i = stream.size() - 1; i >= 0; i--) {
            if (stream.get(i).hasTick()) {
                return stream.get(i).tick();
            }
        }
        return Long.MIN_VALUE;
    }

    /** Waits until every item has shown a tick of this moment or later. */
    public void awaitPresent(long periodMs, Duration atMost) {
        long present = System.currentTimeMillis() / periodMs;
        Await.until("every item shows tick " + present, atMost, () -> oldestNewestTick() >= present);
    }

    /** Waits until the n-th item has shown a tick of this moment or later. */
    public void awaitPresentOf(int n, long periodMs, Duration atMost) {
        long present = System.currentTimeMillis() / periodMs;
        Await.until("item " + n + " shows tick " + present, atMost, () -> newestTick(stream(n)) >= present);
    }

    // ---- reads, writes and calls, one after the other in a loop each

    /** Reads {@code counter/0} again and again. */
    public void keepReading(Duration pause) {
        loop("reader", pause, this::readOnce);
    }

    /** Reads {@code counter/0}. @return whether with Good */
    public boolean readOnce() {
        return operate(
                Operation.Kind.READ,
                "",
                () -> client.readValues(0, TimestampsToReturn.Both, List.of(new NodeId(2, "counter/0")))
                        .get(0)
                        .statusCode());
    }

    /** Writes ever greater numbers to the node, which holds a Double. */
    public void keepWriting(String id, Duration pause) {
        loop("writer " + id, pause, () -> {
            double token = TOKENS.incrementAndGet();
            operate(
                    Operation.Kind.WRITE,
                    id + "=" + token,
                    () -> client.writeValues(
                                    List.of(new NodeId(2, id)), List.of(new DataValue(Variant.ofDouble(token))))
                            .get(0));
        });
    }

    /** Writes an ever greater number to all of the nodes, which hold Doubles, in one request each time. */
    public void keepWritingBatches(List<String> ids, Duration pause) {
        List<NodeId> nodes = ids.stream().map(id -> new NodeId(2, id)).toList();
        loop("writer of batches", pause, () -> {
            double token = TOKENS.incrementAndGet();
            long start = System.nanoTime();
            List<StatusCode> results;
            String detail = "";
            try {
                results = client.writeValues(
                        nodes, Collections.nCopies(ids.size(), new DataValue(Variant.ofDouble(token))));
            } catch (UaException e) {
                results = Collections.nCopies(ids.size(), e.getStatusCode());
                detail = String.valueOf(e.getMessage());
            }
            long end = System.nanoTime();
            for (int i = 0; i < ids.size(); i++) {
                String asked = ids.get(i) + "=" + token;
                operations.add(new Operation(
                        Operation.Kind.WRITE, start, end, asked, results.get(i).value(), detail));
            }
        });
    }

    /** Calls {@code methods/record} with ever new texts. */
    public void keepCalling(String name, Duration pause) {
        loop("caller", pause, () -> {
            String token = name + "-" + TOKENS.incrementAndGet();
            operate(Operation.Kind.CALL, token, () -> record(token).getStatusCode());
        });
    }

    private CallMethodResult record(String text) throws UaException {
        CallMethodRequest request = new CallMethodRequest(
                new NodeId(2, "methods"), new NodeId(2, "methods/record"), new Variant[] {Variant.ofString(text)});
        return Objects.requireNonNull(client.call(List.of(request)).getResults())[0];
    }

    private interface Request {
        StatusCode send() throws UaException;
    }

    private boolean operate(Operation.Kind kind, String token, Request request) {
        long start = System.nanoTime();
        long status;
        String detail = "";
        try {
            status = request.send().value();
        } catch (UaException e) {
            status = e.getStatusCode().value();
            detail = String.valueOf(e.getMessage());
        }
        Operation operation = new Operation(kind, start, System.nanoTime(), token, status, detail);
        operations.add(operation);
        return operation.isGood();
    }

    private void loop(String name, Duration pause, Runnable body) {
        Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> {
            while (working) {
                body.run();
                LockSupport.parkNanos(pause.toNanos());
            }
        });
        loops.add(thread);
    }

    /** Ends the loops and waits for the last answers. */
    public void stopWorking() {
        working = false;
        for (Thread loop : loops) {
            try {
                loop.join(Duration.ofSeconds(40));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    public List<Operation> operations(Operation.Kind kind) {
        return operations().stream().filter(each -> each.kind() == kind).toList();
    }

    // ---- events

    /** Sessions lost and found, subscriptions that ended, lost notifications, service faults. */
    public List<ClientEvent> events() {
        return List.copyOf(events);
    }

    public long keepAlives() {
        return keepAlives.get();
    }

    private void event(String what) {
        events.add(new ClientEvent(System.nanoTime(), what));
    }

    private final class Sessions implements SessionActivityListener {
        private volatile boolean lost;

        @Override
        public void onSessionActive(UaSession session) {
            // The first activation, which may be reported late, is no event.
            if (lost) {
                event("session active again");
            }
        }

        @Override
        public void onSessionInactive(UaSession session) {
            lost = true;
            event("session inactive");
        }
    }

    private final class Subscriptions implements OpcUaSubscription.SubscriptionListener {
        @Override
        public void onKeepAliveReceived(OpcUaSubscription subscription) {
            keepAlives.incrementAndGet();
        }

        @Override
        public void onNotificationDataLost(OpcUaSubscription subscription) {
            event("notification data lost");
        }

        @Override
        public void onWatchdogTimerElapsed(OpcUaSubscription subscription) {
            event("subscription watchdog elapsed");
        }

        @Override
        public void onStatusChanged(OpcUaSubscription subscription, StatusCode status) {
            event("subscription status " + status);
        }

        @Override
        public void onTransferFailed(OpcUaSubscription subscription, StatusCode status) {
            event("subscription transfer failed " + status);
        }
    }

    @Override
    public void close() throws UaException {
        if (working) {
            stopWorking();
        }
        client.disconnect();
    }
}
