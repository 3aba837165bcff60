package org.tandemopc.relay.ua;

import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * Moves one subscription from one session to another, each on an event loop of its own (OPC UA Part 4, 5.14.7): the
 * queue, the numbers and the watermarks go along. Each step runs on the loop of the session whose turn it is.
 *
 * <pre>
 *   from: may it go, and how large is it? --> to: room is kept --> from: gives it up --> to: takes it over
 * </pre>
 *
 * The receiving session keeps room before anything moves: what is given up has left the engine, the members and the
 * client that had it, so it could not go back; and a limit that is only looked at would be passed by several transfers at
 * once. For as long as it keeps room it does not end either.
 */
final class SubscriptionTransfer {
    private final int id;
    private final UaSession from;
    private final UaSession to;
    private final UserIdentity user;
    private final boolean sendInitialValues;
    private final CompletableFuture<TransferResult> result = new CompletableFuture<>();

    // Handed from loop to loop with the turn.
    private boolean expected;
    private int expectedItems;

    private SubscriptionTransfer(int id, UaSession from, UaSession to, boolean sendInitialValues) {
        this.id = id;
        this.from = from;
        this.to = to;
        this.user = to.identity();
        this.sendInitialValues = sendInitialValues;
    }

    /**
     * On the loop of the session that asks for it.
     *
     * @return completes on any loop; with Bad_SubscriptionIdInvalid, Bad_UserAccessDenied, Bad_TooManySubscriptions,
     *     Bad_TooManyMonitoredItems or Bad_SessionClosed where it is refused
     */
    static CompletableFuture<TransferResult> start(int id, UaSession from, UaSession to, boolean sendInitialValues) {
        SubscriptionTransfer transfer = new SubscriptionTransfer(id, from, to, sendInitialValues);
        transfer.turn(from, transfer::ask);
        return transfer.result;
    }

    static TransferResult refused(long status) {
        return new TransferResult(new StatusCode(status), new UInteger[0]);
    }

    /** On {@code from}. */
    private void ask() {
        StatusCode refusal = from.refusesToGiveUp(id, user);
        if (refusal == null) {
            int items = from.itemsOf(id);
            turn(to, () -> keepRoom(items));
        } else {
            refuse(refusal);
        }
    }

    /** On {@code to}. */
    private void keepRoom(int items) {
        StatusCode refusal = to.expect(items);
        if (refusal == null) {
            expected = true;
            expectedItems = items;
            turn(from, this::giveUp);
        } else {
            result.complete(refused(refusal.value()));
        }
    }

    /** On {@code from}, where the client may have gone on meanwhile. */
    private void giveUp() {
        StatusCode refusal = from.refusesToGiveUp(id, user);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        if (from.itemsOf(id) > expectedItems) {
            turn(to, () -> {
                expectNoMore();
                turn(from, this::ask);
            });
            return;
        }
        UaSession.Transferred taken = from.giveUp(id);
        turn(to, () -> {
            expected = false;
            result.complete(to.takeOver(taken, expectedItems, sendInitialValues));
        });
    }

    private void refuse(StatusCode refusal) {
        turn(to, () -> {
            expectNoMore();
            result.complete(refused(refusal.value()));
        });
    }

    /** Nothing comes for which room was kept. On {@code to}. */
    private void expectNoMore() {
        if (expected) {
            expected = false;
            to.expectNoMore(expectedItems);
        }
    }

    /** A defect ends the session in whose turn it shows; the client that waits for the other one must hear of it. */
    private void turn(UaSession session, Runnable step) {
        session.order(() -> {
            try {
                step.run();
            } catch (RuntimeException defect) {
                to.order(this::expectNoMore);
                result.completeExceptionally(Answers.fault(StatusCodes.Bad_InternalError, "defect in Tandem"));
                throw defect;
            }
        });
    }
}
