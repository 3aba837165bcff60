package org.tandemopc.service.notify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well a pair's notifications get through, for people (S24).
 *
 * @param lastFailure when, how and why the last one failed; null: none has since the settings were changed
 * @param queued events that wait to be told
 * @param discarded notifications that got through nowhere
 * @param suppressed events of storms that were counted instead of told
 */
public record NotificationStatus(
        State state, @Nullable String lastFailure, long queued, long discarded, long suppressed) {
    /** Of the newest attempt of each way. */
    public enum State {
        OK,
        FAILING,
        OFF
    }

    /** Nobody is told. */
    public static final NotificationStatus OFF = new NotificationStatus(State.OFF, null, 0, 0, 0);

    /** All ways of a pair together: one that fails is not hidden by another that works. */
    static NotificationStatus together(List<NotificationStatus> ways) {
        NotificationStatus all = OFF;
        for (NotificationStatus way : ways) {
            all = new NotificationStatus(
                    all.state == State.FAILING ? State.FAILING : way.state,
                    way.state == State.FAILING || all.lastFailure == null ? way.lastFailure : all.lastFailure,
                    all.queued + way.queued,
                    all.discarded + way.discarded,
                    all.suppressed + way.suppressed);
        }
        return all;
    }
}
