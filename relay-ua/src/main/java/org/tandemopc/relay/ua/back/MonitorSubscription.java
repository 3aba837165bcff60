package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorValue;

/**
 * The subscription to a pair's monitor items on one connection of a control link, from {@link #start} to {@link #stop}
 * or the end of the connection. On the link's event loop.
 *
 * <p>Each item is reported as added or refused, in bounded time, whatever the server answers: what decides must not wait
 * for a server that is mute. Refused items are tried again, quietly and seldom; a subscription that the server lost, or
 * no longer speaks of, is made anew.
 */
final class MonitorSubscription implements ControlPublisher.Subscriber {
    /** Servers limit the items of a call (MaxMonitoredItemsPerCall), seldom to fewer. */
    private static final int ITEMS_PER_CALL = 100;

    /** Changes in a message beyond two of each item, which queue one. */
    private static final int CHANGES_SPARE = 32;

    private static final double INTERVAL_MS_MAX = 5_000;
    private static final double KEEP_ALIVE_MS = 5_000;
    private static final int LIFETIME_FACTOR = 20;

    /** A subscription of which nothing was heard for so many keep-alive times is gone, though the server does not say so. */
    private static final int SILENT_KEEP_ALIVES = 3;

    private static final long CALL_MS = 5_000;
    private static final Duration RATE_MAX = Duration.ofHours(24);

    /** Part 4, 7.20: the server decides by itself when to sample; the publishing interval bounds the rate then. */
    private static final double NO_INTERVAL = 0;

    private final UaControlLink link;
    private final MemberSession session;
    private final ControlPublisher publisher;
    private final List<String> namespaceArray;
    private final List<MonitorItem> items;
    private final UaControlLink.Pauses pauses;
    private final Consumer<List<MonitorReport>> report;

    /** Came before the answer that adds the item: told after it. */
    private final Map<Integer, MonitorValue> early = new HashMap<>();

    private final Set<Integer> added = new HashSet<>();
    private final List<Integer> refused = new ArrayList<>();
    private @Nullable UInteger subscriptionId;
    private double intervalMs;
    private double silenceMs;
    private long heardNanos;
    private boolean stopped;

    /** @param report hears the reports, in order, on the loop */
    MonitorSubscription(
            UaControlLink link,
            MemberSession session,
            ControlPublisher publisher,
            List<String> namespaceArray,
            List<MonitorItem> items,
            Consumer<List<MonitorReport>> report) {
        this.link = link;
        this.session = session;
        this.publisher = publisher;
        this.namespaceArray = namespaceArray;
        this.items = items;
        this.pauses = link.settings().monitorPauses();
        this.report = report;
    }

    void start() {
        if (isOver()) {
            return;
        }
        double askedMs = publishingMs();
        long keepAlives = Math.max(1, Math.round(KEEP_ALIVE_MS / askedMs));
        CreateSubscriptionRequest request = new CreateSubscriptionRequest(
                session.header(CALL_MS),
                askedMs,
                uint(keepAlives * LIFETIME_FACTOR),
                uint(keepAlives),
                uint(0),
                true,
                ubyte(0));
        var unused = session.send(request, CALL_MS)
                .whenComplete((response, failure) -> link.guarded(session, () -> {
                    if (response instanceof CreateSubscriptionResponse created) {
                        created(created);
                    } else if (!isOver()) {
                        allRefused(failure);
                    }
                }));
    }

    /** The shortest rate of an item; values come no faster than their subscription publishes. */
    private double publishingMs() {
        double wantedMs = items.stream()
                .mapToDouble(item -> item.updateRate().toMillis())
                .min()
                .orElse(INTERVAL_MS_MAX);
        return Math.min(wantedMs, INTERVAL_MS_MAX);
    }

    /** Deletes the subscription; nothing is reported any more. */
    void stop() {
        stopped = true;
        delete();
    }

    private boolean isOver() {
        return stopped || !session.isOpen();
    }

