package org.tandemopc.it.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges a run: the client's requests against the ledgers of the servers ({@link RequestCheck}: I1, I2, I3, S3), its
 * values against what every server shows in each tick ({@link ValueCheck}: I4 to I7), switches and outages against the
 * faults that were made ({@link SwitchCheck}: I10, I12), and when it all happened against what the configuration
 * promises ({@link TimeCheck}: I11). Pure. What it cannot see: use of resources (I9), and how old the values are that
 * reads were answered with.
 */
public final class HistoryCheck {
    private static final int FINDINGS_MAX = 50;

    private HistoryCheck() {}

    /** What is wrong, for people; empty when nothing is. */
    public static List<String> findings(History history) {
        List<String> findings = new ArrayList<>();
        findings.addAll(new RequestCheck(history).findings());
        findings.addAll(new SwitchCheck(history).findings());
        findings.addAll(new ValueCheck(history).findings());
        findings.addAll(new TimeCheck(history).findings());
        history.events().forEach(event -> findings.add("the client noticed: " + event));
        return findings.size() <= FINDINGS_MAX ? findings : findings.subList(0, FINDINGS_MAX);
    }
}
