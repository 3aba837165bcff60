package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.DaConnection;

/**
 * A write while it is under way, and afterwards if its client was told that nobody knows what became of it: an answer that comes
 * then is recorded, once, and told to nobody (S8). Any thread; returns at once.
 */
public final class Doubt implements LateAnswer {
    private final DaSession session;
    private final String operation;
    private final String account;
    private final List<String> itemIds;

    // Guarded by this.
    private @Nullable SessionLink link;
    private @Nullable DaConnection at;
    private boolean isUnknown;
    private int member;
    private long epoch;
    private @Nullable String answer;
    private boolean isResolved;

    Doubt(DaSession session, String operation, String account, List<String> itemIds) {
        this.session = session;
        this.operation = operation;
        this.account = account;
        this.itemIds = List.copyOf(itemIds);
    }

    public String operation() {
        return operation;
    }

    public String account() {
        return account;
    }

    public List<String> itemIds() {
        return itemIds;
    }

    /** It goes to this member now. */
    synchronized void goesTo(SessionLink.Access access) {
        link = access.link();
        at = access.connection();
    }

    /** The client is told that nobody knows. */
    void unknown(int ofMember, long inEpoch) {
        synchronized (this) {
            isUnknown = true;
            member = ofMember;
            epoch = inEpoch;
        }
        resolve();
    }

    /** @param result HRESULTs of the items; of a transaction that has begun only those that failed at once are an answer */
    @Override
    public void heard(Result<?> result) {
        String text;
        if (!result.isSuccess()) {
            text = String.format(Locale.ROOT, "failed 0x%08X", result.hresult());
        } else if (result.value() instanceof Ints errors) {
            text = WriteReport.resultOf(errors);
        } else if (result.value() instanceof Started begun) {
            text = WriteReport.resultOf(begun.errors());
            if (begun.errors().stream().anyMatch(HResult::isSuccess)) {
                return;
            }
        } else {
            return;
        }
        synchronized (this) {
            answer = text;
        }
        resolve();
    }

    private void resolve() {
        SessionLink from;
        DaConnection over;
        String results;
        synchronized (this) {
            results = answer;
            if (!isUnknown || results == null || isResolved) {
                return;
            }
            isResolved = true;
            from = link;
            over = at;
        }
        session.pair().outcomeResolved(session, this, member, epoch, results);
        if (from != null && over != null) {
            from.resolved(over);
        }
    }
}