    private void created(CreateSubscriptionResponse answer) {
        subscriptionId = answer.getSubscriptionId();
        if (isOver()) {
            delete();
            return;
        }
        intervalMs = Revised.publishingMs(answer.getRevisedPublishingInterval(), publishingMs());
        double keepAliveMs = Revised.keepAliveMs(intervalMs, answer.getRevisedMaxKeepAliveCount());
        silenceMs = Math.max(pauses.silenceLeastMs(), SILENT_KEEP_ALIVES * keepAliveMs);
        heardNanos = System.nanoTime();
        early.clear();
        added.clear();
        refused.clear();
        publisher.add(answer.getSubscriptionId(), intervalMs, keepAliveMs, this);
        listen(answer.getSubscriptionId());
        add(IntStream.range(0, items.size()).boxed().toList());
    }

    /** Adds these items, some at a time, in order. */
    private void add(List<Integer> wanted) {
        UInteger id = subscriptionId;
        if (id == null || isOver()) {
            return;
        }
        if (wanted.isEmpty()) {
            if (!refused.isEmpty()) {
                later(pauses.afterRefusalMs(), () -> addRefused(id));
            }
            return;
        }
        int end = Math.min(ITEMS_PER_CALL, wanted.size());
        List<Integer> now = new ArrayList<>();
        List<MonitoredItemCreateRequest> requests = new ArrayList<>();
        List<MonitorReport> unknown = new ArrayList<>();
        for (int index : wanted.subList(0, end)) {
            NodeId node = MonitorNodes.resolve(items.get(index).item(), namespaceArray);
            if (node == null) {
                unknown.add(refusal(index, StatusCodes.Bad_NodeIdUnknown));
            } else {
                now.add(index);
                requests.add(request(index, node));
            }
        }
        tell(unknown);
        List<Integer> rest = wanted.subList(end, wanted.size());
        if (now.isEmpty()) {
            add(rest);
            return;
        }
        CreateMonitoredItemsRequest request = new CreateMonitoredItemsRequest(
                session.header(CALL_MS),
                id,
                TimestampsToReturn.Both,
                requests.toArray(MonitoredItemCreateRequest[]::new));
        var unused = session.send(request, CALL_MS)
                .whenComplete((response, failure) -> link.guarded(session, () -> {
                    if (id.equals(subscriptionId) && !isOver()) {
                        answered(now, rest, response, failure);
                    }
                }));
    }

    private MonitoredItemCreateRequest request(int index, NodeId node) {
        double samplingMs = items.get(index).updateRate().toMillis();
        return new MonitoredItemCreateRequest(
                ServerStatus.valueOf(node),
                MonitoringMode.Reporting,
                new MonitoringParameters(uint(index), samplingMs, null, uint(1), true));
    }

    private void answered(
            List<Integer> asked,
            List<Integer> rest,
            @Nullable UaResponseMessageType response,
            @Nullable Throwable failure) {
        MonitoredItemCreateResult[] results =
                response instanceof CreateMonitoredItemsResponse answer ? answer.getResults() : null;
        if (results != null && results.length == asked.size()) {
            List<MonitorReport> reports = new ArrayList<>();
            for (int i = 0; i < results.length; i++) {
                taken(asked.get(i), results[i], reports);
            }
            tell(reports);
            add(rest);
        } else if (failure instanceof UaServiceFaultException fault) {
            long code = fault.getStatusCode().getValue();
            tell(asked.stream().map(index -> refusal(index, code)).toList());
            add(rest);
        } else {
            delete(); // whether the items exist is not known
            allRefused(failure);
        }
    }

    private void taken(int index, MonitoredItemCreateResult result, List<MonitorReport> reports) {
        if (result.getStatusCode().isBad()) {
            reports.add(refusal(index, result.getStatusCode().getValue()));
            return;
        }
        added.add(index);
        reports.add(new MonitorReport.Added(index, rate(result.getRevisedSamplingInterval())));
        MonitorValue first = early.remove(index);
        if (first != null) {
            reports.add(new MonitorReport.Value(index, first));
        }
    }

