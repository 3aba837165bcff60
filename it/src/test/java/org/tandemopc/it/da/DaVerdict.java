package org.tandemopc.it.da;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;

/** Judges what a client was told, against what the servers wrote down. Pure. */
final class DaVerdict {
    private static final Pattern NUMBER = Pattern.compile("\"value\":\"(\\d+)\"");

    private DaVerdict() {}

    /** How often each number was written, over all ledgers. */
    static Map<Integer, Integer> done(List<String> ledger) {
        Map<Integer, Integer> done = new HashMap<>();
        for (String line : ledger) {
            for (MatchResult found : NUMBER.matcher(line).results().toList()) {
                done.merge(Integer.parseInt(found.group(1)), 1, Integer::sum);
            }
        }
        return done;
    }

    /** What is wrong with the values: in hot mode each tick comes once and in order; else in order, and none twice. */
    static List<String> ofValues(Mode mode, List<Long> values) {
        List<String> wrong = new ArrayList<>();
        for (int i = 1; i < values.size(); i++) {
            long step = values.get(i) - values.get(i - 1);
            if (step < 1 || (mode == Mode.HOT && step > 1)) {
                wrong.add("%d came after %d, value %d of %d"
                        .formatted(values.get(i), values.get(i - 1), i + 1, values.size()));
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
}
