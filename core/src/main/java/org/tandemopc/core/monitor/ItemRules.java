package org.tandemopc.core.monitor;

import org.tandemopc.core.monitor.ItemState.Status;
import org.tandemopc.core.monitor.MonitorValue.Quality;

/** When one item is in error (MON-9 to MON-13): by the value that came, or by none having come. Pure. */
final class ItemRules {
    /** An item that was neither added nor refused for so long is in error; links answer much sooner. */
    static final long ADD_NANOS_MAX = 30_000_000_000L;

    /** GAP-6: how long the first value may take at least, where only a value can put the item in error. */
    static final long FIRST_VALUE_NANOS_MIN = 5_000_000_000L;

    /** S35: what comes from a member after a pause of ours has so much time at least. */
    static final long GRACE_NANOS_MIN = 500_000_000L;

    private ItemRules() {}

    static ItemState valued(MonitorItem item, ItemState before, MonitorValue value, long nowNanos) {
        boolean isRepeat = before.isRepeatExpected() && value.equals(before.last());
        ItemState heard = before.heard(value, !isRepeat, nowNanos);
        return switch (item.trigger()) {
            case MonitorTrigger.BadQuality _ -> byQuality(item, heard, value.quality());
            case MonitorTrigger.SpecificValue trigger -> byValue(item, trigger, heard, value);
            case MonitorTrigger.NoChange _ -> isRepeat ? heard : changed(before, heard);
        };
    }

    private static ItemState byQuality(MonitorItem item, ItemState heard, Quality quality) {
        return switch (quality) {
            case GOOD -> heard.clear("");
            case BAD -> heard.inError("bad quality");
            case UNCERTAIN -> item.uncertainIsBad() ? heard.inError("uncertain quality") : unchanged(heard, "");
        };
    }

    private static ItemState byValue(
            MonitorItem item, MonitorTrigger.SpecificValue trigger, ItemState heard, MonitorValue value) {
        if (value.isArray()) {
            return unchanged(heard, "array data is not compared");
        }
        Object scalar = value.value();
        if (scalar == null) {
            return unchanged(heard, "no value to compare");
        }
        return MonitorValues.isSame(item.type(), trigger.data(), scalar)
                ? heard.inError("has the value '%s'".formatted(trigger.data()))
                : heard.clear("");
    }

    /** The first value is the present one and no change: it proves nothing yet, but the time starts again. */
    private static ItemState changed(ItemState before, ItemState heard) {
        boolean isFirst = !before.isHeard() && before.status() == Status.PENDING;
        return isFirst ? heard : heard.clear("");
    }

    /** The state stays as it was; of an item without one it is now known that nothing is known against it. */
    private static ItemState unchanged(ItemState heard, String note) {
        return heard.status() == Status.PENDING ? heard.clear(note) : heard;
    }

    /** When waiting for the item ends, or {@link Long#MAX_VALUE} if it is not waited for. */
    static long dueNanos(MonitorItem item, ItemState state) {
        if (!isWaitedFor(item, state)) {
            return Long.MAX_VALUE;
        }
        return Math.max(state.sinceNanos() + patienceNanos(item, state), state.notBeforeNanos());
    }

    static ItemState expired(MonitorItem item, ItemState state) {
        if (!state.isAdded()) {
            return state.inError("could not be added in time");
        }
        if (item.trigger() instanceof MonitorTrigger.NoChange) {
            return state.inError("no data change for %d ms".formatted(patienceNanos(item, state) / 1_000_000L));
        }
        return state.clear("no value yet");
    }

    private static boolean isWaitedFor(MonitorItem item, ItemState state) {
        if (!state.isAdded()) {
            return !state.isInError();
        }
        return item.trigger() instanceof MonitorTrigger.NoChange
                ? !state.isInError()
                : state.status() == Status.PENDING;
    }

    private static long patienceNanos(MonitorItem item, ItemState state) {
        if (!state.isAdded()) {
            return ADD_NANOS_MAX;
        }
        return item.trigger() instanceof MonitorTrigger.NoChange trigger
                ? timeNanos(trigger, state.rateNanos())
                : Math.max(FIRST_VALUE_NANOS_MIN, 2 * state.rateNanos());
    }

    /** MON-14 with the rate that the server gave (MON-8): less than two updates would put every item in error. */
    static long timeNanos(MonitorTrigger.NoChange trigger, long rateNanos) {
        return Math.max(trigger.time().toNanos(), 2 * rateNanos);
    }

    static long graceNanos(MonitorItem item, ItemState state) {
        long rateNanos = state.rateNanos() == 0 ? item.updateRate().toNanos() : state.rateNanos();
        return Math.max(GRACE_NANOS_MIN, rateNanos);
    }
}
