package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.ItemSettings;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.PublishRequest;
import org.tandemopc.relay.delivery.SubscriptionSettings;
import org.tandemopc.relay.delivery.ValueBatch;

/** Mistakes in what clients are given of values and messages: I4-I9, I11, M4, S10, S12, S17, S20. */
final class DeliveryBugs {
    private DeliveryBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                bug("the standby's values are thrown away", Set.of("I4", "S17"), ThrowsRingAway::new),
                bug(
                        "what the client was given is forgotten at a switch",
                        Set.of("I4", "I7", "S17"),
                        ForgetsWatermarks::new),
                bug("both members' values are delivered", Set.of("I7", "S17"), DeliversBoth::new),
                bug("a standby leads though nothing is overdue", Set.of("I7", "S17", "I4"), LeadsTooSoon::new),
                bug("values of the former active are delivered after the switch", Set.of("I7"), DeliversZombies::new),
                bug("values go on during the switch", Set.of("I7"), IgnoresHold::new),
                bug("two messages of a member overtake each other", Set.of("I4", "I7"), Overtakes::new),
                bug("of a message only the newest value of each item is kept", Set.of("I4"), KeepsTheNewest::new),
                bug(
                        "values that come while no Publish request waits are dropped",
                        Set.of("I4"),
                        DropsWithoutRequest::new),
                bug("a value with an older source time is dropped", Set.of("I4", "I11"), DropsOlderTimes::new),
                bug("a parked queue is taken for an ordinary one", Set.of("S19"), ForgetsParking::new),
                bug("a parked queue is taken for an ordinary one too soon", Set.of("S19"), ForgetsLongQueuesSoon::new),
                batches("the mark of a doubtful value is lost", Set.of("I4"), marks((s, m) -> m && s.overflow)),
                batches("a server's Overflow bit is lost", Set.of("I4"), marks((s, m) -> m && !s.overflow)),
                batches("every value is marked", Set.of("I4"), marks((s, m) -> true)),
                bug("each switch marks every item", Set.of("I4", "S17"), MarksEachSwitch::new),
                output("a gap is marked but not recorded", Set.of("I4"), o -> new Out(o) {
                    @Override
                    public void gap(Gap gap) {}
                }),
                batches(
                        "a value's source time is replaced by the time it came",
                        Set.of("I8"),
                        samples(s -> copy(s, s.item, s.sourceTime + 10_000, s.status))),
                batches(
                        "a member's bad status is delivered as good",
                        Set.of("I6"),
                        samples(s -> s.run == null ? s : copy(s, s.item, s.sourceTime, ItemDef.GOOD))),
                bug("a value is delivered under the handle of another item", Set.of("I6"), MixesItems::new),
                bug("a deleted subscription goes on", Set.of("I6"), NeverDeletes::new),
                bug("the last good values are told during an outage", Set.of("I5"), TellsStaleGood::new),
                bug("clients are not told of an outage", Set.of("S12"), HidesOutages::new),
                bug("an outage is told twice", Set.of("S12"), TellsOutagesTwice::new),
                bug("a missing item is told twice", Set.of("S10"), TellsMissingTwice::new),
                output("a keep-alive takes a sequence number", Set.of("S20"), KeepAlivesCount::new),
                bug("sequence numbers start anew at a switch", Set.of("S20"), NumbersStartAnew::new),
                output(
                        "an unknown acknowledgement is answered as good",
                        Set.of("S20"),
                        o -> answers(
                                o,
                                a -> new PublishAnswer(
                                        a.subscription(),
                                        a.sequenceNumber(),
                                        a.available(),
                                        a.moreNotifications(),
                                        a.content(),
                                        Collections.nCopies(
                                                a.acknowledgementResults().size(), PublishAnswer.AckResult.GOOD)))),
                output(
                        "a number that was never sent is listed as available",
                        Set.of("S20"),
                        o -> answers(o, a -> {
                            List<Long> available = new ArrayList<>(a.available());
                            if (a.content().isEmpty()) {
                                available.add(a.sequenceNumber());
                            }
                            return new PublishAnswer(
                                    a.subscription(),
                                    a.sequenceNumber(),
                                    available,
                                    a.moreNotifications(),
                                    a.content(),
                                    a.acknowledgementResults());
                        })),
                bug("messages are not kept for Republish", Set.of("S20"), KeepsNoMessages::new),
                limits(
                        "a second message goes out before the first has arrived",
                        Set.of("S20"),
                        l -> limits(l, l.publishRequestsMax(), l.queuedBytesMax(), 0)),
                limits(
                        "what waits for a client is not bounded",
                        Set.of("I9"),
                        l -> limits(l, l.publishRequestsMax(), Long.MAX_VALUE, l.inFlightNanos())),
                limits(
                        "Publish requests are not bounded",
                        Set.of("I9"),
                        l -> limits(l, 1000, l.queuedBytesMax(), l.inFlightNanos())),
                subscription(
                        "the largest message that a client takes is ignored",
                        Set.of("I9"),
                        s -> settings(s, s.keepAliveCount(), s.lifetimeCount(), 0, s.publishingEnabled())),
                subscription(
                        "keep-alives are not sent",
                        Set.of("I11"),
                        s -> settings(s, 100_000, s.lifetimeCount(), s.maxNotifications(), s.publishingEnabled())),
                subscription(
                        "a subscription outlives its lifetime",
                        Set.of("S20"),
                        s -> settings(s, s.keepAliveCount(), 1_000_000, s.maxNotifications(), s.publishingEnabled())),
                subscription(
                        "a subscription ends before its lifetime is over",
                        Set.of("S20"),
                        s -> settings(s, s.keepAliveCount(), 3, s.maxNotifications(), s.publishingEnabled())),
                subscription(
                        "values go out though publishing is off",
                        Set.of("S20"),
                        s -> settings(s, s.keepAliveCount(), s.lifetimeCount(), s.maxNotifications(), true)),
                bug("waiting Publish requests are forgotten when a session ends", Set.of("M4"), NeverCloses::new));
    }

    // ---- ways to plant

    private static PlantedBug bug(
            String mistake, Set<String> rules, BiFunction<DeliveryLimits, DeliveryOutput, DeliveryPort> port) {
        return new PlantedBug(mistake, rules, () -> new Plant() {
            @Override
            DeliveryPort delivery(DeliveryLimits limits, DeliveryOutput output) {
                return port.apply(limits, output);
            }
        });
    }

    private static PlantedBug output(String mistake, Set<String> rules, UnaryOperator<DeliveryOutput> wrong) {
        return bug(mistake, rules, (limits, output) -> new DeliveryPort(limits, wrong.apply(output)));
    }

    /** Each batch is changed on its way to the client, in the same way when it is asked for again. */
    private static PlantedBug batches(String mistake, Set<String> rules, UnaryOperator<SimBatch> wrong) {
        return bug(mistake, rules, (limits, output) -> new Batches(limits, output, wrong));
    }

    private static PlantedBug limits(String mistake, Set<String> rules, UnaryOperator<DeliveryLimits> wrong) {
        return bug(mistake, rules, (limits, output) -> new DeliveryPort(wrong.apply(limits), output));
    }

    private static PlantedBug subscription(
            String mistake, Set<String> rules, UnaryOperator<SubscriptionSettings> wrong) {
        return bug(mistake, rules, (limits, output) -> new DeliveryPort(limits, output) {
            @Override
            void createSubscription(int subscription, SubscriptionSettings settings, long now) {
                super.createSubscription(subscription, wrong.apply(settings), now);
            }

            @Override
            void modifySubscription(int subscription, SubscriptionSettings settings, long now) {
                super.modifySubscription(subscription, wrong.apply(settings), now);
            }
        });
    }

    private static DeliveryLimits limits(DeliveryLimits l, int publishRequests, long queuedBytes, long inFlight) {
        return new DeliveryLimits(
                publishRequests,
                queuedBytes,
                l.ringBytesMax(),
                l.ringNanos(),
                l.retransmitMessages(),
                inFlight,
                l.bridgeNanos());
    }

    private static SubscriptionSettings settings(
            SubscriptionSettings s, long keepAlives, long lifetime, int maxNotifications, boolean enabled) {
        return new SubscriptionSettings(
                s.publishingNanos(), keepAlives, lifetime, maxNotifications, s.priority(), enabled);
    }

    /** Forwards. */
    private static class Out implements DeliveryOutput {
        private final DeliveryOutput to;

        Out(DeliveryOutput to) {
            this.to = to;
        }

        @Override
        public void answer(long token, PublishAnswer answer) {
            to.answer(token, answer);
        }

        @Override
        public void refuse(long token, PublishRefusal refusal) {
            to.refuse(token, refusal);
        }

        @Override
        public void subscriptionEnded(int subscription) {
            to.subscriptionEnded(subscription);
        }

        @Override
        public void gap(Gap gap) {
            to.gap(gap);
        }
    }

    private static DeliveryOutput answers(DeliveryOutput to, UnaryOperator<PublishAnswer> wrong) {
        return new Out(to) {
            @Override
            public void answer(long token, PublishAnswer answer) {
                super.answer(token, wrong.apply(answer));
            }
        };
    }

    private static PublishAnswer rewritten(PublishAnswer a, UnaryOperator<SimBatch> wrong) {
        List<PublishAnswer.Content> content = new ArrayList<>();
        for (PublishAnswer.Content c : a.content()) {
            content.add(
                    c instanceof PublishAnswer.Values v
                            ? new PublishAnswer.Values(wrong.apply((SimBatch) v.batch()))
                            : c);
        }
        return new PublishAnswer(
                a.subscription(),
                a.sequenceNumber(),
                a.available(),
                a.moreNotifications(),
                content,
                a.acknowledgementResults());
    }

    private static UnaryOperator<SimBatch> samples(UnaryOperator<Sample> wrong) {
        return batch -> {
            BitSet marks = new BitSet();
            for (int i = 0; i < batch.size(); i++) {
                marks.set(i, batch.overflow(i));
            }
            return marked(new SimBatch(batch.samples().stream().map(wrong).toList()), marks);
        };
    }

    private static class Batches extends DeliveryPort {
        private final UnaryOperator<SimBatch> cached;

        Batches(DeliveryLimits limits, DeliveryOutput output, UnaryOperator<SimBatch> wrong) {
            this(output, limits, cached(wrong));
        }

        private Batches(DeliveryOutput output, DeliveryLimits limits, UnaryOperator<SimBatch> cached) {
            super(limits, answers(output, a -> rewritten(a, cached)));
            this.cached = cached;
        }

        private static UnaryOperator<SimBatch> cached(UnaryOperator<SimBatch> wrong) {
            Map<SimBatch, SimBatch> made = new IdentityHashMap<>();
            return batch -> made.computeIfAbsent(batch, wrong);
        }

        @Override
        @Nullable
        PublishAnswer republish(int subscription, long sequenceNumber, long now) {
            PublishAnswer kept = super.republish(subscription, sequenceNumber, now);
            return kept == null ? null : rewritten(kept, cached);
        }
    }

    private interface Mark {
        boolean is(Sample sample, boolean mark);
    }

    private static UnaryOperator<SimBatch> marks(Mark wrong) {
        return batch -> {
            BitSet marks = new BitSet();
            for (int i = 0; i < batch.size(); i++) {
                marks.set(i, wrong.is(batch.sample(i), batch.overflow(i)));
            }
            return marked(batch, marks);
        };
    }

    private static SimBatch marked(SimBatch batch, BitSet marks) {
        BitSet all = new BitSet();
        all.set(0, batch.size());
        BitSet others = new BitSet();
        others.set(0, batch.size());
        others.andNot(marks);
        return batch.select(all, marks, others);
    }

    private static @Nullable SimBatch only(SimBatch batch, BitSet keep) {
        return keep.isEmpty() ? null : batch.select(keep, new BitSet(), new BitSet());
    }

    private static Sample copy(Sample s, int item, long sourceTime, int status) {
        Sample made = new Sample(s.run, item, s.tick, sourceTime, s.value, status);
        made.overflow = s.overflow;
        made.arrivedAt = s.arrivedAt;
        made.nextArrivedAt = s.nextArrivedAt;
        return made;
    }

    /** Knows the active member. */
    private static class Port extends DeliveryPort {
        int active = -1;

        Port(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void activate(int member, long epoch, long now) {
            active = member;
            super.activate(member, epoch, now);
        }
    }

    // ---- plants

    private static final class ThrowsRingAway extends Port {
        ThrowsRingAway(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            if (member == active) {
                super.values(member, subscription, batch, now);
            }
        }
    }

    private static final class ForgetsWatermarks extends DeliveryPort {
        private record Known(int subscription, ItemSettings settings) {}

        private final Map<Integer, Known> items = new LinkedHashMap<>();

        ForgetsWatermarks(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void addItem(int subscription, int item, ItemSettings settings) {
            items.put(item, new Known(subscription, settings));
            super.addItem(subscription, item, settings);
        }

        @Override
        void removeItem(int item) {
            items.remove(item);
            super.removeItem(item);
        }

        @Override
        void activate(int member, long epoch, long now) {
            items.forEach((item, known) -> {
                super.removeItem(item);
                super.addItem(known.subscription(), item, known.settings());
            });
            super.activate(member, epoch, now);
        }
    }

    private static final class DeliversBoth extends Port {
        DeliversBoth(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            super.values(active < 0 ? member : active, subscription, batch, now);
        }
    }

    private static final class LeadsTooSoon extends Port {
        LeadsTooSoon(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            int decided = active;
            if (decided < 0 || member == decided) {
                super.values(member, subscription, batch, now);
                return;
            }
            super.activate(member, 0, now);
            super.values(member, subscription, batch, now);
            super.activate(decided, 0, now);
        }
    }

    private static final class DeliversZombies extends Port {
        private final Set<Integer> former = new HashSet<>();

        DeliversZombies(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void activate(int member, long epoch, long now) {
            former.add(active);
            former.remove(member);
            super.activate(member, epoch, now);
        }

        @Override
        void runsEnded(int member, int subscription, long now) {
            former.remove(member);
            super.runsEnded(member, subscription, now);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            super.values(former.contains(member) ? active : member, subscription, batch, now);
        }
    }

    private static final class IgnoresHold extends DeliveryPort {
        IgnoresHold(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void hold(long now) {}
    }

    /** As when each message is handled by a thread of its own. */
    private static final class Overtakes extends DeliveryPort {
        private record Held(int member, int subscription, ValueBatch batch) {}

        private final Map<Integer, Held> held = new HashMap<>();
        private int count;

        Overtakes(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            Held before = held.remove(subscription);
            if (before == null && ++count % 20 == 0) {
                held.put(subscription, new Held(member, subscription, batch));
                return;
            }
            super.values(member, subscription, batch, now);
            if (before != null) {
                super.values(before.member(), before.subscription(), before.batch(), now);
            }
        }
    }

    private static final class KeepsTheNewest extends DeliveryPort {
        KeepsTheNewest(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            BitSet keep = new BitSet();
            Set<Integer> seen = new HashSet<>();
            for (int i = batch.size() - 1; i >= 0; i--) {
                keep.set(i, seen.add(batch.item(i)));
            }
            super.values(member, subscription, batch.select(keep, new BitSet(), new BitSet()), now);
        }
    }

    private static final class DropsWithoutRequest extends DeliveryPort {
        private final int[] parked;

        DropsWithoutRequest(DeliveryLimits limits, DeliveryOutput output) {
            this(limits, output, new int[1]);
        }

        private DropsWithoutRequest(DeliveryLimits limits, DeliveryOutput output, int[] parked) {
            super(limits, new Out(output) {
                @Override
                public void answer(long token, PublishAnswer answer) {
                    parked[0]--;
                    super.answer(token, answer);
                }

                @Override
                public void refuse(long token, PublishRefusal refusal) {
                    parked[0]--;
                    super.refuse(token, refusal);
                }
            });
            this.parked = parked;
        }

        @Override
        void publish(PublishRequest request, long now) {
            parked[0]++;
            super.publish(request, now);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            if (parked[0] > 0) {
                super.values(member, subscription, batch, now);
            }
        }
    }

    /** As if the members' clocks were one. */
    private static final class DropsOlderTimes extends DeliveryPort {
        private final Map<Integer, Long> newest = new HashMap<>();

        DropsOlderTimes(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            BitSet keep = new BitSet();
            for (int i = 0; i < batch.size(); i++) {
                long time = batch.sourceTime(i);
                if (time >= newest.getOrDefault(batch.item(i), Long.MIN_VALUE)) {
                    newest.put(batch.item(i), time);
                    keep.set(i);
                }
            }
            SimBatch kept = only((SimBatch) batch, keep);
            if (kept != null) {
                super.values(member, subscription, kept, now);
            }
        }
    }

    private static final class ForgetsParking extends DeliveryPort {
        ForgetsParking(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void runStarted(int member, int subscription, int item, boolean parked, long now) {
            super.runStarted(member, subscription, item, false, now);
        }

        @Override
        void runsParked(int member, int subscription) {}
    }

    /** As if a long queue were the client's again when the switch is over. */
    private static final class ForgetsLongQueuesSoon extends DeliveryPort {
        private static final long SOON = 500 * VirtualTime.MS;

        private long activatedAt;

        ForgetsLongQueuesSoon(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void activate(int member, long epoch, long now) {
            activatedAt = now;
            super.activate(member, epoch, now);
        }

        @Override
        void values(int member, int subscription, ValueBatch batch, long now) {
            for (int i = 0; i < batch.size() && now - activatedAt > SOON; i++) {
                queueIsLong(member, batch.item(i), false);
            }
            super.values(member, subscription, batch, now);
        }
    }

    private static final class MarksEachSwitch extends Batches {
        private final Set<Integer> unmarked;
        private final Set<Integer> items = new HashSet<>();

        MarksEachSwitch(DeliveryLimits limits, DeliveryOutput output) {
            this(limits, output, new HashSet<>());
        }

        private MarksEachSwitch(DeliveryLimits limits, DeliveryOutput output, Set<Integer> unmarked) {
            super(limits, output, marks((sample, mark) -> unmarked.remove(sample.item) || mark));
            this.unmarked = unmarked;
        }

        @Override
        void addItem(int subscription, int item, ItemSettings settings) {
            items.add(item);
            super.addItem(subscription, item, settings);
        }

        @Override
        void activate(int member, long epoch, long now) {
            unmarked.addAll(items);
            super.activate(member, epoch, now);
        }
    }

    private static final class MixesItems extends Batches {
        MixesItems(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output, samples(new UnaryOperator<>() {
                private int before = -1;

                @Override
                public Sample apply(Sample s) {
                    int other = before < 0 ? s.item : before;
                    before = s.item;
                    return s.run == null ? s : copy(s, other, s.sourceTime, s.status);
                }
            }));
        }
    }

    private static final class NeverDeletes extends DeliveryPort {
        NeverDeletes(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void deleteSubscription(int subscription, long now) {}
    }

    /** The values that clients were given last, for plants that say them again. */
    private static class Remembering extends Port {
        final Map<Integer, Sample> last;

        Remembering(DeliveryLimits limits, DeliveryOutput output) {
            this(limits, output, new HashMap<>());
        }

        private Remembering(DeliveryLimits limits, DeliveryOutput output, Map<Integer, Sample> last) {
            super(
                    limits,
                    answers(
                            output,
                            a -> rewritten(a, batch -> {
                                batch.samples().forEach(s -> last.put(s.item, s));
                                return batch;
                            })));
            this.last = last;
        }
    }

    private static final class TellsStaleGood extends Remembering {
        TellsStaleGood(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void strand(int subscription, ValueBatch bad, long now) {
            super.strand(subscription, bad, now);
            List<Sample> known = new ArrayList<>();
            for (Sample s : ((SimBatch) bad).samples()) {
                Sample good = last.get(s.item);
                if (good != null && good.run != null) {
                    known.add(good);
                }
            }
            if (!known.isEmpty()) {
                super.ownValues(subscription, new SimBatch(known), now);
            }
        }
    }

    private static final class HidesOutages extends DeliveryPort {
        HidesOutages(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void strand(int subscription, ValueBatch bad, long now) {
            hold(now);
        }
    }

    private static final class TellsOutagesTwice extends DeliveryPort {
        TellsOutagesTwice(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void strand(int subscription, ValueBatch bad, long now) {
            super.strand(subscription, bad, now);
            ownValues(subscription, bad, now);
        }
    }

    private static final class TellsMissingTwice extends DeliveryPort {
        TellsMissingTwice(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void ownValues(int subscription, ValueBatch batch, long now) {
            super.ownValues(subscription, batch, now);
            super.ownValues(subscription, batch, now);
        }
    }

    private static final class KeepAlivesCount extends Out {
        private final Map<Integer, Integer> taken = new HashMap<>();

        KeepAlivesCount(DeliveryOutput to) {
            super(to);
        }

        @Override
        public void answer(long token, PublishAnswer a) {
            int before = taken.getOrDefault(a.subscription(), 0);
            if (a.content().isEmpty()) {
                taken.merge(a.subscription(), 1, Integer::sum);
            }
            super.answer(token, numbered(a, a.sequenceNumber() + before));
        }
    }

    private static PublishAnswer numbered(PublishAnswer a, long number) {
        return new PublishAnswer(
                a.subscription(),
                number,
                a.available(),
                a.moreNotifications(),
                a.content(),
                a.acknowledgementResults());
    }

    /** As if the new member's numbers were passed on. */
    private static final class NumbersStartAnew extends DeliveryPort {
        private final Map<Integer, Long> base;
        private final Map<Integer, Long> next;

        NumbersStartAnew(DeliveryLimits limits, DeliveryOutput output) {
            this(limits, output, new HashMap<>(), new HashMap<>());
        }

        private NumbersStartAnew(
                DeliveryLimits limits, DeliveryOutput output, Map<Integer, Long> base, Map<Integer, Long> next) {
            super(limits, answers(output, a -> {
                next.put(a.subscription(), a.sequenceNumber() + (a.content().isEmpty() ? 0 : 1));
                return numbered(a, a.sequenceNumber() - base.getOrDefault(a.subscription(), 0L));
            }));
            this.base = base;
            this.next = next;
        }

        @Override
        void activate(int member, long epoch, long now) {
            next.forEach((subscription, number) -> base.put(subscription, number - 1));
            super.activate(member, epoch, now);
        }
    }

    private static final class KeepsNoMessages extends DeliveryPort {
        KeepsNoMessages(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        @Nullable
        PublishAnswer republish(int subscription, long sequenceNumber, long now) {
            return null;
        }
    }

    private static final class NeverCloses extends DeliveryPort {
        NeverCloses(DeliveryLimits limits, DeliveryOutput output) {
            super(limits, output);
        }

        @Override
        void close() {}
    }
}
