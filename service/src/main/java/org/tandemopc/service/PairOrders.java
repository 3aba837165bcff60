package org.tandemopc.service;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.relay.FileTrouble;

/**
 * What people order of one pair: put into its mailbox, and waited for until the pair has decided, so that whoever ordered
 * is told what was decided and nothing is remembered that was refused. Waits for the pair's actor only, which itself waits
 * for nobody. Any thread but the actor's.
 */
final class PairOrders {
    private static final long DECISION_NANOS_MAX = 5_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000L;

    private final String pair;
    private final Mailbox mailbox;
    private final PairJournal journal;
    /** What is remembered on the disk has the order of what was decided. */
    private final ReentrantLock remembering = new ReentrantLock();

    PairOrders(String pair, Mailbox mailbox, PairJournal journal) {
        this.pair = pair;
        this.mailbox = mailbox;
        this.journal = journal;
    }

    interface Save {
        void run() throws IOException;
    }

    /** Does not wait: the pair takes note of it in any case. */
    OrderAnswer tell(LongFunction<PairEvent> order) {
        return mailbox.order(order)
                ? new OrderAnswer.Accepted()
                : new OrderAnswer.Refused("'%s' has more to do than it can keep up with; try again.".formatted(pair));
    }

    /** Waits for the decision. */
    OrderAnswer decide(LongFunction<PairEvent> order) {
        AtomicReference<@Nullable PairEvent> asked = new AtomicReference<>();
        OrderAnswer told = tell(now -> {
            PairEvent event = order.apply(now);
            asked.set(event);
            return event;
        });
        return told instanceof OrderAnswer.Accepted ? decision(asked) : told;
    }

    /** Waits for the decision, and saves what was accepted before it says so. */
    OrderAnswer decideAndSave(LongFunction<PairEvent> order, Save save) {
        remembering.lock();
        try {
            OrderAnswer answer = decide(order);
            if (answer instanceof OrderAnswer.Accepted) {
                save.run();
            }
            return answer;
        } catch (IOException e) {
            return new OrderAnswer.Refused(
                    "It was done, but will be forgotten at the end of the service: the state of this machine could not be"
                            + " saved: " + FileTrouble.of(e));
        } finally {
            remembering.unlock();
        }
    }

    private OrderAnswer decision(AtomicReference<@Nullable PairEvent> asked) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < DECISION_NANOS_MAX
                && !Thread.currentThread().isInterrupted()) {
            PairEvent event = asked.get();
            Optional<PairJournal.Turn> turn = event == null ? Optional.empty() : turnOf(event);
            if (turn.isPresent()) {
                return answer(turn.get().effects());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return new OrderAnswer.Refused("'%s' has not decided within %d s; it may do so later."
                .formatted(pair, DECISION_NANOS_MAX / 1_000_000_000L));
    }

    /** Of this very event: one that is equal may have been decided before. */
    @SuppressWarnings("ReferenceEquality")
    private Optional<PairJournal.Turn> turnOf(PairEvent event) {
        return journal.newest().reversed().stream()
                .filter(turn -> turn.event() == event)
                .findFirst();
    }

    /** The pair says in a record why it refuses an order. */
    private static OrderAnswer answer(List<PairEffect> effects) {
        return effects.stream()
                .filter(PairEffect.Record.class::isInstance)
                .map(effect -> ((PairEffect.Record) effect).record())
                .filter(record -> record.fields().containsKey("order"))
                .<OrderAnswer>map(record -> new OrderAnswer.Refused(record.text()))
                .findFirst()
                .orElseGet(OrderAnswer.Accepted::new);
    }
}
