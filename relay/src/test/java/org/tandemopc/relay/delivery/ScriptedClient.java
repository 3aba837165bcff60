package org.tandemopc.relay.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tandemopc.relay.delivery.FakeBatch.Entry;
import org.tandemopc.relay.delivery.PublishRequest.Acknowledgement;

/** A client's session, two members and the clock, all moved by hand. Subscription 1 publishes every {@link #P}. */
final class ScriptedClient implements DeliveryOutput {
    static final int A = 0;
    static final int B = 1;
    static final int SUB = 1;
    /** Publishing interval, nanoseconds. */
    static final long P = 100_000_000L;
    /** The same in ticks of source time. */
    static final long P_TICKS = P / 100;

    record Answer(long token, PublishAnswer answer) {}

    final SessionDelivery delivery;
    final List<Answer> answers = new ArrayList<>();
    final List<Map.Entry<Long, PublishRefusal>> refusals = new ArrayList<>();
    final List<Integer> ended = new ArrayList<>();
    final List<Gap> gaps = new ArrayList<>();
    long now;
    private long tokens;
    private int taken;

    ScriptedClient() {
        this(DeliveryLimits.defaults());
    }

    ScriptedClient(DeliveryLimits limits) {
        delivery = new SessionDelivery(limits, this);
    }

    /** One subscription; A is the active. */
    static ScriptedClient subscribed(SubscriptionSettings settings) {
        return subscribed(settings, DeliveryLimits.defaults());
    }

    static ScriptedClient subscribed(SubscriptionSettings settings, DeliveryLimits limits) {
        ScriptedClient client = new ScriptedClient(limits);
        client.delivery.activate(A, 1, 0);
        client.delivery.createSubscription(SUB, settings, 0);
        return client;
    }

    static SubscriptionSettings every100Ms() {
        return new SubscriptionSettings(P, 3, 10, 0, 0, true);
    }

    /** For tests that are not about the lifetime: the client may be silent for long. */
    static SubscriptionSettings longLived() {
        return new SubscriptionSettings(P, 3, 100_000, 0, 0, true);
    }

    static ItemSettings values(int queueSize) {
        return new ItemSettings(queueSize, false, ItemSettings.Kind.VALUES);
    }

    // ---- the client

    long publish(long... acknowledged) {
        return publishUntil(Long.MAX_VALUE, acknowledged);
    }

    long publishUntil(long deadlineNanos, long... acknowledged) {
        List<Acknowledgement> acknowledgements = new ArrayList<>();
        for (long number : acknowledged) {
            acknowledgements.add(new Acknowledgement(SUB, number));
        }
        long token = ++tokens;
        delivery.publish(new PublishRequest(token, acknowledgements, deadlineNanos), now);
        return token;
    }

    /** The next answer that the test has not looked at. */
    PublishAnswer next() {
        return answers.get(taken++).answer();
    }

    boolean hasNext() {
        return taken < answers.size();
    }

    /** Publishes and acknowledges until nothing more comes; a request stays parked. All entries that came. */
    List<String> read() {
        return readEntries().stream().map(Entry::toString).toList();
    }

    List<Entry> readEntries() {
        List<Entry> entries = new ArrayList<>();
        if (answers.size() == taken) {
            publish();
        }
        while (hasNext()) {
            PublishAnswer answer = next();
            entries.addAll(entriesOf(answer));
            publish(answer.content().isEmpty() ? new long[0] : new long[] {answer.sequenceNumber()});
        }
        return entries;
    }

    static List<Entry> entriesOf(PublishAnswer answer) {
        List<Entry> entries = new ArrayList<>();
        for (PublishAnswer.Content content : answer.content()) {
            if (content instanceof PublishAnswer.Values(ValueBatch batch)) {
                entries.addAll(((FakeBatch) batch).entries());
            }
        }
        return entries;
    }

    // ---- the members

    void starts(int member, int... items) {
        for (int item : items) {
            delivery.runStarted(member, SUB, item, false, now);
        }
    }

    void startsParked(int member, int... items) {
        for (int item : items) {
            delivery.runStarted(member, SUB, item, true, now);
        }
    }

    void says(int member, Entry... entries) {
        delivery.values(member, SUB, FakeBatch.of(entries), now);
    }

    void keepsAlive(int member) {
        delivery.keepAlive(member, SUB, now);
    }

    // ---- time

    /** Lets time pass, ticking whenever the engine asks for it. */
    void pass(long nanos) {
        long end = now + nanos;
        for (int ticks = 0; delivery.nextTickNanos() <= end; ticks++) {
            if (ticks > 100_000) {
                throw new AssertionError("the engine asks for ticks without end at " + now);
            }
            now = Math.max(now, delivery.nextTickNanos());
            delivery.tick(now);
        }
        now = end;
    }

    /** A switch as it goes: hold, then the other member. */
    void switchTo(int member) {
        delivery.hold(now);
        delivery.activate(member, ++epoch, now);
    }

    private long epoch = 1;

    // ---- what the engine reports

    @Override
    public void answer(long token, PublishAnswer answer) {
        answers.add(new Answer(token, answer));
    }

    @Override
    public void refuse(long token, PublishRefusal refusal) {
        refusals.add(Map.entry(token, refusal));
    }

    @Override
    public void subscriptionEnded(int subscription) {
        ended.add(subscription);
    }

    @Override
    public void gap(Gap gap) {
        gaps.add(gap);
    }
}
