package org.tandemopc.it.da;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.it.history.Tenure;
import org.tandemopc.testkit.process.LedgerEntry;

/** Judges what a client was told, against what the servers wrote down. Pure. */
final class DaVerdict {
    /** Two clocks that are read one after the other, and the rounding to milliseconds. */
    private static final long SLACK_MS = 50;

    private DaVerdict() {}

    /** How often each number was written, over all ledgers. */
    static Map<Integer, Integer> done(List<List<LedgerEntry>> ledgers) {
        Map<Integer, Integer> done = new HashMap<>();
        ledgers.stream()
                .flatMap(List::stream)
                .forEach(entry -> done.merge(Integer.parseInt(entry.value()), 1, Integer::sum));
        return done;
    }

    /**
     * What is wrong with the values: in hot mode each tick comes once and in order; else in order, and none twice, unless the client was
     * told in between that the item is bad. Then it is told the same again if nothing newer is known.
     */
    static List<String> ofValues(Mode mode, List<DaWatcher.Counted> values) {
        List<String> wrong = new ArrayList<>();
        for (int i = 1; i < values.size(); i++) {
            DaWatcher.Counted now = values.get(i);
            long step = now.number() - values.get(i - 1).number();
            if (step < (now.isAfterBad() ? 0 : 1) || (mode == Mode.HOT && step > 1)) {
                wrong.add("%s came after %s, value %d of %d".formatted(now, values.get(i - 1), i + 1, values.size()));
            }
        }
        return wrong;
    }

    /**
     * What is wrong with the writes: done twice, said to be done and not done, said to be certainly not done and done, ended with
     * another code than those that Tandem promises, or never ended.
     */
    static List<String> ofWrites(List<DaWatcher.Written> writes, Map<Integer, Integer> done) {
        List<String> wrong = new ArrayList<>();
        for (DaWatcher.Written write : writes) {
            int times = done.getOrDefault(write.number(), 0);
            if (times > 1) {
                wrong.add("%d was done %d times".formatted(write.number(), times));
            }
            if (write.error().isEmpty()) {
                wrong.add("%d never ended, and was done %d times".formatted(write.number(), times));
                continue;
            }
            int error = write.error().get();
            if (error == HResult.S_OK && times == 0) {
                wrong.add("%d was said to be done, and was not".formatted(write.number()));
            } else if (error == HResult.CALL_FAILED_DID_NOT_EXECUTE && times > 0) {
                wrong.add("%d was said not to be done, and was".formatted(write.number()));
            } else if (error != HResult.S_OK
                    && error != HResult.CALL_FAILED
                    && error != HResult.CALL_FAILED_DID_NOT_EXECUTE) {
                wrong.add("%d ended with %08X".formatted(write.number(), error));
            }
        }
        return wrong;
    }

    /**
     * What is wrong with who did the writes (I2): a member did something that was not asked for while it was the active one, or did
     * what was told to be done when it was not.
     */
    static List<String> ofMembers(
            List<DaWatcher.Written> writes, List<List<LedgerEntry>> ledgers, List<Tenure> tenures) {
        Map<Integer, DaWatcher.Written> asked = byNumber(writes);
        List<String> wrong = new ArrayList<>();
        for (int member = 0; member < ledgers.size(); member++) {
            for (LedgerEntry entry : ledgers.get(member)) {
                DaWatcher.Written write = asked.get(Integer.parseInt(entry.value()));
                if (write == null) {
                    wrong.add("member %d did what nobody asked for: %s".formatted(member, entry));
                } else if (!wasActive(tenures, member, write.fromMs(), write.untilMs())) {
                    wrong.add("member %d did %s, and was not the active one".formatted(member, write));
                } else if (write.error().equals(Optional.of(HResult.S_OK))
                        && !wasActive(tenures, member, entry.time(), entry.time())) {
                    wrong.add("member %d did %s at %d, when it was not the active one any more or not yet"
                            .formatted(member, write, entry.time()));
                }
            }
        }
        return wrong;
    }

    /** How many writes a member did that it had received, when it had been left. */
    static long doneLate(List<List<LedgerEntry>> ledgers, List<Tenure> tenures) {
        long late = 0;
        for (int member = 0; member < ledgers.size(); member++) {
            int one = member;
            late += ledgers.get(member).stream()
                    .filter(entry -> !wasActive(tenures, one, entry.time(), entry.time()))
                    .count();
        }
        return late;
    }

    private static boolean wasActive(List<Tenure> tenures, int member, long fromMs, long untilMs) {
        return tenures.stream().anyMatch(each -> each.member() == member && each.touches(fromMs, untilMs, SLACK_MS));
    }

    private static Map<Integer, DaWatcher.Written> byNumber(List<DaWatcher.Written> writes) {
        Map<Integer, DaWatcher.Written> asked = new HashMap<>();
        writes.forEach(write -> asked.put(write.number(), write));
        return asked;
    }
}
