package org.tandemopc.it.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.pair.TandemRecord;

/** When the pair left a member that was struck, and when it served again after the last fault was healed (I11). */
final class TimeCheck {
    /** Times of the client are of another clock than those of faults: each may be read a millisecond early or late. */
    private static final long CLOCKS_MS = 2;

    private final History history;
    private final List<String> findings = new ArrayList<>();

    TimeCheck(History history) {
        this.history = history;
    }

    List<String> findings() {
        history.injected().stream().filter(Injected::mustLeave).forEach(this::left);
        history.injected().stream()
                .mapToLong(Injected::healedMs)
                .filter(ms -> ms > 0)
                .max()
                .ifPresent(this::served);
        return findings;
    }

    private void left(Injected fault) {
        long most = fault.noticedMs() + history.promises().movedMs();
        OptionalLong took = history.recordsOf("PROMOTED").stream()
                .filter(each -> history.member(each.field("from")) == fault.member())
                .mapToLong(each -> endedMs(each) - fault.fromMs())
                .filter(ms -> ms >= -History.SLACK_MS)
                .min();
        if (took.isEmpty()) {
            findings.add("a member that was struck was not left: " + fault);
        } else if (took.getAsLong() > most) {
            findings.add("left after %d ms, at most %d: %s".formatted(took.getAsLong(), most, fault));
        }
    }

    private static long endedMs(TandemRecord switched) {
        return Tenure.atMs(switched);
    }

    private void served(long healedMs) {
        for (Operation.Kind kind : Operation.Kind.values()) {
            List<Operation> ofKind = history.operations().stream()
                    .filter(each -> each.kind() == kind)
                    .toList();
            if (!ofKind.isEmpty()) {
                judge(
                        kind.name().toLowerCase(Locale.ROOT),
                        healedMs,
                        ofKind.stream()
                                .filter(each ->
                                        each.isGood() && history.wallMs(each.startNanos()) >= healedMs - CLOCKS_MS)
                                .mapToLong(Operation::endNanos));
            }
        }
        history.streams()
                .forEach((item, samples) -> judge(
                        item,
                        healedMs,
                        samples.stream()
                                .filter(each -> each.isGood() && each.hasTick())
                                .mapToLong(Sample::arrivalNanos)));
    }

    private void judge(String what, long healedMs, LongStream goodNanos) {
        OptionalLong took = goodNanos
                .map(nanos -> history.wallMs(nanos) - healedMs)
                .filter(ms -> ms >= -CLOCKS_MS)
                .min();
        long most = history.promises().servedMs();
        if (took.isEmpty() || took.getAsLong() > most) {
            findings.add("%s: Good after %s ms, at most %d after all was healed"
                    .formatted(what, took.isEmpty() ? "any" : took.getAsLong(), most));
        }
    }
}
