package org.tandemopc.simulation;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.ItemSettings;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.PublishRequest;
import org.tandemopc.relay.delivery.SessionDelivery;
import org.tandemopc.relay.delivery.SubscriptionSettings;
import org.tandemopc.relay.delivery.ValueBatch;

/** What the shell uses of {@link SessionDelivery}; forwards. Planted bugs override. */
class DeliveryPort {
    private final SessionDelivery engine;

    DeliveryPort(DeliveryLimits limits, DeliveryOutput output) {
        engine = new SessionDelivery(limits, output);
    }

    void createSubscription(int subscription, SubscriptionSettings settings, long now) {
        engine.createSubscription(subscription, settings, now);
    }

    void modifySubscription(int subscription, SubscriptionSettings settings, long now) {
        engine.modifySubscription(subscription, settings, now);
    }

    void deleteSubscription(int subscription, long now) {
        engine.deleteSubscription(subscription, now);
    }

    void addItem(int subscription, int item, ItemSettings settings) {
        engine.addItem(subscription, item, settings);
    }

    void modifyItem(int item, ItemSettings settings) {
        engine.modifyItem(item, settings);
    }

    void removeItem(int item) {
        engine.removeItem(item);
    }

    void publish(PublishRequest request, long now) {
        engine.publish(request, now);
    }

    void touch(int subscription, long now) {
        engine.touch(subscription, now);
    }

    @Nullable
    PublishAnswer republish(int subscription, long sequenceNumber, long now) {
        return engine.republish(subscription, sequenceNumber, now);
    }

    void close() {
        engine.close();
    }

    void runStarted(int member, int subscription, int item, boolean parked, long now) {
        engine.runStarted(member, subscription, item, parked, now);
    }

    void runsParked(int member, int subscription) {
        engine.runsParked(member, subscription);
    }

    void runsUnparked(int member, int subscription) {
        engine.runsUnparked(member, subscription);
    }

    void queueIsLong(int member, int item, boolean isLong) {
        engine.queueIsLong(member, item, isLong);
    }

    void runsEnded(int member, int subscription, long now) {
        engine.runsEnded(member, subscription, now);
    }

    void runsEnded(int member, int subscription, Set<Integer> items, long now) {
        engine.runsEnded(member, subscription, items, now);
    }

    void values(int member, int subscription, ValueBatch batch, long now) {
        engine.values(member, subscription, batch, now);
    }

    void keepAlive(int member, int subscription, long now) {
        engine.keepAlive(member, subscription, now);
    }

    void ownValues(int subscription, ValueBatch batch, long now) {
        engine.ownValues(subscription, batch, now);
    }

    boolean owesValue(int item) {
        return engine.owesValue(item);
    }

    void hold(long now) {
        engine.hold(now);
    }

    void activate(int member, long epoch, long now) {
        engine.activate(member, epoch, now);
    }

    void strand(int subscription, ValueBatch badValues, long now) {
        engine.strand(subscription, badValues, now);
    }

    long nextTickNanos() {
        return engine.nextTickNanos();
    }

    void tick(long now) {
        engine.tick(now);
    }
}