    /** News can come no faster than the slower of sampling and publishing. */
    private Duration rate(double revisedSamplingMs) {
        double samplingMs = Revised.samplingMs(revisedSamplingMs, NO_INTERVAL);
        double ms = Math.clamp(Math.max(samplingMs, intervalMs), NO_INTERVAL, RATE_MAX.toMillis());
        return Duration.ofNanos((long) (ms * 1_000_000));
    }

    private MonitorReport refusal(int index, long code) {
        refused.add(index);
        return new MonitorReport.Refused(index, code);
    }

    private void addRefused(UInteger id) {
        if (id.equals(subscriptionId)) {
            List<Integer> again = List.copyOf(refused);
            refused.clear();
            add(again);
        }
    }

    /** No subscription is to be had, now: no item can be added. */
    private void allRefused(@Nullable Throwable failure) {
        subscriptionId = null;
        long code = codeOf(failure);
        tell(IntStream.range(0, items.size())
                .<MonitorReport>mapToObj(index -> new MonitorReport.Refused(index, code))
                .toList());
        boolean isRefusal = failure instanceof UaServiceFaultException;
        later(isRefusal ? pauses.afterRefusalMs() : pauses.afterLossMs(), this::start);
    }

    private static long codeOf(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> StatusCodes.Bad_UnknownResponse;
            case LinkException e -> e.status().getValue();
            default -> MemberChannel.statusOf(failure);
        };
    }

    @Override
    public int changesMax() {
        return 2 * items.size() + CHANGES_SPARE;
    }

    @Override
    public void heard() {
        heardNanos = System.nanoTime();
    }

    @Override
    public void take(UaStructuredType body) {
        if (!(body instanceof DataChangeNotification change) || change.getMonitoredItems() == null) {
            return;
        }
        List<MonitorReport> reports = new ArrayList<>();
        for (MonitoredItemNotification each : change.getMonitoredItems()) {
            long handle = each.getClientHandle().longValue();
            if (handle >= items.size()) {
                continue;
            }
            int index = (int) handle;
            MonitorValue value = MonitorValuesUa.of(each.getValue());
            if (added.contains(index)) {
                reports.add(new MonitorReport.Value(index, value));
            } else {
                early.put(index, value);
            }
        }
        tell(reports);
    }

    @Override
    public void lost(@Nullable UaServiceFaultException fault) {
        if (isOver()) {
            return;
        }
        if (fault != null) {
            allRefused(fault);
            return;
        }
        subscriptionId = null;
        tell(List.of(new MonitorReport.Interrupted()));
        later(pauses.afterLossMs(), this::start);
    }

    /** Asks now and then whether the subscription is still heard of. */
    private void listen(UInteger id) {
        later((long) silenceMs, () -> {
            if (!id.equals(subscriptionId)) {
                return;
            }
            double silentMs = (System.nanoTime() - heardNanos) / 1e6;
            if (silentMs >= silenceMs) {
                delete();
                lost(null);
            } else {
                listen(id);
            }
        });
    }

    private void later(long ms, Runnable task) {
        var unused = link.loop()
                .schedule(
                        () -> {
                            if (!isOver()) {
                                link.guarded(session, task);
                            }
                        },
                        ms,
                        TimeUnit.MILLISECONDS);
    }

    private void delete() {
        UInteger id = subscriptionId;
        subscriptionId = null;
        if (id == null) {
            return;
        }
        publisher.remove(id);
        if (session.isOpen()) {
            var unused =
                    session.send(new DeleteSubscriptionsRequest(session.header(CALL_MS), new UInteger[] {id}), CALL_MS);
        }
    }

    private void tell(List<MonitorReport> reports) {
        if (!reports.isEmpty() && !stopped) {
            report.accept(reports);
        }
    }
}
